using System.Text;
using Microsoft.Extensions.Time.Testing;
using PamTui.Ssh.Auth;
using PamTui.Ssh.Keys;
using PamTui.Ssh.Wire;

namespace PamTui.Ssh.Tests.Auth;

public sealed class SignInTests : IDisposable
{
    private readonly SshPrivateKey _key = SshPrivateKey.GenerateEd25519();
    private readonly SshPrivateKey _other = SshPrivateKey.GenerateEd25519();

    public void Dispose()
    {
        _key.Dispose();
        _other.Dispose();
    }

    [Fact]
    public async Task B4_Offered_key_without_signature_does_not_sign_in()
    {
        TestAuthenticator authenticator = new() { Keys = { _key.PublicKey } };
        await using Dialogue dialogue = await Dialogue.BeginAsync(authenticator);

        await dialogue.SendAsync(Offer("alice", _key.PublicKey));

        Assert.Equal(MessageId.UserAuthPublicKeyOk, (await dialogue.ReceiveAsync())[0]);
        Assert.Equal([$"offer alice {_key.PublicKey.Fingerprint}"], authenticator.Asked);
        await dialogue.SendAsync([MessageId.ChannelOpen, 0, 0, 0, 7, .. "session"u8, 0, 0, 0, 0, 0, 0, 0, 9, 0, 0, 0, 9]);
        await Assert.ThrowsAsync<SshProtocolException>(() => dialogue.Result);
    }

    [Fact]
    public async Task B5_The_identity_is_the_key_that_signed_not_one_that_was_offered()
    {
        TestAuthenticator authenticator = new() { Keys = { _key.PublicKey, _other.PublicKey } };
        await using Dialogue dialogue = await Dialogue.BeginAsync(authenticator);

        await dialogue.SendAsync(Offer("alice", _other.PublicKey));
        await dialogue.ReceiveAsync();
        await dialogue.SendAsync(Signed("alice", _key, dialogue.SessionId));

        Assert.Equal(MessageId.UserAuthSuccess, (await dialogue.ReceiveAsync())[0]);
        AuthenticatedUser user = await dialogue.Result;
        Assert.Equal(("alice", _key.PublicKey, "publickey"), (user.UserName, user.Key, user.Method));
    }

    [Fact]
    public async Task A_signature_for_another_session_is_worth_nothing()
    {
        TestAuthenticator authenticator = new() { Keys = { _key.PublicKey } };
        await using Dialogue dialogue = await Dialogue.BeginAsync(authenticator);

        await dialogue.SendAsync(Signed("alice", _key, new byte[32]));

        Assert.Equal(MessageId.UserAuthFailure, (await dialogue.ReceiveAsync())[0]);
        Assert.Empty(authenticator.Asked);
    }

    [Fact]
    public async Task A_signature_for_another_user_is_worth_nothing()
    {
        TestAuthenticator authenticator = new() { Keys = { _key.PublicKey } };
        await using Dialogue dialogue = await Dialogue.BeginAsync(authenticator);
        byte[] forBob = _key.Sign("ssh-ed25519", PublicKeyProof.SignedData(dialogue.SessionId, "bob", "ssh-ed25519", _key.PublicKey.Blob.ToArray()));

        await dialogue.SendAsync(WithSignature("alice", _key.PublicKey, "ssh-ed25519", forBob));

        Assert.Equal(MessageId.UserAuthFailure, (await dialogue.ReceiveAsync())[0]);
        Assert.Empty(authenticator.Asked);
    }

    [Theory]
    [InlineData("rsa-sha2-512")]
    [InlineData("ecdsa-sha2-nistp256")]
    [InlineData("ssh-ed25519-cert-v01@openssh.com")]
    [InlineData("ssh-dss")]
    public async Task A14_A15_A_key_under_an_algorithm_that_is_not_its_own_or_not_allowed_is_refused_unseen(string algorithm)
    {
        TestAuthenticator authenticator = new() { Keys = { _key.PublicKey } };
        await using Dialogue dialogue = await Dialogue.BeginAsync(authenticator);

        await dialogue.SendAsync(Payload.Of((ref w) =>
        {
            AuthRequest.Write(ref w, "alice", "publickey");
            w.Boolean(false);
            w.String(algorithm);
            w.String(_key.PublicKey.Blob.Span);
        }));

        Assert.Equal(MessageId.UserAuthFailure, (await dialogue.ReceiveAsync())[0]);
        Assert.Empty(authenticator.Asked);
    }

