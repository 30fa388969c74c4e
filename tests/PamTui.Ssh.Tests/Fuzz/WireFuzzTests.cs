using CsCheck;
using PamTui.Ssh.Auth;
using PamTui.Ssh.Channels;
using PamTui.Ssh.Keys;
using PamTui.Ssh.Transport;
using PamTui.Ssh.Wire;

namespace PamTui.Ssh.Tests.Fuzz;

/// <summary>Every message and structure that a peer sends, a little off.</summary>
public sealed class WireFuzzTests
{
    private static readonly Dictionary<string, (byte[][] Seeds, Action<byte[]> Read)> s_readers = Readers();

    public static TheoryData<string> Names => [.. s_readers.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public void Altered_bytes_are_read_or_refused(string what) => FuzzRun.Holds(s_readers[what].Seeds, s_readers[what].Read);

    [Fact]
    public void A_reader_of_any_fields_in_any_order_ends_within_its_bytes() =>
        Gen.Select(Gen.Byte.Array[0, 60], Gen.Select(Gen.Int[0, 11], Gen.Int[0, 40]).Array[1, 12]).Sample(
            (bytes, fields) =>
            {
                SshReader reader = new(bytes);
                try
                {
                    foreach ((int field, int max) in fields)
                    {
                        int before = reader.Remaining;
                        int taken = Read(ref reader, field, max);
                        Assert.Equal(before - taken, reader.Remaining);
                    }
                }
                catch (SshProtocolException)
                {
                    Assert.InRange(reader.Remaining, 0, bytes.Length);
                }
            },
            iter: FuzzRun.Seconds > 0 ? -1 : 20_000,
            time: FuzzRun.Seconds > 0 ? FuzzRun.Seconds : -1);

    /// <summary>How many bytes the field took.</summary>
    private static int Read(ref SshReader reader, int field, int max)
    {
        int before = reader.Remaining;
        switch (field)
        {
            case 0:
                reader.Byte();
                return 1;
            case 1:
                reader.Boolean();
                return 1;
            case 2:
                reader.UInt32();
                return 4;
            case 3:
                reader.UInt64();
                return 8;
            case 4:
                int length = reader.String(max).Length;
                Assert.InRange(length, 0, max);
                return 4 + length;
            case 5:
                string name = reader.AsciiName(max);
                Assert.All(name, letter => Assert.InRange(letter, '!', '~'));
                return 4 + name.Length;
            case 6:
                return 4 + System.Text.Encoding.UTF8.GetByteCount(reader.Utf8(max));
            case 7:
                string[] names = reader.NameList(max, 4);
                Assert.InRange(names.Length, 0, 4);
                Assert.DoesNotContain("", names);
                return before - reader.Remaining;
            case 8:
                ReadOnlySpan<byte> number = reader.MpInt(max);
                Assert.True(number.Length <= max && (number.IsEmpty || number[0] != 0));
                return before - reader.Remaining;
            case 9:
                return reader.Raw(max).Length == max ? max : -1;
            case 10:
                return reader.Rest().Length;
            default:
                reader.End();
                Assert.Equal(0, reader.Remaining);
                return 0;
        }
    }

    private static Dictionary<string, (byte[][] Seeds, Action<byte[]> Read)> Readers()
    {
        byte[] sessionPayload = new ChannelOpen("session", 3, 1 << 20, 1 << 15, new byte[4]).Write();
        KexInit offer = KexInit.Offer(AlgorithmPreferences.Compatible, ["ssh-ed25519"], SshRole.Client, first: true);
        using SshPrivateKey key = SshPrivateKey.GenerateEd25519();
        byte[] blob = key.PublicKey.Blob.ToArray();
        byte[] proof = Payload.Of((ref w) =>
        {
            PublicKeyProof.WriteRequest(ref w, "alice", "ssh-ed25519", blob);
            w.String(new byte[83]);
        });
        byte[] password = Payload.Of((ref w) =>
        {
            AuthRequest.Write(ref w, "alice@web", "password");
            w.Boolean(false);
            w.String("secret");
        });
        byte[] none = Payload.Of((ref w) => AuthRequest.Write(ref w, "alice", "none"));
        return new()
        {
            ["KEXINIT and the agreement on it"] = (
                [offer.Write(), KexInit.Offer(AlgorithmPreferences.Modern, ["ssh-ed25519"], SshRole.Server, first: false).Write()],
                bytes =>
                {
                    KexInit theirs = KexInit.Read(Some(bytes));
                    Negotiation.GuessIsRight(offer, theirs);
                    Negotiation.Agree(offer, theirs, null);
                    Negotiation.Agree(theirs, offer, true);
                }
            ),
            ["DISCONNECT"] = ([new Disconnect(DisconnectReason.ByApplication, "bye").Write()], bytes => Disconnect.Read(Some(bytes))),
            ["EXT_INFO"] = ([ExtInfo.OfServer(["ssh-ed25519", "rsa-sha2-512"])], bytes => ExtInfo.Read(Some(bytes))),
            ["USERAUTH_REQUEST"] = ([proof, password, none], ReadRequest),
            ["INFO_REQUEST"] = (
                [InteractiveMessages.WriteRequest(new("name", "do this", [new("Password: ", false), new("Code: ", true)]))],
                bytes => InteractiveMessages.ReadRequest(Some(bytes))),
            ["INFO_RESPONSE"] = ([InteractiveMessages.WriteResponse([new byte[5], default])], bytes => InteractiveMessages.ReadResponse(Some(bytes))),
            ["CHANNEL_OPEN"] = ([sessionPayload], bytes => ChannelOpen.Read(Some(bytes))),
            ["CHANNEL_OPEN_CONFIRMATION"] = ([new ChannelOpenConfirmation(1, 2, 3, 4, default).Write()], bytes => ChannelOpenConfirmation.Read(Some(bytes))),
            ["CHANNEL_OPEN_FAILURE"] = ([new ChannelOpenFailure(1, ChannelOpenFailureReason.ConnectFailed, "no").Write()], bytes => ChannelOpenFailure.Read(Some(bytes))),
            ["CHANNEL_REQUEST"] = ([new ChannelRequest(1, "exec", true, new byte[8]).Write()], bytes => ChannelRequest.Read(Some(bytes))),
            ["GLOBAL_REQUEST"] = ([new GlobalRequest("keepalive@openssh.com", true, default).Write()], bytes => GlobalRequest.Read(Some(bytes))),
            ["pty-req"] = ([new PtyRequest("xterm", 80, 24, 0, 0, new byte[6]).Write()], bytes => PtyRequest.Read(bytes)),
            ["window-change"] = ([new WindowChange(80, 24, 0, 0).Write()], bytes => WindowChange.Read(bytes)),
            ["env"] = ([new EnvRequest("LANG", "C"u8.ToArray()).Write()], bytes => EnvRequest.Read(bytes)),
            ["exec"] = ([new ExecRequest("true"u8.ToArray()).Write()], bytes => ExecRequest.Read(bytes)),
            ["subsystem"] = ([new SubsystemRequest("sftp").Write()], bytes => SubsystemRequest.Read(bytes)),
            ["signal"] = ([new SignalRequest("TERM").Write()], bytes => SignalRequest.Read(bytes)),
            ["exit-status"] = ([new ExitStatus(7).Write()], bytes => ExitStatus.Read(bytes)),
            ["exit-signal"] = ([new ExitSignal("KILL", false, "killed").Write()], bytes => ExitSignal.Read(bytes)),
            ["direct-tcpip"] = ([new DirectTcpip("db-1", 5432, "127.0.0.1", 4000).Write()], bytes => DirectTcpip.Read(bytes)),
            ["text of a peer"] = (["plain"u8.ToArray(), "\u001b[2J\u202e\r\n\u0000é😀"u8.ToArray()], bytes => Assert.All(PeerText.Show(bytes), letter => Assert.False(char.IsControl(letter)))),
            ["packets in clear"] = ([Packet(offer.Write()), [.. Packet(new byte[9]), .. Packet(sessionPayload)]], ReadPackets),
            ["version lines"] = (["SSH-2.0-OpenSSH_10.0\r\n"u8.ToArray(), "hello\r\nSSH-2.0-x y\n"u8.ToArray()], ReadVersion),
        };
    }

    /// <summary>A payload is never empty: the transport has taken its number.</summary>
    private static ReadOnlySpan<byte> Some(byte[] bytes) => bytes.Length > 0 ? bytes : [0];

    private static void ReadRequest(byte[] bytes)
    {
        AuthRequest request = AuthRequest.Read(Some(bytes));
        if (request.Method == AuthNames.PublicKey)
        {
            PublicKeyProof.Read(request.Rest);
        }
    }

    private static byte[] Packet(byte[] payload)
    {
        int padding = 8 - ((payload.Length + 5) % 8);
        padding += padding < 4 ? 8 : 0;
        int length = 1 + payload.Length + padding;
        return [0, 0, (byte)(length >> 8), (byte)length, (byte)padding, .. payload, .. new byte[padding]];
    }

    private static void ReadPackets(byte[] bytes)
    {
        using PacketReader reader = new(new MemoryStream(bytes)) { MaxPacketLength = 36 * 1024 };
        int payloads = 0;
        do
        {
            while (reader.TryRead(out ReadOnlyMemory<byte> payload))
            {
                payloads += payload.Length;
                Assert.InRange(payloads, 1, bytes.Length);
            }
        }
        while (reader.FillAsync(CancellationToken.None).AsTask().GetAwaiter().GetResult());
    }

    private static void ReadVersion(byte[] bytes)
    {
        using PacketReader reader = new(new MemoryStream(bytes));
        try
        {
            string version = VersionExchange.ReadAsync(reader, SshRole.Client, CancellationToken.None).AsTask().GetAwaiter().GetResult();
            Assert.StartsWith("SSH-", version, StringComparison.Ordinal);
            Assert.All(version, letter => Assert.InRange(letter, ' ', '~'));
        }
        catch (SshConnectionException)
        {
            // It ended before its version.
        }
    }
}
