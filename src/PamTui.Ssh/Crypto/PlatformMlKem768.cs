using System.Security.Cryptography;

namespace PamTui.Ssh.Crypto;

/// <summary>ML-KEM-768 of the platform's library.</summary>
internal sealed class PlatformMlKem768 : Kem
{
    private MLKem? _mine;

    public override int PublicKeySize => MLKemAlgorithm.MLKem768.EncapsulationKeySizeInBytes;

    public override int CiphertextSize => MLKemAlgorithm.MLKem768.CiphertextSizeInBytes;

    public override byte[] GenerateKey()
    {
        _mine = MLKem.GenerateKey(MLKemAlgorithm.MLKem768);
        return _mine.ExportEncapsulationKey();
    }

    public override void Encapsulate(ReadOnlySpan<byte> publicKey, Span<byte> ciphertext, Span<byte> secret)
    {
        try
        {
            using MLKem theirs = MLKem.ImportEncapsulationKey(MLKemAlgorithm.MLKem768, publicKey);
            theirs.Encapsulate(ciphertext, secret);
        }
        catch (CryptographicException e)
        {
            throw NotAKey(e);
        }
    }

    public override void Decapsulate(ReadOnlySpan<byte> ciphertext, Span<byte> secret) =>
        (_mine ?? throw new InvalidOperationException("No key was made.")).Decapsulate(ciphertext, secret);

    public override void Dispose() => _mine?.Dispose();
}
