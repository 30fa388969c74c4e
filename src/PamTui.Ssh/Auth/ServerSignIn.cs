using System.Runtime.InteropServices;
using System.Security.Cryptography;
using PamTui.Ssh.Wire;

namespace PamTui.Ssh.Auth;

/// <summary>
/// One sign-in. User name and service are those of the first request: a change ends the connection, so nothing proven for one user counts for
/// another (B3, B6). Every failure has the same shape.
/// </summary>
internal sealed class ServerSignIn(SshTransport transport, IServerAuthenticator authenticator, ServerAuthOptions options)
{
    private const int LongestPassword = 1024;
    private const int MostInteractiveRounds = 8;

    private string? _user;
    private PublicKeyClaim? _proven;
    private int _failures;
    private bool _wasAsked;
    private int _interactiveRounds;
    private int _promptsAsked = -1;

    public async Task<AuthenticatedUser> RunAsync(CancellationToken ct)
    {
        await AcceptServiceAsync(ct).ConfigureAwait(false);
        while (true)
        {
            ReadOnlyMemory<byte> payload = await transport.ReceiveAsync(ct).ConfigureAwait(false);
            long came = transport.Options.Time.GetTimestamp();
            (string method, AuthVerdict? verdict, bool counts) = await JudgeAsync(payload, ct).ConfigureAwait(false);
            switch (verdict)
            {
                case AuthVerdict.Success:
                    await transport.SendAsync(new[] { MessageId.UserAuthSuccess }, ct).ConfigureAwait(false);
                    return new(_user!, _proven?.Key, method) { Certificate = _proven?.Certificate };
                case { } failed:
                    await FailAsync(failed == AuthVerdict.PartialSuccess, counts, came, ct).ConfigureAwait(false);
                    break;
            }
        }
    }

    private async Task AcceptServiceAsync(CancellationToken ct)
    {
        ReadOnlyMemory<byte> payload = await transport.ReceiveAsync(ct).ConfigureAwait(false);
        if (payload.Span[0] != MessageId.ServiceRequest || ReadService(payload.Span) != AuthNames.UserAuth)
        {
            throw new SshProtocolException("The client does not begin with authentication.", DisconnectReason.ServiceNotAvailable);
        }

        await transport.SendAsync(
            Payload.Of((ref w) =>
            {
                w.Byte(MessageId.ServiceAccept);
                w.String(AuthNames.UserAuth);
            }),
            ct).ConfigureAwait(false);
    }

    private static string ReadService(ReadOnlySpan<byte> payload)
    {
        SshReader r = new(payload[1..]);
        string name = r.AsciiName(64);
        r.End();
        return name;
    }

    /// <summary>A verdict, or null where the answer was a question.</summary>
    private async Task<(string Method, AuthVerdict? Verdict, bool Counts)> JudgeAsync(ReadOnlyMemory<byte> payload, CancellationToken ct)
    {
        switch (payload.Span[0])
        {
            case MessageId.UserAuthRequest:
                // A request in place of an answer gives up the questions (RFC 4256 §3.2).
                _promptsAsked = -1;
                string method = TakeRequest(payload.Span, out Range rest);
                if (!_wasAsked && options.Banner is { } banner)
                {
                    transport.Queue(WriteBanner(banner));
                }

                bool isFirst = !_wasAsked;
                _wasAsked = true;
                if (method == AuthNames.None)
                {
                    return (method, await authenticator.NoneAsync(_user!, ct).ConfigureAwait(false), !isFirst);
                }

                IReadOnlyList<string> methods = await authenticator.MethodsAsync(_user!, ct).ConfigureAwait(false);
                if (!methods.Contains(method))
                {
                    return (method, AuthVerdict.Failure, true);
                }

                return (method, await JudgeMethodAsync(method, payload[rest], ct).ConfigureAwait(false), true);
            case MessageId.UserAuthInfoResponse when _promptsAsked >= 0:
                return (AuthNames.Interactive, await AnswersAsync(payload, ct).ConfigureAwait(false), true);
            default:
                throw new SshProtocolException($"Message {payload.Span[0]} is not part of the sign-in that runs.");
        }
    }

    private string TakeRequest(ReadOnlySpan<byte> payload, out Range rest)
    {
        AuthRequest request = AuthRequest.Read(payload);
        if (request.Service != AuthNames.Connection)
        {
            throw new SshProtocolException("The client asks for an unknown service.", DisconnectReason.ServiceNotAvailable);
        }

        _user ??= request.User;
        if (_user != request.User)
        {
            throw new SshProtocolException("The client changed the user name within a sign-in.");
        }

        rest = (payload.Length - request.Rest.Length)..;
        return request.Method;
    }

    private async Task<AuthVerdict?> JudgeMethodAsync(string method, ReadOnlyMemory<byte> rest, CancellationToken ct) => method switch
    {
        AuthNames.PublicKey => await PublicKeyAsync(rest, ct).ConfigureAwait(false),
        AuthNames.Password => await PasswordAsync(rest, ct).ConfigureAwait(false),
        AuthNames.Interactive => await BeginInteractiveAsync(rest, ct).ConfigureAwait(false),
        _ => AuthVerdict.Failure,
    };

