using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;
using PamTui.Servers;
using PamTui.Ssh.Channels;
using PamTui.Ssh.Keys;

namespace PamTui.Ssh.Tests.Interop;

/// <summary>The engine as a client of OpenSSH's server.</summary>
public sealed class OpenSshServerTests
{
    [Theory]
    [InlineData("ed25519", "aes256-gcm@openssh.com", "curve25519-sha256")]
    [InlineData("ecdsa", "chacha20-poly1305@openssh.com", "ecdh-sha2-nistp384")]
    [InlineData("rsa", "aes256-ctr", "sntrup761x25519-sha512@openssh.com")]
    public async Task Signs_in_by_key_runs_a_command_and_gets_all_of_its_ends(string keyType, string cipher, string method)
    {
        using TempFolder folder = new();
        SshKeyFile file = await SshKeyFile.MakeAsync(folder, "id", keyType);
        await using Sshd sshd = await Sshd.StartAsync(new SshdOptions([keyType], [file.PublicLine], ["LogLevel INFO"]));
        using SshPrivateKey key = SshPrivateKey.Parse(file.PrivateBytes);
        SshOptions options = new() { Algorithms = new() { Ciphers = [cipher], KeyExchanges = [method] } };
        await using Session session = await Session.OpenAsync(sshd, options, new KeyCredential(key));

        (string output, string error, ChannelRequest end) = await session.RunAsync("printf out; printf err >&2; exit 7");

        Assert.Equal(("out", "err"), (output, error));
        Assert.Equal(7u, ExitStatus.Read(end.Extra.Span).Status);
        (_, _, end) = await session.RunAsync("kill -9 $$");
        Assert.Equal("KILL", ExitSignal.Read(end.Extra.Span).Signal);
        Assert.Equal(sshd.HostKey.Fingerprint, session.Transport.HostKey!.Fingerprint);
        Assert.NotEmpty(session.Transport.PeerSignatureAlgorithms);
    }

    [Theory]
    [InlineData("aes256-gcm@openssh.com", true)]
    [InlineData("aes256-gcm@openssh.com", false)]
    [InlineData("chacha20-poly1305@openssh.com", true)]
    [InlineData("chacha20-poly1305@openssh.com", false)]
    [InlineData("aes128-ctr", true)]
    [InlineData("aes128-ctr", false)]
    public async Task A3_C7_Bulk_both_ways_survives_key_exchanges_begun_by_either_side(string cipher, bool byServer)
    {
        using TempFolder folder = new();
        SshKeyFile file = await SshKeyFile.MakeAsync(folder, "id");
        await using Sshd sshd = await Sshd.StartAsync(new SshdOptions(AuthorizedKeys: [file.PublicLine], Config: byServer ? ["RekeyLimit 64K"] : []));
        using SshPrivateKey key = SshPrivateKey.Parse(file.PrivateBytes);
        SshOptions options = new()
        {
            Algorithms = new() { Ciphers = [cipher], KeyExchanges = ["curve25519-sha256"] },
            RekeyBytes = byServer ? 1 << 30 : 64 * 1024,
        };
        await using Session session = await Session.OpenAsync(sshd, options, new KeyCredential(key));
        SshChannel channel = await session.Connection.OpenAsync("session", default, SessionPair.Soon());
        Assert.True(await channel.RequestAsync("exec", new ExecRequest("cat"u8.ToArray()).Write(), true, SessionPair.Soon()));
        byte[] data = RandomNumberGenerator.GetBytes(4 << 20);
        using CancellationTokenSource limit = new(TimeSpan.FromSeconds(60));

        Task writing = Task.Run(async () =>
        {
            await channel.WriteAsync(data, limit.Token);
            await channel.SendEofAsync(limit.Token);
        });
        using MemoryStream came = new();
        await channel.AsStream().CopyToAsync(came, limit.Token);
        await writing;

        Assert.True(came.ToArray().AsSpan().SequenceEqual(data));
        Assert.True(session.Transport.KeyExchanges > 5, $"{session.Transport.KeyExchanges} key exchanges");
    }

