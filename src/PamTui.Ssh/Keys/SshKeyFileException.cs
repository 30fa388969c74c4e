namespace PamTui.Ssh.Keys;

/// <summary>Why a private key file gave no key. The message is a sentence for the person who chose the file and holds nothing of it.</summary>
public sealed class SshKeyFileException(SshKeyFileReason reason, string message, Exception? inner = null) : SshException(message, inner)
{
    public SshKeyFileReason Reason { get; } = reason;

    internal static SshKeyFileException NotAKey(Exception? inner = null) =>
        new(SshKeyFileReason.NotAKey, "The file is not a private key, or it is damaged.", inner);

    internal static SshKeyFileException NeedsPassphrase() =>
        new(SshKeyFileReason.NeedsPassphrase, "The private key is encrypted: it needs its passphrase.");

    internal static SshKeyFileException WrongPassphrase() =>
        new(SshKeyFileReason.WrongPassphrase, "The passphrase does not open the private key.");

    internal static SshKeyFileException Unsupported(string what) => new(SshKeyFileReason.Unsupported, what);

    internal static SshKeyFileException TooCostly() =>
        new(SshKeyFileReason.TooCostly, "The private key's passphrase is protected by more work or memory than is allowed here: save it again with fewer rounds.");
}