    private async Task<AuthVerdict?> PublicKeyAsync(ReadOnlyMemory<byte> rest, CancellationToken ct)
    {
        if (PublicKeyClaim.Read(rest.Span, options, transport.SessionId, _user!) is not { } claim)
        {
            return AuthVerdict.Failure;
        }

        if (!claim.IsSigned)
        {
            return await OfferAsync(claim, ct).ConfigureAwait(false);
        }

        if (!claim.IsProven)
        {
            return AuthVerdict.Failure;
        }

        AuthVerdict verdict = claim.Certificate is { } certificate
            ? await authenticator.CertificateProvenAsync(_user!, certificate, ct).ConfigureAwait(false)
            : await authenticator.KeyProvenAsync(_user!, claim.Key, ct).ConfigureAwait(false);
        if (verdict != AuthVerdict.Failure)
        {
            _proven = claim;
        }

        return verdict;
    }

    private async Task<AuthVerdict?> OfferAsync(PublicKeyClaim claim, CancellationToken ct)
    {
        bool welcome = claim.Certificate is { } certificate
            ? await authenticator.OfferCertificateAsync(_user!, certificate, ct).ConfigureAwait(false)
            : await authenticator.OfferKeyAsync(_user!, claim.Key, ct).ConfigureAwait(false);
        if (!welcome)
        {
            return AuthVerdict.Failure;
        }

        await transport.SendAsync(
            Payload.Of((ref w) =>
            {
                w.Byte(MessageId.UserAuthPublicKeyOk);
                w.String(claim.Algorithm);
                w.String(claim.Blob.Span);
            }),
            ct).ConfigureAwait(false);
        return null;
    }

    private async Task<AuthVerdict?> PasswordAsync(ReadOnlyMemory<byte> rest, CancellationToken ct)
    {
        try
        {
            return TryReadPassword(rest, out ReadOnlyMemory<byte> password)
                ? await authenticator.PasswordAsync(_user!, password, ct).ConfigureAwait(false)
                : AuthVerdict.Failure;
        }
        finally
        {
            CryptographicOperations.ZeroMemory(MemoryMarshal.AsMemory(rest).Span);
        }
    }

    /// <summary>RFC 4252 §8: boolean change, string password, and string new password if change. A change is not ours to make.</summary>
    private static bool TryReadPassword(ReadOnlyMemory<byte> rest, out ReadOnlyMemory<byte> password)
    {
        SshReader r = new(rest.Span);
        bool change = r.Boolean();
        int length = r.String(LongestPassword).Length;
        if (change)
        {
            r.String(LongestPassword);
        }

        r.End();
        password = rest.Slice(1 + sizeof(uint), length);
        return !change;
    }

    private async Task<AuthVerdict?> BeginInteractiveAsync(ReadOnlyMemory<byte> rest, CancellationToken ct)
    {
        ReadInteractive(rest.Span);
        _interactiveRounds = 0;
        return await StepAsync(await authenticator.InteractiveAsync(_user!, null, ct).ConfigureAwait(false), ct).ConfigureAwait(false);
    }

    private static void ReadInteractive(ReadOnlySpan<byte> rest)
    {
        // string language tag, string submethods: hints, both not used.
        SshReader r = new(rest);
        r.String(256);
        r.String(1024);
        r.End();
    }

    private async Task<AuthVerdict?> AnswersAsync(ReadOnlyMemory<byte> payload, CancellationToken ct)
    {
        byte[][] answers = InteractiveMessages.ReadResponse(payload.Span);
        try
        {
            if (answers.Length != _promptsAsked)
            {
                throw new SshProtocolException("The number of answers is not that of the questions.");
            }

            _promptsAsked = -1;
            ReadOnlyMemory<byte>[] responses = [.. answers.Select(answer => (ReadOnlyMemory<byte>)answer)];
            return await StepAsync(await authenticator.InteractiveAsync(_user!, responses, ct).ConfigureAwait(false), ct).ConfigureAwait(false);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(MemoryMarshal.AsMemory(payload).Span);
            foreach (byte[] answer in answers)
            {
                CryptographicOperations.ZeroMemory(answer);
            }
        }
    }

    private async Task<AuthVerdict?> StepAsync(InteractiveStep step, CancellationToken ct)
    {
        if (step is InteractiveStep.Verdict verdict)
        {
            return verdict.Result;
        }

        if (step is not InteractiveStep.Ask ask || ask.Prompts.Count > InteractiveMessages.MostPrompts || ++_interactiveRounds > MostInteractiveRounds)
        {
            return AuthVerdict.Failure;
        }

        _promptsAsked = ask.Prompts.Count;
        await transport.SendAsync(InteractiveMessages.WriteRequest(ask), ct).ConfigureAwait(false);
        return null;
    }

    private async Task FailAsync(bool partial, bool counts, long came, CancellationToken ct)
    {
        if (counts && !partial && ++_failures >= options.MaxAttempts)
        {
            throw new SshAuthenticationException($"The client failed to sign in {_failures} times.");
        }

        IReadOnlyList<string> methods = await authenticator.MethodsAsync(_user!, ct).ConfigureAwait(false);
        TimeSpan early = options.FailureDelayFloor - transport.Options.Time.GetElapsedTime(came);
        if (counts && early > TimeSpan.Zero)
        {
            await Task.Delay(early, transport.Options.Time, ct).ConfigureAwait(false);
        }

        await transport.SendAsync(
            Payload.Of((ref w) =>
            {
                w.Byte(MessageId.UserAuthFailure);
                w.NameList(methods);
                w.Boolean(partial);
            }),
            ct).ConfigureAwait(false);
    }

    private static byte[] WriteBanner(string text) => Payload.Of((ref w) =>
    {
        w.Byte(MessageId.UserAuthBanner);
        w.String(text);
        w.String("");
    });
}