    [Fact]
    public async Task A14_A_list_that_allows_one_curve_does_not_allow_another()
    {
        TestAuthenticator authenticator = new();
        await using Dialogue dialogue = await Dialogue.BeginAsync(authenticator, new ServerAuthOptions { SignatureAlgorithms = ["ecdsa-sha2-nistp384"] });
        using System.Security.Cryptography.ECDsa made = System.Security.Cryptography.ECDsa.Create(System.Security.Cryptography.ECCurve.NamedCurves.nistP521);
        using SshPrivateKey nist521 = SshPrivateKey.Parse(Encoding.ASCII.GetBytes(made.ExportECPrivateKeyPem()));

        await dialogue.SendAsync(Offer("alice", nist521.PublicKey));
        Assert.Equal(MessageId.UserAuthFailure, (await dialogue.ReceiveAsync())[0]);
        await dialogue.SendAsync(Signed("alice", nist521, dialogue.SessionId));
        Assert.Equal(MessageId.UserAuthFailure, (await dialogue.ReceiveAsync())[0]);

        Assert.Empty(authenticator.Asked);
    }

    [Fact]
    public async Task B3_B6_Another_user_name_after_a_partial_success_ends_the_connection()
    {
        TestAuthenticator authenticator = new() { Keys = { _key.PublicKey }, OnRightKey = AuthVerdict.PartialSuccess, Password = "x" };
        await using Dialogue dialogue = await Dialogue.BeginAsync(authenticator);
        await dialogue.SendAsync(Signed("alice", _key, dialogue.SessionId));
        byte[] partial = await dialogue.ReceiveAsync();
        Assert.Equal(MessageId.UserAuthFailure, partial[0]);
        Assert.Equal(1, partial[^1]);

        await dialogue.SendAsync(Password("bob", "x"));

        await Assert.ThrowsAsync<SshProtocolException>(() => dialogue.Result);
        Assert.DoesNotContain(authenticator.Asked, asked => asked.StartsWith("password", StringComparison.Ordinal));
    }

    [Fact]
    public async Task B7_Partial_success_and_the_second_method_sign_in_with_the_proven_key()
    {
        TestAuthenticator authenticator = new() { Keys = { _key.PublicKey }, OnRightKey = AuthVerdict.PartialSuccess, Password = "x" };
        await using Dialogue dialogue = await Dialogue.BeginAsync(authenticator);

        await dialogue.SendAsync(Signed("alice", _key, dialogue.SessionId));
        await dialogue.ReceiveAsync();
        await dialogue.SendAsync(Password("alice", "x"));

        Assert.Equal(MessageId.UserAuthSuccess, (await dialogue.ReceiveAsync())[0]);
        Assert.Equal(new("alice", _key.PublicKey, "password"), await dialogue.Result);
    }

    [Fact]
    public async Task B13_B14_Each_refusal_is_the_same_message_and_tells_the_methods_of_the_configuration()
    {
        TestAuthenticator authenticator = new() { Keys = { _key.PublicKey }, Password = "right", Methods = ["publickey", "password"] };
        await using Dialogue dialogue = await Dialogue.BeginAsync(authenticator);
        byte[][] requests =
        [
            Payload.Of((ref w) => AuthRequest.Write(ref w, "alice", "none")),
            Password("alice", "wrong"),
            Offer("alice", _other.PublicKey),
            Signed("alice", _other, dialogue.SessionId),
            Payload.Of((ref w) => AuthRequest.Write(ref w, "alice", "gssapi-with-mic")),
        ];
        List<byte[]> answers = [];
        foreach (byte[] request in requests)
        {
            await dialogue.SendAsync(request);
            answers.Add(await dialogue.ReceiveAsync());
        }

        byte[] expected = Payload.Of((ref w) =>
        {
            w.Byte(MessageId.UserAuthFailure);
            w.String("publickey,password");
            w.Boolean(false);
        });
        Assert.All(answers, answer => Assert.Equal(expected, answer));
    }

