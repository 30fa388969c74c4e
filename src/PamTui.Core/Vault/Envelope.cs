using System.Security.Cryptography;
using PamTui.Core.Model;

namespace PamTui.Core.Vault;

/// <summary>Envelope encryption: a fresh data key per secret, wrapped by the ring's master key, both bound to the row.</summary>
internal static class Envelope
{
    public static SealedSecret Seal(KeyRing ring, SecretBinding binding, Secret plaintext)
    {
        long version = ring.Current;
        using Secret dataKey = KeyRing.NewKey();
        byte[] nonce = RandomNumberGenerator.GetBytes(Aead.NonceBytes);
        byte[] ciphertext = new byte[plaintext.Length];
        byte[] tag = new byte[Aead.TagBytes];
        using (AesGcm cipher = new(dataKey.Bytes, Aead.TagBytes))
        {
            cipher.Encrypt(nonce, plaintext.Bytes, ciphertext, tag, AssociatedData.Secret(binding));
        }

        byte[] wrapped = Aead.Wrap(ring.Find(version)!.Bytes, dataKey.Bytes, AssociatedData.DataKey(version, binding));
        return new SealedSecret(version, wrapped, nonce, ciphertext, tag);
    }

    /// <exception cref="VaultException">The row was edited, swapped or belongs to a master key that is gone.</exception>
    public static Secret Open(KeyRing ring, SecretBinding binding, SealedSecret row)
    {
        using Secret dataKey = UnwrapDataKey(ring, binding, row);
        if (row.Ciphertext.Length > Secret.MaxBytes)
        {
            throw Damaged(binding);
        }

        byte[] plaintext = GC.AllocateUninitializedArray<byte>(row.Ciphertext.Length, pinned: true);
        try
        {
            return Aead.TryOpen(dataKey.Bytes, row.Nonce, row.Ciphertext, row.Tag, AssociatedData.Secret(binding), plaintext)
                ? Secret.From(plaintext)
                : throw Damaged(binding);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(plaintext);
        }
    }

    /// <summary>The same secret under the ring's newest master key; the plaintext is not touched.</summary>
    public static SealedSecret Rewrap(KeyRing ring, SecretBinding binding, SealedSecret row)
    {
        using Secret dataKey = UnwrapDataKey(ring, binding, row);
        long version = ring.Current;
        byte[] wrapped = Aead.Wrap(ring.Find(version)!.Bytes, dataKey.Bytes, AssociatedData.DataKey(version, binding));
        return row with { KeyVersion = version, WrappedKey = wrapped };
    }

    private static Secret UnwrapDataKey(KeyRing ring, SecretBinding binding, SealedSecret row)
    {
        Secret master = ring.Find(row.KeyVersion) ?? throw Damaged(binding);
        Span<byte> key = stackalloc byte[Aead.KeyBytes];
        if (!Aead.TryUnwrap(master.Bytes, row.WrappedKey, AssociatedData.DataKey(row.KeyVersion, binding), key))
        {
            throw Damaged(binding);
        }

        Secret dataKey = Secret.From(key);
        CryptographicOperations.ZeroMemory(key);
        return dataKey;
    }

    private static VaultException Damaged(SecretBinding binding) => new(
        $"The stored {Text.Escape(binding.Field)} of {Text.Escape(binding.OwnerKind)} {binding.OwnerId} does not open: its row was changed outside the vault. Run `pamtui audit verify` and set it anew.");
}
