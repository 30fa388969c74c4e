using System.Security.Cryptography;
using PamTui.Core.Model;

namespace PamTui.Core.Vault;

/// <summary>Which batch of which session's log: a piece that was put in another one's place, or at another number, does not open.</summary>
/// <param name="First">How many statements there are before it.</param>
internal sealed record BatchBinding(long Session, long First, long Statements);

/// <summary>The key of one session's log: it is stored as every other secret and so wrapped anew by a rekey; the batches are not touched by one.</summary>
internal static class StatementSeal
{
    private const int Overhead = Aead.NonceBytes + Aead.TagBytes;

    /// <summary>Where the key is bound.</summary>
    public static SecretBinding Key(long session) => new("session", session, "statements", 1);

    public static byte[] Seal(Secret key, BatchBinding binding, ReadOnlySpan<byte> plaintext) => Aead.Wrap(key.Bytes, plaintext, AssociatedData.Batch(binding));

    /// <exception cref="VaultException">It was changed outside the vault, or is another one.</exception>
    public static byte[] Open(Secret key, BatchBinding binding, ReadOnlySpan<byte> piece)
    {
        byte[] plaintext = new byte[Math.Max(piece.Length - Overhead, 0)];
        return key.Length == Aead.KeyBytes && Aead.TryUnwrap(key.Bytes, piece, AssociatedData.Batch(binding), plaintext)
            ? plaintext
            : throw new VaultException($"The statements of session {binding.Session} do not open from number {binding.First + 1} on: they were changed outside the vault. Run `pamtui audit verify`, and look at a backup.");
    }
}