    [Fact]
    public async Task B15_Without_methods_nobody_gets_in()
    {
        TestAuthenticator authenticator = new() { Keys = { _key.PublicKey }, Password = "x", Methods = [] };
        await using Dialogue dialogue = await Dialogue.BeginAsync(authenticator);

        await dialogue.SendAsync(Signed("alice", _key, dialogue.SessionId));
        Assert.Equal(MessageId.UserAuthFailure, (await dialogue.ReceiveAsync())[0]);
        await dialogue.SendAsync(Password("alice", "x"));
        Assert.Equal(MessageId.UserAuthFailure, (await dialogue.ReceiveAsync())[0]);

        Assert.Empty(authenticator.Asked);
    }

    [Fact]
    public async Task Too_many_failures_end_the_connection_and_the_first_none_is_free()
    {
        await using Dialogue dialogue = await Dialogue.BeginAsync(new TestAuthenticator(), new ServerAuthOptions { MaxAttempts = 3 });
        await dialogue.SendAsync(Payload.Of((ref w) => AuthRequest.Write(ref w, "alice", "none")));
        Assert.Equal(MessageId.UserAuthFailure, (await dialogue.ReceiveAsync())[0]);
        for (int i = 0; i < 2; i++)
        {
            await dialogue.SendAsync(Password("alice", "wrong"));
            Assert.Equal(MessageId.UserAuthFailure, (await dialogue.ReceiveAsync())[0]);
        }

        await dialogue.SendAsync(Password("alice", "wrong"));

        await Assert.ThrowsAsync<SshAuthenticationException>(() => dialogue.Result);
        SshConnectionException told = await Assert.ThrowsAsync<SshConnectionException>(() => dialogue.ReceiveAsync());
        Assert.Equal(DisconnectReason.NoMoreAuthMethodsAvailable, told.Reason);
    }

    [Fact]
    public async Task B13_A_failure_is_not_told_before_its_time()
    {
        FakeTimeProvider time = new();
        await using Dialogue dialogue = await Dialogue.BeginAsync(
            new TestAuthenticator { Password = "right" },
            new ServerAuthOptions { FailureDelayFloor = TimeSpan.FromSeconds(1) },
            new SshOptions { Time = time });

        await dialogue.SendAsync(Password("alice", "wrong"));
        Task<byte[]> answer = dialogue.ReceiveAsync();
        await PamTui.Servers.Poll.UntilAsync("the password was looked at", () => !dialogue.Authenticator.Asked.IsEmpty);
        time.Advance(TimeSpan.FromMilliseconds(900));
        Assert.False(answer.IsCompleted);
        await PamTui.Servers.Poll.UntilAsync("the answer came", () =>
        {
            time.Advance(TimeSpan.FromMilliseconds(100));
            return answer.IsCompleted;
        });

        Assert.Equal(MessageId.UserAuthFailure, (await answer)[0]);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(17)]
    [InlineData(49)]
    public async Task B13_A_refusal_comes_at_the_same_moment_however_long_the_look_up_took(int milliseconds)
    {
        FakeTimeProvider time = new();
        TestAuthenticator authenticator = new()
        {
            Interactive = _ =>
            {
                time.Advance(TimeSpan.FromMilliseconds(milliseconds));
                return new InteractiveStep.Verdict(AuthVerdict.Failure);
            },
        };
        await using Dialogue dialogue = await Dialogue.BeginAsync(
            authenticator, new ServerAuthOptions { FailureDelayFloor = TimeSpan.FromMilliseconds(50) }, new SshOptions { Time = time });
        long start = time.GetTimestamp();
        await dialogue.SendAsync(Interactive("alice"));
        Task<byte[]> answer = dialogue.ReceiveAsync();

        // A millisecond at a time: it is told at 50, not at what the look-up took.
        await PamTui.Servers.Poll.UntilAsync("the answer came", () =>
        {
            if (!answer.IsCompleted)
            {
                time.Advance(TimeSpan.FromMilliseconds(1));
            }

            return answer.IsCompleted;
        });

        Assert.Equal(MessageId.UserAuthFailure, (await answer)[0]);
        Assert.InRange(time.GetElapsedTime(start).TotalMilliseconds, 50, 90);
    }

