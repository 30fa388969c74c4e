using System.Buffers;
using System.Security.Cryptography;
using PamTui.Ssh.Crypto;
using PamTui.Ssh.Keys;
using PamTui.Ssh.Wire;

namespace PamTui.Ssh.Transport;

/// <summary>One key exchange, from the first KEXINIT to the keys (RFC 4253 §7, §8): what is said and what follows from it, without I/O.</summary>
internal sealed class KexRun(SshRole role, KexInit ours, string clientVersion, string serverVersion) : IDisposable
{
    private const int MaxHostKey = SshCertificate.MaxBlob;
    private const int MaxSignature = 4096;
    private const int MaxValue = 16 * 1024;

    private readonly byte[] _ourInit = ours.Write();
    private byte[] _peerInit = [];
    private KeyExchange? _method;
    private byte[] _clientValue = [];
    private SharedSecret? _secret;

    /// <summary>Our KEXINIT, to be sent as it is.</summary>
    public ReadOnlySpan<byte> OurInit => _ourInit;

    public NegotiatedAlgorithms? Agreed { get; private set; }

    /// <summary>The peer sent a guess with its KEXINIT and was wrong: its next packet is to be dropped (RFC 4253 §7).</summary>
    public bool DropsGuess { get; private set; }

    /// <summary>The peer reads EXT_INFO (RFC 8308 §2.1).</summary>
    public bool PeerReadsExtensions { get; private set; }

    /// <summary>H.</summary>
    public byte[] ExchangeHash { get; private set; } = [];

    /// <param name="payload">The peer's KEXINIT.</param>
    /// <param name="strict">Null in the first exchange.</param>
    public void TakePeerInit(ReadOnlySpan<byte> payload, bool? strict)
    {
        _peerInit = payload.ToArray();
        KexInit theirs = KexInit.Read(payload);
        (KexInit client, KexInit server) = role == SshRole.Client ? (ours, theirs) : (theirs, ours);
        Agreed = Negotiation.Agree(client, server, strict);
        DropsGuess = theirs.FirstKexPacketFollows && !Negotiation.GuessIsRight(ours, theirs);
        PeerReadsExtensions = theirs.KeyExchanges.Contains(role == SshRole.Server ? KexInit.ExtInfoOfClient : KexInit.ExtInfoOfServer);
        _method = KeyExchange.Create(Agreed.KeyExchange);
    }

    /// <summary>The client's method message.</summary>
    public byte[] ClientMessage()
    {
        _clientValue = Method.ClientInit();
        return Payload.Of((ref w) =>
        {
            w.Byte(MessageId.KexExchangeInit);
            WriteValue(ref w, _clientValue);
        });
    }

    /// <summary>The server's answer to it, signed with the host key that was agreed on.</summary>
    public byte[] ServerAnswer(ReadOnlySpan<byte> payload, KexTerms terms)
    {
        SshReader r = new(payload[1..]);
        _clientValue = ReadValue(ref r).ToArray();
        r.End();
        (SshPrivateKey hostKey, ReadOnlyMemory<byte> shown, string algorithm) = terms.HostKeyFor(Agreed!.HostKey);
        byte[] value = Method.ServerReply(_clientValue, out _secret);
        Hash(shown.Span, value);
        byte[] signature = hostKey.Sign(algorithm, ExchangeHash);
        return Payload.Of((ref w) =>
        {
            w.Byte(MessageId.KexExchangeReply);
            w.String(shown.Span);
            WriteValue(ref w, value);
            w.String(signature);
        });
    }

    /// <summary>The client's look at the answer: the host key, proven to be the server's. Whether it is the right one is another's question.</summary>
    public ShownHostKey ClientVerify(ReadOnlySpan<byte> payload)
    {
        SshReader r = new(payload[1..]);
        ReadOnlySpan<byte> blob = r.String(MaxHostKey);
        ReadOnlySpan<byte> value = ReadValue(ref r);
        ReadOnlySpan<byte> signature = r.String(MaxSignature);
        r.End();
        string algorithm = Agreed!.HostKey;
        ShownHostKey shown = ReadHostKey(blob, algorithm);
        _secret = Method.ClientFinish(value);
        Hash(blob, value);
        return shown.Key.Verify(CertificateNames.PlainOf(algorithm) ?? algorithm, signature, ExchangeHash)
            ? shown
            : throw new SshProtocolException("The host key's signature is wrong.", DisconnectReason.KeyExchangeFailed);
    }

