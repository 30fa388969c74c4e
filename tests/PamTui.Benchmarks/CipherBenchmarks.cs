using BenchmarkDotNet.Attributes;
using PamTui.Ssh.Crypto;

namespace PamTui.Benchmarks;

/// <summary>One packet sealed, or sealed and opened, by each cipher. The raw AES-GCM of the platform is the line to hold against.</summary>
[MemoryDiagnoser]
public class CipherBenchmarks : IDisposable
{
    private readonly System.Security.Cryptography.AesGcm _raw = new(new byte[32], 16);
    private readonly byte[] _nonce = new byte[12];
    private readonly byte[] _tag = new byte[16];
    private PacketCipher _sender = PacketCipher.None();
    private PacketCipher _receiver = PacketCipher.None();
    private byte[] _packet = [];
    private uint _sequence;

    [Params("raw", "aes256-gcm@openssh.com", "chacha20-poly1305@openssh.com", "managed chacha20", "aes256-ctr hmac-sha2-256-etm@openssh.com", "aes256-ctr hmac-sha2-256")]
    public string Cipher { get; set; } = "";

    [Params(64, 1024, 32 * 1024)]
    public int Bytes { get; set; }

    [GlobalSetup]
    public void Setup()
    {
        (_sender, _receiver) = (Make(), Make());
        int outside = _sender.LengthIsOutsidePadding ? 0 : _sender.BlockSize - PacketCipher.LengthField;
        _packet = new byte[PacketCipher.LengthField + Bytes + outside + _sender.TagLength];
    }

    [GlobalCleanup]
    public void Dispose()
    {
        GC.SuppressFinalize(this);
        _raw.Dispose();
        _sender.Dispose();
        _receiver.Dispose();
    }

    [Benchmark]
    public void Seal()
    {
        if (Cipher == "raw")
        {
            _raw.Encrypt(_nonce, _packet, _packet, _tag);
        }
        else
        {
            _sender.Seal(_sequence++, _packet);
        }
    }

    /// <summary>Both sides of one packet; for the raw cipher, two passes.</summary>
    [Benchmark]
    public bool SealAndOpen()
    {
        if (Cipher == "raw")
        {
            _raw.Encrypt(_nonce, _packet, _packet, _tag);
            _raw.Decrypt(_nonce, _packet, _tag, _packet);
            return true;
        }

        _sender.Seal(_sequence, _packet);
        _receiver.ReadLength(_sequence, _packet.AsSpan(0, _receiver.LengthPrefix));
        return _receiver.Open(_sequence++, _packet, out _);
    }

    private PacketCipher Make()
    {
        if (Cipher == "raw")
        {
            return PacketCipher.None();
        }

        if (Cipher == "managed chacha20")
        {
            return new ManagedChaChaPolyCipher(new byte[ChaChaPolyCipher.KeyLength]);
        }

        string[] names = Cipher.Split(' ');
        string mac = names.Length > 1 ? names[1] : "";
        CipherSizes sizes = PacketCipher.SizesOf(names[0], mac);
        return PacketCipher.Create(names[0], mac, new byte[sizes.Key], new byte[sizes.Iv], new byte[sizes.MacKey]);
    }
}