    [Fact]
    public async Task A_change_of_password_is_refused_and_the_old_one_is_not_tried()
    {
        TestAuthenticator authenticator = new() { Password = "old" };
        await using Dialogue dialogue = await Dialogue.BeginAsync(authenticator);

        await dialogue.SendAsync(Payload.Of((ref w) =>
        {
            AuthRequest.Write(ref w, "alice", "password");
            w.Boolean(true);
            w.String("old");
            w.String("new");
        }));

        Assert.Equal(MessageId.UserAuthFailure, (await dialogue.ReceiveAsync())[0]);
        Assert.Empty(authenticator.Asked);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(2)]
    public async Task Answers_that_are_not_as_many_as_the_questions_end_the_connection(int answers)
    {
        TestAuthenticator authenticator = new() { Interactive = _ => new InteractiveStep.Ask("", "", [new("Code: ", true)]) };
        await using Dialogue dialogue = await Dialogue.BeginAsync(authenticator);
        await dialogue.SendAsync(Interactive("alice"));
        Assert.Equal(MessageId.UserAuthInfoRequest, (await dialogue.ReceiveAsync())[0]);

        await dialogue.SendAsync(InteractiveMessages.WriteResponse([.. Enumerable.Repeat((ReadOnlyMemory<byte>)new byte[1], answers)]));

        await Assert.ThrowsAsync<SshProtocolException>(() => dialogue.Result);
    }

    [Fact]
    public async Task Answers_to_questions_that_were_given_up_or_never_asked_end_the_connection()
    {
        TestAuthenticator authenticator = new() { Interactive = answers => answers is null ? new InteractiveStep.Ask("", "", []) : new InteractiveStep.Verdict(AuthVerdict.Success) };
        await using Dialogue dialogue = await Dialogue.BeginAsync(authenticator);
        await dialogue.SendAsync(Interactive("alice"));
        await dialogue.ReceiveAsync();
        await dialogue.SendAsync(Password("alice", "wrong"));
        await dialogue.ReceiveAsync();

        await dialogue.SendAsync(InteractiveMessages.WriteResponse([]));

        await Assert.ThrowsAsync<SshProtocolException>(() => dialogue.Result);
    }

    [Fact]
    public async Task Endless_questions_end_in_a_failure()
    {
        TestAuthenticator authenticator = new() { Interactive = _ => new InteractiveStep.Ask("", "", []) };
        await using Dialogue dialogue = await Dialogue.BeginAsync(authenticator);
        await dialogue.SendAsync(Interactive("alice"));
        byte[] answer = await dialogue.ReceiveAsync();
        for (int rounds = 0; answer[0] == MessageId.UserAuthInfoRequest; rounds++)
        {
            Assert.True(rounds < 20);
            await dialogue.SendAsync(InteractiveMessages.WriteResponse([]));
            answer = await dialogue.ReceiveAsync();
        }

        Assert.Equal(MessageId.UserAuthFailure, answer[0]);
    }

    [Fact]
    public async Task The_banner_comes_before_the_first_answer()
    {
        await using Dialogue dialogue = await Dialogue.BeginAsync(new TestAuthenticator(), new ServerAuthOptions { Banner = "Private.\n" });

        await dialogue.SendAsync(Password("alice", "wrong"));

        Assert.Equal(MessageId.UserAuthBanner, (await dialogue.ReceiveAsync())[0]);
        Assert.Equal(MessageId.UserAuthFailure, (await dialogue.ReceiveAsync())[0]);
    }

