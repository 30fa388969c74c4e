namespace PamTui.Ssh.Keys;

public enum SshKeyFileReason
{
    /// <summary>No private key in any known form, or a damaged one.</summary>
    NotAKey,

    /// <summary>Encrypted, and no passphrase was given.</summary>
    NeedsPassphrase,

    /// <summary>The passphrase given is another one.</summary>
    WrongPassphrase,

    /// <summary>A key, but of a type, size or encryption that is not taken.</summary>
    Unsupported,

    /// <summary>Opening it would cost more time or memory than a stranger's file may (A12).</summary>
    TooCostly,
}
