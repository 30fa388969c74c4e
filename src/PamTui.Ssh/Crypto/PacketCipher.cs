namespace PamTui.Ssh.Crypto;

/// <summary>
/// Cipher and MAC of one direction of one connection. Works in place on whole packets, allocates nothing per packet, and is not thread safe:
/// a direction has one owner. The sequence number is the caller's, so that strict key exchange can reset it.
/// </summary>
internal abstract class PacketCipher : IDisposable
{
    /// <summary>packet_length itself.</summary>
    public const int LengthField = 4;

    /// <summary>Every cipher there is, best first.</summary>
    public static IReadOnlyList<string> Names { get; } =
    [
        "aes256-gcm@openssh.com",
        "aes128-gcm@openssh.com",
        ChaChaPolyCipher.Name,
        "aes256-ctr",
        "aes192-ctr",
        "aes128-ctr",
    ];

    /// <summary>Every MAC there is, best first; only the ctr ciphers use one.</summary>
    public static IReadOnlyList<string> MacNames { get; } =
    [
        "hmac-sha2-256-etm@openssh.com",
        "hmac-sha2-512-etm@openssh.com",
        "hmac-sha2-256",
        "hmac-sha2-512",
    ];

    /// <summary>What padding aligns to; at least 8 (RFC 4253 §6).</summary>
    public abstract int BlockSize { get; }

    /// <summary>Bytes of MAC or tag that follow the padding.</summary>
    public abstract int TagLength { get; }

    /// <summary>True: the length field does not count towards the alignment, because it is sent clear or under a key of its own.</summary>
    public abstract bool LengthIsOutsidePadding { get; }

    /// <summary>How many bytes must be there before <see cref="ReadLength"/>.</summary>
    public virtual int LengthPrefix => LengthField;

    /// <summary>True for ciphers which bring their own integrity, so that the negotiated MAC does not matter.</summary>
    public static bool IsAead(string cipher) => cipher is "aes256-gcm@openssh.com" or "aes128-gcm@openssh.com" or ChaChaPolyCipher.Name;

    /// <summary>What to derive for a cipher and, unless it is an AEAD, a MAC.</summary>
    public static CipherSizes SizesOf(string cipher, string mac) => cipher switch
    {
        "aes256-gcm@openssh.com" => new(32, GcmCipher.NonceLength, 0),
        "aes128-gcm@openssh.com" => new(16, GcmCipher.NonceLength, 0),
        ChaChaPolyCipher.Name => new(ChaChaPolyCipher.KeyLength, 0, 0),
        "aes256-ctr" => new(32, CounterKeystream.IvLength, PacketMac.LengthOf(mac)),
        "aes192-ctr" => new(24, CounterKeystream.IvLength, PacketMac.LengthOf(mac)),
        "aes128-ctr" => new(16, CounterKeystream.IvLength, PacketMac.LengthOf(mac)),
        _ => throw new ArgumentException($"There is no cipher '{cipher}'.", nameof(cipher)),
    };

    /// <summary>Copies the keys; the caller zeroes its own. Sizes are those of <see cref="SizesOf"/>.</summary>
    public static PacketCipher Create(string cipher, string mac, ReadOnlySpan<byte> key, ReadOnlySpan<byte> iv, ReadOnlySpan<byte> macKey)
    {
        CipherSizes sizes = SizesOf(cipher, mac);
        ArgumentOutOfRangeException.ThrowIfNotEqual(key.Length, sizes.Key);
        ArgumentOutOfRangeException.ThrowIfNotEqual(iv.Length, sizes.Iv);
        ArgumentOutOfRangeException.ThrowIfNotEqual(macKey.Length, sizes.MacKey);
        return cipher switch
        {
            "aes256-gcm@openssh.com" or "aes128-gcm@openssh.com" => new GcmCipher(key, iv),
            ChaChaPolyCipher.Name => ChaChaPolyCipher.Create(key),
            _ => new CtrCipher(CounterKeystream.Create(key, iv), new PacketMac(mac, macKey)),
        };
    }

    /// <summary>Neither cipher nor MAC: up to the first NEWKEYS.</summary>
    public static PacketCipher None() => new NoCipher();

    /// <summary>
    /// packet_length of the packet that starts at <paramref name="head"/>, not yet authenticated: the caller checks it against its limits.
    /// May decrypt the first <see cref="LengthPrefix"/> bytes in place, once for a packet however often it is called.
    /// </summary>
    public abstract uint ReadLength(uint sequence, Span<byte> head);

    /// <summary>
    /// Authenticates and decrypts in place a packet from its length field to the end of its tag. <paramref name="body"/> is the part of it from
    /// padding_length to the end of the padding. False: the tag is wrong, and nothing of the packet may be used.
    /// </summary>
    public abstract bool Open(uint sequence, Span<byte> packet, out Span<byte> body);

    /// <summary>Encrypts and authenticates in place: length, padding_length, payload, padding, room for the tag.</summary>
    public abstract void Seal(uint sequence, Span<byte> packet);

    public abstract void Dispose();

    /// <summary>The middle of a packet; a packet too short for its own frame is a bug of the caller.</summary>
    protected Span<byte> BodyOf(Span<byte> packet)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(packet.Length, LengthField + 1 + TagLength, nameof(packet));
        return packet[LengthField..^TagLength];
    }
}
