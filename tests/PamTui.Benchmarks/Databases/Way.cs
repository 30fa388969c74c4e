namespace PamTui.Benchmarks.Databases;

/// <summary>How a client gets to the server; each is a local port.</summary>
internal enum Way
{
    /// <summary>No tunnel at all.</summary>
    Direct,

    /// <summary>`ssh -L` of OpenSSH, to sshd beside the server; the client signs in itself.</summary>
    OpenSsh,

    /// <summary>`ssh -L` to the account at the gateway, which signs in and keeps the log.</summary>
    Gateway,
}
