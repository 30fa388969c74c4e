using System.Text;
using CsCheck;
using PamTui.Commands;
using PamTui.Core.Access;
using PamTui.Core.Imports;
using PamTui.Core.Model;
using PamTui.Gateway.Login;
using PamTui.Gateway.Relay;
using PamTui.Ssh;
using PamTui.Ssh.Channels;
using PamTui.Ssh.Tests;
using PamTui.Ssh.Tests.Fuzz;

namespace PamTui.Tests.Fuzz;

/// <summary>Outside bytes that the product reads besides the engine's: logins, keys of users, known_hosts files, and what passes the relay.</summary>
public sealed class GatewayFuzzTests
{
    private const string Key = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAILM+rvN+ot98qgEN796jTiQfZfG1KaT0PtFDJ/XFSqti alice@laptop";

    private const int MostChannels = 3;

    private static readonly byte[][] s_messages = Messages();

    [Fact]
    public void Altered_logins_are_a_login_or_nobody_s() => FuzzRun.Holds(
        Bytes("alice", "alice@web", "alice+deploy+web-1", "a.b-c_d@" + new string('x', 63)),
        bytes =>
        {
            string text = Encoding.UTF8.GetString(bytes);
            if (LoginName.Parse(text) is { } login)
            {
                Assert.Equal(text, login.Format(text.Contains('+', StringComparison.Ordinal) ? '+' : '@'));
            }
        });

    [Fact]
    public void Altered_keys_of_users_are_a_key_or_refused_in_words() => FuzzRun.Holds(
        Bytes(Key, "ecdsa-sha2-nistp256 AAAAE2VjZHNhLXNoYTItbmlzdHAyNTYAAAAIbmlzdHAyNTYAAABBBEmKSENjQEezOmxkZMy7opKgwFB9nkt5YRrYMjNuG5N87uRgg6CLrbo5wAdT/y6v0mKV0U2w0WZ2YB/++Tpockg="),
        bytes =>
        {
            Result<AuthorizedKey> parsed = AuthorizedKey.Parse(Encoding.UTF8.GetString(bytes));
            Assert.True(parsed.IsOk || parsed.Refusal!.Message.Length > 0);
        },
        inputs: 2000,
        allowance: 256 * 1024);

    [Fact]
    public void Altered_known_hosts_files_are_pins_or_refused_in_words() => FuzzRun.Holds(
        Bytes($"web-1 {Key}\n@revoked web-1 {Key}\n# comment\n|1|F1E1KeoE/eEWhi10WpGv4OdiO6Y=|3988QV0VE8wmZL7suNrYQLITLCg= {Key}\n", $"[web-1]:22,web-2 {Key}\r\n@cert-authority *.example {Key}\n"),
        bytes =>
        {
            string text = Encoding.UTF8.GetString(bytes);
            KnownHosts.Find(text, "web-1", 22, DateTimeOffset.UnixEpoch);
            Assert.All(KnownHostsImport.Read(text).Value.HostKeys, key => Assert.StartsWith("SHA256:", key.Fingerprint, StringComparison.Ordinal));
        },
        inputs: 2000,
        allowance: 512 * 1024);

    [Fact]
    public void Any_sequence_of_messages_through_the_relay_passes_or_breaks_the_protocol_and_is_kept_within_bounds() =>
        Gen.Select(Gen.Bool, Mutations.Of(s_messages)).Array[1, 60].Sample(
            sequence =>
            {
                long sent = 0;
                RelayTable table = new(new RelayPolicy(["LANG"]), MostChannels, payload => sent += payload.Length, payload => sent += payload.Length);
                long came = 0;
                try
                {
                    foreach ((bool user, byte[] message) in sequence)
                    {
                        // The transport lets nothing else of an open connection through.
                        if (message.Length == 0 || message[0] is not ((>= MessageId.GlobalRequest and <= MessageId.RequestFailure) or (>= MessageId.ChannelOpen and <= MessageId.ChannelFailure)))
                        {
                            continue;
                        }

                        came += message.Length;
                        table.Take(user ? Side.User : Side.Target, message);
                        Assert.InRange(table.Count, 0, MostChannels);
                    }
                }
                catch (SshProtocolException)
                {
                    // Told in the protocol's own way.
                }

                Assert.InRange(sent, 0, came + (256 * sequence.Length));
            },
            iter: FuzzRun.Seconds > 0 ? -1 : 5000,
            time: FuzzRun.Seconds > 0 ? FuzzRun.Seconds : -1,
            threads: 1,
            print: sequence => string.Join('\n', sequence.Select(step => (step.Item1 ? "user " : "target ") + Convert.ToHexString(step.Item2))));

    private static byte[][] Bytes(params string[] texts) => [.. texts.Select(Encoding.UTF8.GetBytes)];

    private static byte[][] Messages() =>
    [
        .. Enumerable.Range(0, 4).SelectMany(i => (byte[][])
        [
            new ChannelOpen("session", (uint)i, 1 << 20, 1 << 15, default).Write(),
            new ChannelOpenConfirmation((uint)i, (uint)i, 1 << 20, 1 << 15, default).Write(),
            new ChannelRequest((uint)i, ExecRequest.Type, true, new ExecRequest("true"u8.ToArray()).Write()).Write(),
            [MessageId.ChannelClose, 0, 0, 0, (byte)i],
            [MessageId.ChannelData, 0, 0, 0, (byte)i, .. RawPeer.Text("data")],
        ]),
        new ChannelOpenFailure(0, ChannelOpenFailureReason.ConnectFailed, "no").Write(),
        new ChannelOpen("auth-agent@openssh.com", 9, 1 << 20, 1 << 15, default).Write(),
        new ChannelRequest(0, PtyRequest.Type, true, new PtyRequest("xterm", 80, 24, 0, 0, default).Write()).Write(),
        new ChannelRequest(0, EnvRequest.Type, true, new EnvRequest("LD_PRELOAD", "x"u8.ToArray()).Write()).Write(),
        new ChannelRequest(0, "auth-agent-req@openssh.com", true, default).Write(),
        new ChannelRequest(0, ExitStatus.Type, false, new ExitStatus(0).Write()).Write(),
        new GlobalRequest("keepalive@openssh.com", true, default).Write(),
        new GlobalRequest("tcpip-forward", true, default).Write(),
        new GlobalRequest("hostkeys-00@openssh.com", false, default).Write(),
        [MessageId.RequestSuccess],
        [MessageId.RequestFailure],
        [MessageId.ChannelSuccess, 0, 0, 0, 0],
        [MessageId.ChannelFailure, 0, 0, 0, 0],
        [MessageId.ChannelEof, 0, 0, 0, 0],
        [MessageId.ChannelWindowAdjust, 0, 0, 0, 0, 0, 1, 0, 0],
        [MessageId.ChannelExtendedData, 0, 0, 0, 0, 0, 0, 0, 1, .. RawPeer.Text("err")],
    ];
}
