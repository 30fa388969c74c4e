using System.Buffers;
using System.Diagnostics;
using PamTui.Core.Model;
using PamTui.Gateway;
using PamTui.Servers;
using PamTui.Ssh;
using PamTui.Ssh.Keys;
using PamTui.Ssh.Wire;

namespace PamTui.Tests.GatewayTests;

public sealed class SignInTests(SignInTests.Shared shared) : IClassFixture<SignInTests.Shared>
{
    private TestGateway Gateway => shared.Gateway;

    [Fact]
    public async Task B13_unknown_user_disabled_user_wrong_key_and_hostile_name_are_told_the_same()
    {
        await Gateway.Product.Users.AddAsync(TestGateway.Local, "carol", Role.Member, Gateway.TargetKey.PublicLine, TestClient.Ct);
        await Gateway.Product.Users.SetDisabledAsync(TestGateway.Local, "carol", true, TestClient.Ct);
        await Gateway.Product.Users.AddAsync(TestGateway.Local, "keyless", Role.Member, null, TestClient.Ct);

        foreach (string login in new[] { "nobody", "alice", "keyless", "Alice", "alice@a@b@c", "al\u0456ce", "nobody@deploy@web-1" })
        {
            RunResult result = await Run.ProgramAsync("ssh", [.. Gateway.SshOptions(Gateway.BobKey), "-l", login, "127.0.0.1", "true"], null);
            Assert.EndsWith("Permission denied (publickey,password).", result.Ended(255).Error.Trim(), StringComparison.Ordinal);
        }

        Assert.Contains("sign-in failed: 'alice@a@b@c' by publickey", Gateway.Log, StringComparison.Ordinal);
        RunResult disabled = await Gateway.SshAsync(Gateway.TargetKey, "carol", "true");
        Assert.EndsWith("Permission denied (publickey,password).", disabled.Ended(255).Error.Trim(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task B13_failures_take_the_same_time_for_known_and_unknown_users()
    {
        double known = await MedianAsync("alice");
        double unknown = await MedianAsync("nobody-at-all");

        Assert.InRange(known / unknown, 0.6, 1.7);

        async Task<double> MedianAsync(string login)
        {
            List<double> times = [];
            for (int i = 0; i < 5; i++)
            {
                await using SshTransport transport = await TestClient.ConnectAsync(Gateway.EndPoint);
                using SshPrivateKey wrong = SshPrivateKey.Parse(Gateway.BobKey.PrivateBytes);
                long start = Stopwatch.GetTimestamp();
                Assert.IsType<ClientAuthResult.Refused>(await ClientAuthentication.RunAsync(transport, login, new KeyCredential(wrong), TestClient.Ct));
                times.Add(Stopwatch.GetElapsedTime(start).TotalMilliseconds);
            }

            return times.Order().ElementAt(2);
        }
    }

    [Fact]
    public async Task B4_offer_without_signature_does_not_sign_in()
    {
        await using SshTransport transport = await TestClient.ConnectAsync(Gateway.EndPoint);
        using SshPrivateKey key = SshPrivateKey.Parse(Gateway.AliceKey.PrivateBytes);
        await transport.SendAsync(ServiceRequest(), TestClient.Ct);
        Assert.Equal(MessageId.ServiceAccept, (await transport.ReceiveAsync(TestClient.Ct)).Span[0]);

        await transport.SendAsync(Offer("alice", key.PublicKey), TestClient.Ct);
        Assert.Equal(MessageId.UserAuthPublicKeyOk, (await transport.ReceiveAsync(TestClient.Ct)).Span[0]);

        await transport.SendAsync(OpenSession(), TestClient.Ct);
        await Assert.ThrowsAnyAsync<SshException>(async () => await transport.ReceiveAsync(TestClient.Ct));
        await Poll.UntilAsync("the offer in the log", () => Gateway.Log.Contains("offer without signature: 'alice'", StringComparison.Ordinal));
        Assert.Empty(await Gateway.SessionsAsync(liveOnly: true));
    }

    [Fact]
    public async Task B5_identity_is_the_key_that_signed_not_the_one_that_was_offered()
    {
        await using SshTransport transport = await TestClient.ConnectAsync(Gateway.EndPoint);
        using SshPrivateKey alice = SshPrivateKey.Parse(Gateway.AliceKey.PrivateBytes);
        using SshPrivateKey bob = SshPrivateKey.Parse(Gateway.BobKey.PrivateBytes);
        await transport.SendAsync(ServiceRequest(), TestClient.Ct);
        await transport.ReceiveAsync(TestClient.Ct);
        await transport.SendAsync(Offer("alice", alice.PublicKey), TestClient.Ct);
        await transport.ReceiveAsync(TestClient.Ct);

        await transport.SendAsync(Signed(transport, "alice", bob), TestClient.Ct);

        Assert.Equal(MessageId.UserAuthFailure, (await transport.ReceiveAsync(TestClient.Ct)).Span[0]);
    }

    [Fact]
    public async Task B14_methods_told_are_those_configured()
    {
        await using TestGateway keysOnly = await TestGateway.StartAsync(new GatewayOptions { PasswordSignIn = false });

        RunResult result = await keysOnly.SshAsync(keysOnly.BobKey, "alice", "true");

        Assert.EndsWith("Permission denied (publickey).", result.Ended(255).Error.Trim(), StringComparison.Ordinal);
        Assert.Equal(
            ["publickey"],
            Assert.IsType<ClientAuthResult.Refused>(await TestClient.PasswordAsync(keysOnly.EndPoint, "alice", "right horse")).Methods);
    }

    [Fact]
    public async Task Password_signs_in_and_a_wrong_one_does_not()
    {
        using Secret password = Secret.FromText("right horse");
        TestGateway.Ok(await Gateway.Product.Users.SetPasswordAsync(TestGateway.Local, "bob", password, TestClient.Ct));

        Assert.IsType<ClientAuthResult.Success>(await TestClient.PasswordAsync(Gateway.EndPoint, "bob", "right horse"));
        foreach ((string login, string wrong) in new[] { ("bob", "wrong"), ("bob", ""), ("nobody", "right horse"), ("b\0b", "right horse"), ("bob", new string('x', 1000)) })
        {
            Assert.IsType<ClientAuthResult.Refused>(await TestClient.PasswordAsync(Gateway.EndPoint, login, wrong));
        }
    }

    [Fact]
    public async Task E3_hostile_login_is_one_escaped_line_in_the_log()
    {
        await TestClient.PasswordAsync(Gateway.EndPoint, "x\u001b[2J\r\nforged: line\u202e", "wrong");

        string line = Gateway.Log.Split('\n').Single(line => line.Contains("forged", StringComparison.Ordinal));
        Assert.Contains("'x\\u{1b}[2J\\u{d}\\u{a}forged: line\\u{202e}'", line, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Account_of_another_and_account_that_is_not_there_are_told_the_same()
    {
        RunResult forbidden = await Gateway.SshAsync(Gateway.BobKey, "bob@deploy@web-1", "true");
        RunResult unknown = await Gateway.SshAsync(Gateway.BobKey, "bob@deploy@web-9", "true");
        RunResult alias = await Gateway.SshAsync(Gateway.BobKey, "bob@web", "true");

        Assert.StartsWith("pamtui: there is no account 'deploy' on 'web-1' that you may use.", forbidden.Ended(255).Error, StringComparison.Ordinal);
        Assert.Equal(forbidden.Error, unknown.Ended(255).Error.Replace("web-9", "web-1", StringComparison.Ordinal));
        Assert.StartsWith("pamtui: there is no account 'web' that you may use.", alias.Ended(255).Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Name_that_stands_for_several_accounts_lists_them()
    {
        RunResult result = await Gateway.SshAsync("alice@deploy", "true");

        Assert.Contains("alice@deploy@web-1, alice@deploy@web-2", result.Ended(255).Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Refusal_is_told_to_sftp_and_to_a_forwarding_too()
    {
        RunResult sftp = await Run.ProgramAsync("sftp", [.. Gateway.SshOptions(Gateway.AliceKey), "-b", "-", "alice@nothing@127.0.0.1"], "ls"u8.ToArray());
        RunResult forward = await Gateway.SshAsync("alice@nothing", "-W", "127.0.0.1:1");

        Assert.Contains("there is no account 'nothing'", sftp.Error, StringComparison.Ordinal);
        Assert.Contains("there is no account 'nothing'", forward.Ended(255).Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task D1_impostor_gets_no_sign_in_attempt()
    {
        await using Sshd impostor = await Sshd.StartAsync(new SshdOptions(AuthorizedKeys: [Gateway.TargetKey.PublicLine]));
        await Gateway.AddResourceAsync("spoofed", impostor.Port, Gateway.Target.HostKey.Fingerprint);
        await Gateway.AddAccountAsync("spoofed/deploy", "spoofed");

        RunResult result = await Gateway.SshAsync("alice@spoofed", "true");

        Assert.Contains("the host key it shows is not the one that is pinned", result.Ended(255).Error, StringComparison.Ordinal);
        await impostor.LineAsync("Connection closed");
        Assert.DoesNotContain("userauth-request", impostor.Log, StringComparison.Ordinal);
        Assert.Contains("HOST KEY of spoofed/deploy differs", Gateway.Log, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Target_with_several_host_keys_shows_the_pinned_one()
    {
        await using Sshd target = await Sshd.StartAsync(new SshdOptions(HostKeyTypes: ["ed25519", "rsa"], AuthorizedKeys: [Gateway.TargetKey.PublicLine]));
        await Gateway.AddResourceAsync("two-keys", target.Port, [new HostKeyPin("ssh-rsa", target.HostKeys[1].Fingerprint, "option", default)]);
        await Gateway.AddAccountAsync("two-keys/deploy", "two-keys");

        (await Gateway.SshAsync("alice@two-keys", "true")).Succeeded();
    }

    [Fact]
    public async Task D3_target_without_pins_is_not_dialled()
    {
        await Gateway.AddResourceAsync("unpinned", Gateway.Target.Port, []);
        await Gateway.AddAccountAsync("unpinned/deploy", "unpinned");

        RunResult result = await Gateway.SshAsync("alice@unpinned", "true");

        Assert.Contains("no host key is pinned for unpinned", result.Ended(255).Error, StringComparison.Ordinal);
        Assert.Contains("`pamtui resource host-key accept unpinned`", result.Ended(255).Error, StringComparison.Ordinal);
        Assert.Contains("pamtui resource", result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task D5_refused_key_is_told_without_a_secret_and_nothing_else_is_tried()
    {
        await Gateway.AddAccountAsync("web-1/wrong", CredentialType.PrivateKey, Gateway.BobKey.PrivateBytes, "wrong-key", Environment.UserName);

        RunResult result = await Gateway.SshAsync("alice@wrong-key", "true");

        Assert.Contains("it did not accept the stored private-key; an operator must check it (`pamtui account check web-1/wrong`)", result.Ended(255).Error, StringComparison.Ordinal);
        Assert.DoesNotContain("method password", Gateway.Target.Log, StringComparison.Ordinal);
        Assert.DoesNotContain("method keyboard-interactive", Gateway.Target.Log, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Closed_port_silent_host_and_damaged_key_are_told_in_words()
    {
        await Gateway.AddResourceAsync("closed", FreePort.Next(), Gateway.Target.HostKey.Fingerprint);
        await Gateway.AddAccountAsync("closed/deploy", "closed");
        await Gateway.AddAccountAsync("web-1/damaged", CredentialType.PrivateKey, "-----BEGIN OPENSSH PRIVATE KEY-----\nAAAA\n-----END OPENSSH PRIVATE KEY-----\n"u8.ToArray(), "damaged", "x");

        Assert.Contains("nothing listens on its port", (await Gateway.SshAsync("alice@closed", "true")).Ended(255).Error, StringComparison.Ordinal);
        Assert.Contains("the stored private key cannot be used", (await Gateway.SshAsync("alice@damaged", "true")).Ended(255).Error, StringComparison.Ordinal);
    }

    private static byte[] ServiceRequest() => Message(MessageId.ServiceRequest, (ref SshWriter w) => w.String("ssh-userauth"));

    private static byte[] OpenSession() => Message(MessageId.ChannelOpen, (ref SshWriter w) =>
    {
        w.String("session");
        w.UInt32(0);
        w.UInt32(1 << 20);
        w.UInt32(32768);
    });

    private static byte[] Offer(string user, SshPublicKey key) => Message(MessageId.UserAuthRequest, (ref SshWriter w) =>
    {
        w.String(user);
        w.String("ssh-connection");
        w.String("publickey");
        w.Boolean(false);
        w.String(key.KeyType);
        w.String(key.Blob.Span);
    });

    private static byte[] Signed(SshTransport transport, string user, SshPrivateKey key)
    {
        byte[] request = Message(MessageId.UserAuthRequest, (ref SshWriter w) =>
        {
            w.String(user);
            w.String("ssh-connection");
            w.String("publickey");
            w.Boolean(true);
            w.String(key.PublicKey.KeyType);
            w.String(key.PublicKey.Blob.Span);
        });
        ArrayBufferWriter<byte> signed = new();
        SshWriter writer = new(signed);
        writer.String(transport.SessionId.Span);
        writer.Raw(request);
        byte[] signature = key.Sign(key.PublicKey.KeyType, signed.WrittenSpan);
        ArrayBufferWriter<byte> whole = new();
        SshWriter all = new(whole);
        all.Raw(request);
        all.String(signature);
        return whole.WrittenSpan.ToArray();
    }

    private delegate void Fields(ref SshWriter writer);

    private static byte[] Message(byte id, Fields fields)
    {
        ArrayBufferWriter<byte> buffer = new();
        SshWriter writer = new(buffer);
        writer.Byte(id);
        fields(ref writer);
        return buffer.WrittenSpan.ToArray();
    }

    public sealed class Shared : IAsyncLifetime
    {
        internal TestGateway Gateway { get; private set; } = null!;

        public async ValueTask InitializeAsync() => Gateway = await TestGateway.StartAsync();

        public ValueTask DisposeAsync() => Gateway.DisposeAsync();
    }
}
