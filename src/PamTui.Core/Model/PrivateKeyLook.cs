namespace PamTui.Core.Model;

/// <summary>What a private key file turned out to be.</summary>
/// <param name="Key">Its public half; null: it was not opened.</param>
/// <param name="NeedsPassphrase">It is encrypted, and none was given.</param>
/// <param name="Error">Why it was not opened, in one sentence; empty when it was, or when only the passphrase is missing.</param>
public sealed record PrivateKeyLook(PublicKey? Key, bool NeedsPassphrase, string Error);
