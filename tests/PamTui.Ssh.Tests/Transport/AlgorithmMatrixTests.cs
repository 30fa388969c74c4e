using System.Security.Cryptography;
using System.Text;
using PamTui.Ssh.Keys;

namespace PamTui.Ssh.Tests.Transport;

public sealed class AlgorithmMatrixTests
{
    private static readonly string[] s_slow = ["sntrup761", "diffie-hellman-group16"];

    private static readonly SshPrivateKey[] s_hostKeys =
    [
        SessionPair.HostKey, Ecdsa(ECCurve.NamedCurves.nistP256), Ecdsa(ECCurve.NamedCurves.nistP384), Ecdsa(ECCurve.NamedCurves.nistP521), Rsa(),
    ];

    public static TheoryData<string> KeyExchanges => [.. AlgorithmPreferences.Compatible.KeyExchanges];

    [Theory]
    [MemberData(nameof(KeyExchanges))]
    public async Task Each_key_exchange_with_each_host_key_cipher_and_mac_carries_messages_both_ways(string method)
    {
        AlgorithmPreferences all = AlgorithmPreferences.Compatible;
        int run = 0;
        foreach (string hostKey in all.HostKeys)
        {
            foreach (string cipher in all.Ciphers)
            {
                foreach (string mac in cipher.EndsWith("-ctr", StringComparison.Ordinal) ? all.Macs : [all.Macs[0]])
                {
                    // The slow ones take each cipher once and go through the host keys meanwhile.
                    if (s_slow.Any(slow => method.StartsWith(slow, StringComparison.Ordinal)) && hostKey != all.HostKeys[run++ % all.HostKeys.Count])
                    {
                        continue;
                    }

                    SshOptions options = new() { Algorithms = new() { KeyExchanges = [method], HostKeys = [hostKey], Ciphers = [cipher], Macs = [mac] } };
                    await using SessionPair pair = await SessionPair.HandshakeAsync(options, options, s_hostKeys);
                    byte[] there = Payload(MessageId.ServiceRequest);
                    byte[] back = Payload(MessageId.ServiceAccept);
                    await pair.Client.SendAsync(there, SessionPair.Soon());
                    await pair.Server.SendAsync(back, SessionPair.Soon());

                    byte[] atServer = (await pair.Server.ReceiveAsync(SessionPair.Soon())).ToArray();
                    byte[] atClient = (await pair.Client.ReceiveAsync(SessionPair.Soon())).ToArray();
                    Assert.Equal(there, atServer);
                    Assert.Equal(back, atClient);
                    Assert.Equal((method, hostKey, cipher), (pair.Client.Algorithms.KeyExchange, pair.Client.Algorithms.HostKey, pair.Client.Algorithms.CipherToServer));
                }
            }
        }
    }

    [Fact]
    public async Task The_client_s_order_decides_and_a_pinned_type_can_be_put_first()
    {
        SshOptions client = new() { Algorithms = new() { HostKeys = ["rsa-sha2-512", "ssh-ed25519"] } };

        await using SessionPair pair = await SessionPair.HandshakeAsync(client, new(), s_hostKeys);

        Assert.Equal("ssh-rsa", pair.Client.HostKey!.KeyType);
    }

    [Fact]
    public async Task The_modern_profile_connects_to_itself_and_to_the_compatible_one()
    {
        SshOptions modern = new() { Algorithms = AlgorithmPreferences.Modern };

        await using SessionPair both = await SessionPair.HandshakeAsync(modern, modern, s_hostKeys);
        await using SessionPair mixed = await SessionPair.HandshakeAsync(new(), modern, s_hostKeys);

        Assert.Equal("mlkem768x25519-sha256", both.Client.Algorithms.KeyExchange);
        Assert.Equal("aes256-gcm@openssh.com", mixed.Client.Algorithms.CipherToServer);
    }

    private static byte[] Payload(byte id)
    {
        byte[] payload = RandomNumberGenerator.GetBytes(1000);
        payload[0] = id;
        return payload;
    }

    private static SshPrivateKey Ecdsa(ECCurve curve)
    {
        using ECDsa key = ECDsa.Create(curve);
        return SshPrivateKey.Parse(Encoding.ASCII.GetBytes(key.ExportECPrivateKeyPem()));
    }

    private static SshPrivateKey Rsa()
    {
        using RSA key = RSA.Create(2048);
        return SshPrivateKey.Parse(Encoding.ASCII.GetBytes(key.ExportRSAPrivateKeyPem()));
    }
}