    [Fact]
    public async Task A_request_that_comes_after_success_is_ignored()
    {
        await using Dialogue dialogue = await Dialogue.BeginAsync(new TestAuthenticator { Password = "x" });
        await dialogue.SendAsync(Password("alice", "x"));
        await dialogue.ReceiveAsync();
        await dialogue.Result;
        Task<ReadOnlyMemory<byte>> next = dialogue.Pair.Server.ReceiveAsync(SessionPair.Soon()).AsTask();

        await dialogue.SendAsync(Password("bob", "x"));
        await dialogue.SendAsync([MessageId.RequestFailure]);

        byte[] received = (await next).ToArray();
        Assert.Equal([MessageId.RequestFailure], received);
    }

    [Fact]
    public async Task Another_service_than_authentication_is_refused()
    {
        await using SessionPair pair = await SessionPair.HandshakeAsync();
        Task<AuthenticatedUser> signIn = ServerAuthentication.RunAsync(pair.Server, new TestAuthenticator(), new(), SessionPair.Soon());

        await pair.Client.SendAsync((byte[])[MessageId.ServiceRequest, 0, 0, 0, 14, .. "ssh-connection"u8], SessionPair.Soon());

        SshProtocolException refused = await Assert.ThrowsAsync<SshProtocolException>(() => signIn);
        Assert.Equal(DisconnectReason.ServiceNotAvailable, refused.Reason);
    }

    private static byte[] Offer(string user, SshPublicKey key) => Payload.Of((ref w) =>
    {
        AuthRequest.Write(ref w, user, "publickey");
        w.Boolean(false);
        w.String(key.KeyType);
        w.String(key.Blob.Span);
    });

    private static byte[] Signed(string user, SshPrivateKey key, byte[] sessionId)
    {
        string algorithm = key.SignatureAlgorithms[0];
        return WithSignature(
            user, key.PublicKey, algorithm, key.Sign(algorithm, PublicKeyProof.SignedData(sessionId, user, algorithm, key.PublicKey.Blob.ToArray())));
    }

    private static byte[] WithSignature(string user, SshPublicKey key, string algorithm, byte[] signature) => Payload.Of((ref w) =>
    {
        PublicKeyProof.WriteRequest(ref w, user, algorithm, key.Blob.Span);
        w.String(signature);
    });

    private static byte[] Password(string user, string password) => Payload.Of((ref w) =>
    {
        AuthRequest.Write(ref w, user, "password");
        w.Boolean(false);
        w.String(password);
    });

    private static byte[] Interactive(string user) => Payload.Of((ref w) =>
    {
        AuthRequest.Write(ref w, user, "keyboard-interactive");
        w.String("");
        w.String("");
    });

    /// <summary>A server that signs somebody in, and a client which says what a test tells it.</summary>
    private sealed class Dialogue(SessionPair pair, TestAuthenticator authenticator, Task<AuthenticatedUser> result) : IAsyncDisposable
    {
        public SessionPair Pair => pair;

        public TestAuthenticator Authenticator => authenticator;

        public Task<AuthenticatedUser> Result => result;

        public byte[] SessionId => pair.Client.SessionId.ToArray();

        public static async Task<Dialogue> BeginAsync(TestAuthenticator authenticator, ServerAuthOptions? options = null, SshOptions? transport = null)
        {
            SessionPair pair = await SessionPair.HandshakeAsync(serverOptions: transport);
            Task<AuthenticatedUser> result = ServerAuthentication.RunAsync(pair.Server, authenticator, options ?? new(), SessionPair.Soon());
            Dialogue dialogue = new(pair, authenticator, result);
            await dialogue.SendAsync([MessageId.ServiceRequest, 0, 0, 0, 12, .. "ssh-userauth"u8]);
            Assert.Equal(MessageId.ServiceAccept, (await dialogue.ReceiveAsync())[0]);
            return dialogue;
        }

        public async Task SendAsync(byte[] payload) => await pair.Client.SendAsync(payload, SessionPair.Soon());

        public async Task<byte[]> ReceiveAsync() => (await pair.Client.ReceiveAsync(SessionPair.Soon())).ToArray();

        public ValueTask DisposeAsync() => pair.DisposeAsync();
    }
}