    [Fact]
    public async Task Signs_in_by_password_and_by_the_questions_of_PAM_and_hears_of_an_expired_one()
    {
        await using TestUser user = await TestUser.MakeAsync("s3cret-Pa55");
        await using Sshd passwords = await Sshd.StartAsync(new SshdOptions(Config: ["PasswordAuthentication yes", "KbdInteractiveAuthentication no"], UsePam: true));
        await using Sshd questions = await Sshd.StartAsync(new SshdOptions(Config: ["PasswordAuthentication no", "KbdInteractiveAuthentication yes"], UsePam: true));
        foreach (Sshd sshd in (Sshd[])[passwords, questions])
        {
            await using (Session session = await Session.OpenAsync(sshd, new(), new PasswordCredential(Encoding.UTF8.GetBytes("s3cret-Pa55")), user.Name))
            {
                Assert.Equal(user.Name, (await session.RunAsync("id -un")).Output.Trim());
            }

            Assert.IsType<ClientAuthResult.Refused>(await Session.SignInAsync(sshd, user.Name, new PasswordCredential("wrong"u8.ToArray())));
        }

        await user.MustChangePasswordAsync();
        Assert.IsType<ClientAuthResult.PasswordExpired>(await Session.SignInAsync(questions, user.Name, new PasswordCredential(Encoding.UTF8.GetBytes("s3cret-Pa55"))));
    }

    [Fact]
    public async Task A_key_the_server_does_not_know_is_refused_with_its_methods()
    {
        await using Sshd sshd = await Sshd.StartAsync();
        using SshPrivateKey key = SshPrivateKey.GenerateEd25519();

        ClientAuthResult result = await Session.SignInAsync(sshd, Environment.UserName, new KeyCredential(key));

        Assert.Contains("publickey", Assert.IsType<ClientAuthResult.Refused>(result).Methods);
    }

    private sealed class Session : IAsyncDisposable
    {
        private readonly Channels.ChannelPair.Recorder _handler = new();
        private readonly TcpClient _tcp;
        private readonly Task _run;

        private Session(TcpClient tcp, SshTransport transport)
        {
            (_tcp, Transport) = (tcp, transport);
            Connection = new(transport, _handler, new());
            _run = Connection.RunAsync(CancellationToken.None);
        }

        public SshTransport Transport { get; }

        public SshConnection Connection { get; }

        public static async Task<Session> OpenAsync(Sshd sshd, SshOptions options, ClientCredential credential, string? user = null)
        {
            (TcpClient tcp, SshTransport transport) = await ConnectAsync(sshd, options);
            Assert.IsType<ClientAuthResult.Success>(
                await ClientAuthentication.RunAsync(transport, user ?? Environment.UserName, credential, SessionPair.Soon()));
            return new(tcp, transport);
        }

        public static async Task<ClientAuthResult> SignInAsync(Sshd sshd, string user, ClientCredential credential)
        {
            (TcpClient tcp, SshTransport transport) = await ConnectAsync(sshd, new());
            using (tcp)
            {
                await using (transport)
                {
                    return await ClientAuthentication.RunAsync(transport, user, credential, SessionPair.Soon());
                }
            }
        }

        public async Task<(string Output, string Error, ChannelRequest End)> RunAsync(string command)
        {
            await using SshChannel channel = await Connection.OpenAsync("session", default, SessionPair.Soon());
            Assert.True(await channel.RequestAsync("exec", new ExecRequest(Encoding.UTF8.GetBytes(command)).Write(), true, SessionPair.Soon()));
            await channel.Closed.WaitAsync(TimeSpan.FromSeconds(20));
            byte[] buffer = new byte[64 * 1024];
            int output = await channel.ReadAsync(buffer, SessionPair.Soon());
            string text = Encoding.UTF8.GetString(buffer, 0, output);
            int error = await channel.ReadStderrAsync(buffer, SessionPair.Soon());
            return (text, Encoding.UTF8.GetString(buffer, 0, error), await _handler.Requests.Reader.ReadAsync(SessionPair.Soon()));
        }

        public async ValueTask DisposeAsync()
        {
            await Connection.DisposeAsync();
            await _run;
            _tcp.Dispose();
        }

        private static async Task<(TcpClient, SshTransport)> ConnectAsync(Sshd sshd, SshOptions options)
        {
            TcpClient tcp = new() { NoDelay = true };
            await tcp.ConnectAsync(Sshd.Host, sshd.Port);
            return (tcp, await SshTransport.ConnectAsync(
                tcp.GetStream(), options, (key, _) => ValueTask.FromResult(sshd.HostKeys.Any(host => host.Fingerprint == key.Key.Fingerprint)), SessionPair.Soon()));
        }
    }
}
