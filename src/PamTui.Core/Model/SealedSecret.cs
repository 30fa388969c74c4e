namespace PamTui.Core.Model;

/// <summary>
/// A secret at rest: AES-256-GCM under a data key of its own, which is itself wrapped by a master key. Opens only with the
/// <see cref="SecretBinding"/> it was sealed for.
/// </summary>
/// <param name="KeyVersion">Which master key wraps the data key.</param>
/// <param name="WrappedKey">60 bytes: nonce (12), wrapped data key (32), tag (16).</param>
/// <param name="Nonce">12 bytes.</param>
/// <param name="Ciphertext">As long as the secret.</param>
/// <param name="Tag">16 bytes.</param>
public sealed record SealedSecret(long KeyVersion, byte[] WrappedKey, byte[] Nonce, byte[] Ciphertext, byte[] Tag);

/// <summary>
/// Where a sealed secret belongs; the associated data of its encryption, so that a row copied to another owner, field or
/// version does not open.
/// </summary>
/// <param name="OwnerKind">"account", "user", "vault".</param>
/// <param name="Field">"password", "privateKey", "passphrase", …: the field descriptor's name.</param>
/// <param name="Version">Counts up with every replacement of the field: an old row put back does not open as the new one.</param>
public sealed record SecretBinding(string OwnerKind, long OwnerId, string Field, long Version);
