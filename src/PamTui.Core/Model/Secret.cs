using System.Security.Cryptography;
using System.Text;

namespace PamTui.Core.Model;

/// <summary>
/// Bytes that nobody but a connector may see: pinned, zeroed on dispose, printed as "***", compared in fixed time.
/// Never trimmed, never normalised.
/// </summary>
public sealed class Secret : IDisposable
{
    /// <summary>Longest secret taken: room for any private key file, no more.</summary>
    public const int MaxBytes = 64 * 1024;

    private readonly byte[] _bytes;
    private bool _disposed;

    private Secret(byte[] bytes) => _bytes = bytes;

    public int Length => Bytes.Length;

    public ReadOnlySpan<byte> Bytes
    {
        get
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            return _bytes;
        }
    }

    /// <summary>Copies; the caller zeroes what it gave.</summary>
    public static Secret From(ReadOnlySpan<byte> bytes)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(bytes.Length, MaxBytes);
        byte[] pinned = GC.AllocateUninitializedArray<byte>(bytes.Length, pinned: true);
        bytes.CopyTo(pinned);
        return new Secret(pinned);
    }

    /// <summary>The UTF-8 of what was typed.</summary>
    public static Secret FromText(ReadOnlySpan<char> text)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(text.Length, MaxBytes);
        byte[] pinned = GC.AllocateArray<byte>(Encoding.UTF8.GetByteCount(text), pinned: true);
        Encoding.UTF8.GetBytes(text, pinned);
        return new Secret(pinned);
    }

    /// <summary>For the connector whose library takes only a string; the shortest scope there is.</summary>
    public string RevealText() => Encoding.UTF8.GetString(Bytes);

    public Secret Copy() => From(Bytes);

    public bool FixedTimeEquals(Secret other) => CryptographicOperations.FixedTimeEquals(Bytes, other.Bytes);

    public override string ToString() => "***";

    public void Dispose()
    {
        _disposed = true;
        CryptographicOperations.ZeroMemory(_bytes);
    }
}