    /// <summary>Keys of both directions (RFC 4253 §7.2).</summary>
    public (PacketCipher Send, PacketCipher Receive) Keys(ReadOnlySpan<byte> sessionId)
    {
        PacketCipher toServer = Cipher(Agreed!.CipherToServer, Agreed.MacToServer, "ACE", sessionId);
        PacketCipher toClient = Cipher(Agreed.CipherToClient, Agreed.MacToClient, "BDF", sessionId);
        return role == SshRole.Client ? (toServer, toClient) : (toClient, toServer);
    }

    public void Dispose()
    {
        _method?.Dispose();
        _secret?.Dispose();
    }

    /// <summary>A key or a certificate, exactly as the algorithm that was agreed on says.</summary>
    private static ShownHostKey ReadHostKey(ReadOnlySpan<byte> blob, string algorithm)
    {
        if (CertificateNames.PlainOf(algorithm) is not { } plain)
        {
            return new(SshPublicKey.Parse(blob, [KeyTypes.OfAlgorithm(algorithm)]), null);
        }

        SshCertificate certificate = SshCertificate.Parse(blob, [CertificateNames.Of(KeyTypes.OfAlgorithm(plain))]);
        return new(certificate.Key, certificate);
    }

    private KeyExchange Method => _method ?? throw new InvalidOperationException("There is no method before both KEXINITs.");

    private PacketCipher Cipher(string cipher, string mac, string letters, ReadOnlySpan<byte> sessionId)
    {
        CipherSizes sizes = PacketCipher.SizesOf(cipher, mac);
        byte[] iv = KeyDerivation.Derive(Method.Hash, _secret!, ExchangeHash, letters[0], sessionId, sizes.Iv);
        byte[] key = KeyDerivation.Derive(Method.Hash, _secret!, ExchangeHash, letters[1], sessionId, sizes.Key);
        byte[] macKey = KeyDerivation.Derive(Method.Hash, _secret!, ExchangeHash, letters[2], sessionId, sizes.MacKey);
        try
        {
            return PacketCipher.Create(cipher, mac, key, iv, macKey);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(iv);
            CryptographicOperations.ZeroMemory(key);
            CryptographicOperations.ZeroMemory(macKey);
        }
    }

    /// <summary>H = hash(V_C, V_S, I_C, I_S, K_S, client's value, server's value, K) (RFC 4253 §8, RFC 5656 §4).</summary>
    private void Hash(ReadOnlySpan<byte> hostKey, ReadOnlySpan<byte> serverValue)
    {
        bool client = role == SshRole.Client;
        ArrayBufferWriter<byte> buffer = new(4096);
        SshWriter w = new(buffer);
        w.String(clientVersion);
        w.String(serverVersion);
        w.String(client ? _ourInit : _peerInit);
        w.String(client ? _peerInit : _ourInit);
        w.String(hostKey);
        WriteValue(ref w, _clientValue);
        WriteValue(ref w, serverValue);
        _secret!.WriteTo(ref w);
        ExchangeHash = CryptographicOperations.HashData(Method.Hash, buffer.WrittenSpan);
        buffer.Clear();
    }

    private void WriteValue(ref SshWriter w, ReadOnlySpan<byte> value)
    {
        if (Method.ValuesAreMpInt)
        {
            w.MpInt(value);
        }
        else
        {
            w.String(value);
        }
    }

    private ReadOnlySpan<byte> ReadValue(ref SshReader r) => Method.ValuesAreMpInt ? r.MpInt(MaxValue) : r.String(MaxValue);
}
