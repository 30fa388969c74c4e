using PamTui.Ssh.Auth;
using PamTui.Ssh.Keys;
using PamTui.Ssh.Wire;

namespace PamTui.Ssh.Tests.Auth;

public sealed class ClientSignInTests : IDisposable
{
    private readonly SshPrivateKey _key = SshPrivateKey.GenerateEd25519();

    public void Dispose() => _key.Dispose();

    [Fact]
    public async Task D5_A_refused_key_is_the_end_and_no_password_is_sent()
    {
        TestAuthenticator authenticator = new() { Password = "x" };

        ClientAuthResult result = await SignInAsync(authenticator, new KeyCredential(_key));

        ClientAuthResult.Refused refused = Assert.IsType<ClientAuthResult.Refused>(result);
        Assert.Equal(["publickey", "password", "keyboard-interactive"], refused.Methods);
        Assert.Equal([$"proven alice {_key.PublicKey.Fingerprint}"], authenticator.Asked);
    }

    [Fact]
    public async Task A_wrong_password_is_tried_once()
    {
        TestAuthenticator authenticator = new() { Password = "right" };

        Assert.IsType<ClientAuthResult.Refused>(await SignInAsync(authenticator, new PasswordCredential("wrong"u8.ToArray())));

        Assert.Equal(["password alice wrong"], authenticator.Asked);
    }

    [Fact]
    public async Task The_password_answers_one_hidden_question_where_only_questions_are_allowed()
    {
        TestAuthenticator authenticator = new()
        {
            Methods = ["keyboard-interactive"],
            Interactive = answers => answers switch
            {
                null => new InteractiveStep.Ask("", "", [new("Password: ", false)]),
                ["right"] => new InteractiveStep.Ask("", "", []),
                [] => new InteractiveStep.Verdict(AuthVerdict.Success),
                _ => new InteractiveStep.Verdict(AuthVerdict.Failure),
            },
        };

        Assert.IsType<ClientAuthResult.Success>(await SignInAsync(authenticator, new PasswordCredential("right"u8.ToArray())));
    }

    [Theory]
    [InlineData("Verification code: ", true, 1)]
    [InlineData("Password: ", false, 2)]
    public async Task D5_A_question_that_is_not_for_the_password_gets_no_answer(string text, bool echo, int prompts)
    {
        List<IReadOnlyList<string>> heard = [];
        TestAuthenticator authenticator = new()
        {
            Methods = ["keyboard-interactive"],
            Interactive = answers =>
            {
                if (answers is not null)
                {
                    heard.Add(answers);
                }

                return new InteractiveStep.Ask("", "", [.. Enumerable.Repeat(new InteractivePrompt(text, echo), prompts)]);
            },
        };

        Assert.IsType<ClientAuthResult.Refused>(await SignInAsync(authenticator, new PasswordCredential("right"u8.ToArray())));

        Assert.Empty(heard);
    }

    [Fact]
    public async Task The_password_is_given_to_one_question_only()
    {
        List<IReadOnlyList<string>> heard = [];
        TestAuthenticator authenticator = new()
        {
            Methods = ["keyboard-interactive"],
            Interactive = answers =>
            {
                if (answers is not null)
                {
                    heard.Add(answers);
                }

                return new InteractiveStep.Ask("", "", [new("Password: ", false)]);
            },
        };

        Assert.IsType<ClientAuthResult.Refused>(await SignInAsync(authenticator, new PasswordCredential("right"u8.ToArray())));

        Assert.Equal(["right"], Assert.Single(heard));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_server_that_wants_a_new_password_is_told_apart(bool byRequest)
    {
        await using SessionPair pair = await SessionPair.HandshakeAsync();
        Task<ClientAuthResult> signIn = ClientAuthentication.RunAsync(pair.Client, "alice", new PasswordCredential("old"u8.ToArray()), SessionPair.Soon());
        await pair.Server.ReceiveAsync(SessionPair.Soon());
        await pair.Server.SendAsync((byte[])[MessageId.ServiceAccept, 0, 0, 0, 12, .. "ssh-userauth"u8], SessionPair.Soon());
        await pair.Server.ReceiveAsync(SessionPair.Soon());
        if (byRequest)
        {
            await pair.Server.SendAsync(
                Payload.Of((ref w) =>
                {
                    w.Byte(MessageId.UserAuthPasswordChangeRequest);
                    w.String("Change it.\u0007");
                    w.String("");
                }),
                SessionPair.Soon());
            Assert.Equal("Change it.\\u{7}", Assert.IsType<ClientAuthResult.PasswordExpired>(await signIn).Prompt);
            return;
        }

        await pair.Server.SendAsync(
            Payload.Of((ref w) =>
            {
                w.Byte(MessageId.UserAuthFailure);
                w.String("keyboard-interactive");
                w.Boolean(false);
            }),
            SessionPair.Soon());
        await pair.Server.ReceiveAsync(SessionPair.Soon());
        await pair.Server.SendAsync(InteractiveMessages.WriteRequest(new("", "", [new("New password: ", false)])), SessionPair.Soon());
        Assert.IsType<ClientAuthResult.PasswordExpired>(await signIn);
    }

    [Fact]
    public async Task A_server_that_sends_success_before_anything_was_asked_is_not_believed()
    {
        await using SessionPair pair = await SessionPair.HandshakeAsync();
        Task<ClientAuthResult> signIn = ClientAuthentication.RunAsync(pair.Client, "alice", new KeyCredential(_key), SessionPair.Soon());
        await pair.Server.ReceiveAsync(SessionPair.Soon());

        await pair.Server.SendAsync(new[] { MessageId.UserAuthSuccess }, SessionPair.Soon());

        await Assert.ThrowsAsync<SshProtocolException>(() => signIn);
    }

    [Fact]
    public void A_credential_does_not_show_its_secret()
    {
        Assert.DoesNotContain("115", new PasswordCredential("secret"u8.ToArray()).ToString(), StringComparison.Ordinal);
        Assert.Equal("PasswordCredential ***", new PasswordCredential("secret"u8.ToArray()).ToString());
    }

    private static async Task<ClientAuthResult> SignInAsync(TestAuthenticator authenticator, ClientCredential credential)
    {
        await using SessionPair pair = await SessionPair.HandshakeAsync();
        Task<AuthenticatedUser> server = ServerAuthentication.RunAsync(pair.Server, authenticator, new(), SessionPair.Soon());
        ClientAuthResult result = await ClientAuthentication.RunAsync(pair.Client, "alice", credential, SessionPair.Soon());
        await pair.DisposeAsync();
        await server.ContinueWith(ended => ended.Exception, TaskScheduler.Default);
        return result;
    }
}
