namespace PamTui.Ssh.Transport;

/// <summary>Where a connection stands, as far as it decides which message the peer may send next.</summary>
internal enum Stage
{
    /// <summary>Nothing of the peer but its version has come; whether it is strict is not known yet.</summary>
    FirstKexInit,

    /// <summary>First key exchange, the peer's method message is due.</summary>
    FirstKexMethod,
    FirstKexMethodStrict,

    /// <summary>First key exchange, the peer's NEWKEYS is due.</summary>
    FirstNewKeys,
    FirstNewKeysStrict,

    /// <summary>Encrypted, nobody signed in.</summary>
    Auth,

    /// <summary>Signed in.</summary>
    Open,

    /// <summary>A later key exchange: the peer has sent its KEXINIT and owes the method message, then NEWKEYS (RFC 4253 §7.1, §9).</summary>
    RekeyMethod,
    RekeyNewKeys,
}
