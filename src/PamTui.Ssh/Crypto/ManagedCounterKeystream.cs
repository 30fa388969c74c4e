using System.Buffers.Binary;
using System.Numerics;
using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace PamTui.Ssh.Crypto;

/// <summary>
/// The stream without a native library: counter blocks are encrypted some at a time by the platform's AES, and xored over the data.
/// </summary>
internal sealed class ManagedCounterKeystream : CounterKeystream
{
    // Large enough to hide the cost of a call, small enough to stay in the first-level cache with the data.
    private const int BufferLength = 4096;

    private readonly Aes _aes;
    private readonly ICryptoTransform _encrypt;
    private readonly byte[] _counters = new byte[BufferLength];
    private readonly byte[] _stream = GC.AllocateArray<byte>(BufferLength, pinned: true);
    private ulong _high;
    private ulong _low;
    private int _used = BufferLength;

    public ManagedCounterKeystream(ReadOnlySpan<byte> key, ReadOnlySpan<byte> iv)
    {
        _aes = Aes.Create();
        _aes.SetKey(key);
        _aes.Mode = CipherMode.ECB;
        _aes.Padding = PaddingMode.None;
        // Kept: the one-shot EncryptEcb would make a native context for each call.
        _encrypt = _aes.CreateEncryptor();
        _high = BinaryPrimitives.ReadUInt64BigEndian(iv);
        _low = BinaryPrimitives.ReadUInt64BigEndian(iv[8..]);
    }

    public override void Xor(Span<byte> data)
    {
        while (!data.IsEmpty)
        {
            if (_used == BufferLength)
            {
                Refill();
            }

            int count = Math.Min(data.Length, BufferLength - _used);
            Xor(data[..count], _stream.AsSpan(_used, count));
            _used += count;
            data = data[count..];
        }
    }

    public override void Dispose()
    {
        _encrypt.Dispose();
        _aes.Dispose();
        CryptographicOperations.ZeroMemory(_stream);
        CryptographicOperations.ZeroMemory(_counters);
    }

    private static void Xor(Span<byte> data, ReadOnlySpan<byte> stream)
    {
        int whole = data.Length - (data.Length % Vector<byte>.Count);
        Span<Vector<byte>> wide = MemoryMarshal.Cast<byte, Vector<byte>>(data[..whole]);
        ReadOnlySpan<Vector<byte>> wideStream = MemoryMarshal.Cast<byte, Vector<byte>>(stream[..whole]);
        for (int i = 0; i < wide.Length; i++)
        {
            wide[i] ^= wideStream[i];
        }

        for (int i = whole; i < data.Length; i++)
        {
            data[i] ^= stream[i];
        }
    }

    private void Refill()
    {
        Span<ulong> words = MemoryMarshal.Cast<byte, ulong>(_counters.AsSpan());
        for (int i = 0; i < words.Length; i += 2)
        {
            words[i] = BitConverter.IsLittleEndian ? BinaryPrimitives.ReverseEndianness(_high) : _high;
            words[i + 1] = BitConverter.IsLittleEndian ? BinaryPrimitives.ReverseEndianness(_low) : _low;
            if (++_low == 0)
            {
                _high++;
            }
        }

        _encrypt.TransformBlock(_counters, 0, BufferLength, _stream, 0);
        _used = 0;
    }
}
