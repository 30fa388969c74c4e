namespace PamTui.Benchmarks.SideBySide;

/// <summary>A way from the client to the target; its name is a host in the client's configuration.</summary>
internal enum Route
{
    Direct,

    /// <summary>ssh -J: the client's own session through a forwarding of the jump host.</summary>
    Jump,

    /// <summary>ssh jump ssh target: two sessions, decrypted between them.</summary>
    Nested,

    Gateway,
}
