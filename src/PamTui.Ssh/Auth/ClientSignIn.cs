using System.Security.Cryptography;
using PamTui.Ssh.Keys;
using PamTui.Ssh.Wire;

namespace PamTui.Ssh.Auth;

/// <summary>One sign-in with one credential, and never by another method than it is for (D5).</summary>
internal sealed class ClientSignIn(SshTransport transport, string user)
{
    private const int MostInteractiveRounds = 8;
    private const int LongestText = 16 * 1024;

    public async Task<ClientAuthResult> ByKeyAsync(SshPrivateKey key, SshCertificate? certificate, CancellationToken ct)
    {
        await RequestServiceAsync(ct).ConfigureAwait(false);
        if (SignatureAlgorithm(key) is not { } plain)
        {
            return new ClientAuthResult.Refused([], false);
        }

        string algorithm = certificate is null ? plain : CertificateNames.Of(plain);
        byte[] blob = (certificate?.Blob ?? key.PublicKey.Blob).ToArray();
        byte[] signature = key.Sign(plain, PublicKeyProof.SignedData(transport.SessionId, user, algorithm, blob));
        await transport.SendAsync(
            Payload.Of((ref w) =>
            {
                PublicKeyProof.WriteRequest(ref w, user, algorithm, blob);
                w.String(signature);
            }),
            ct).ConfigureAwait(false);
        ReadOnlyMemory<byte> answer = await ReceiveAsync(ct).ConfigureAwait(false);
        return Outcome(answer.Span) ?? throw Unexpected(answer.Span[0]);
    }

    public async Task<ClientAuthResult> ByPasswordAsync(ReadOnlyMemory<byte> password, CancellationToken ct)
    {
        await RequestServiceAsync(ct).ConfigureAwait(false);
        await SendAndForgetAsync(
            Payload.Of((ref w) =>
            {
                AuthRequest.Write(ref w, user, AuthNames.Password);
                w.Boolean(false);
                w.String(password.Span);
            }),
            ct).ConfigureAwait(false);
        ReadOnlyMemory<byte> answer = await ReceiveAsync(ct).ConfigureAwait(false);
        if (answer.Span[0] == MessageId.UserAuthPasswordChangeRequest)
        {
            return new ClientAuthResult.PasswordExpired(ReadChangeRequest(answer.Span));
        }

        ClientAuthResult result = Outcome(answer.Span) ?? throw Unexpected(answer.Span[0]);
        // Where "password" is among the methods it was tried and the password is wrong; a second try would only count towards a lockout.
        return result is ClientAuthResult.Refused { PartialSuccess: false } refused
            && refused.Methods.Contains(AuthNames.Interactive) && !refused.Methods.Contains(AuthNames.Password)
            ? await ByInteractiveAsync(password, ct).ConfigureAwait(false)
            : result;
    }

    private async Task<ClientAuthResult> ByInteractiveAsync(ReadOnlyMemory<byte> password, CancellationToken ct)
    {
        await transport.SendAsync(
            Payload.Of((ref w) =>
            {
                AuthRequest.Write(ref w, user, AuthNames.Interactive);
                w.String("");
                w.String("");
            }),
            ct).ConfigureAwait(false);
        bool answered = false;
        for (int round = 0; round < MostInteractiveRounds; round++)
        {
            ReadOnlyMemory<byte> message = await ReceiveAsync(ct).ConfigureAwait(false);
            if (Outcome(message.Span) is { } result)
            {
                return result;
            }

            if (message.Span[0] != MessageId.UserAuthInfoRequest)
            {
                throw Unexpected(message.Span[0]);
            }

            InteractiveStep.Ask ask = InteractiveMessages.ReadRequest(message.Span);
            if (WantsNewPassword(ask, answered))
            {
                return new ClientAuthResult.PasswordExpired(ask.Instruction.Length > 0 ? ask.Instruction : ask.Prompts[0].Text);
            }

            if (ask.Prompts.Count == 0)
            {
                await transport.SendAsync(InteractiveMessages.WriteResponse([]), ct).ConfigureAwait(false);
                continue;
            }

            InteractivePrompt prompt = ask.Prompts[0];
            // One hidden question is for the password; whatever else is asked is not for us to answer.
            if (answered || ask.Prompts.Count > 1 || prompt.Echo)
            {
                return new ClientAuthResult.Refused([AuthNames.Interactive], false);
            }

            answered = true;
            await SendAndForgetAsync(InteractiveMessages.WriteResponse([password]), ct).ConfigureAwait(false);
        }

        throw new SshProtocolException("The server asks without end.");
    }

    /// <summary>PAM changes an expired password by asking on once the old one was right; its words are all there is to see it by.</summary>
    private static bool WantsNewPassword(InteractiveStep.Ask ask, bool answered)
    {
        if (ask.Prompts.Count == 0)
        {
            return false;
        }

        string text = string.Join(' ', ask.Prompts.Select(prompt => prompt.Text).Prepend(ask.Instruction));
        return Has("new password") || (answered && (Has("current password") || Has("(current)") || Has("change your password") || Has("expired")));

        bool Has(string words) => text.Contains(words, StringComparison.OrdinalIgnoreCase);
    }

    private async Task RequestServiceAsync(CancellationToken ct)
    {
        await transport.SendAsync(
            Payload.Of((ref w) =>
            {
                w.Byte(MessageId.ServiceRequest);
                w.String(AuthNames.UserAuth);
            }),
            ct).ConfigureAwait(false);
        ReadOnlyMemory<byte> answer = await ReceiveAsync(ct).ConfigureAwait(false);
        if (answer.Span[0] != MessageId.ServiceAccept)
        {
            throw Unexpected(answer.Span[0]);
        }

        SshReader r = new(answer.Span[1..]);
        if (r.AsciiName(64) != AuthNames.UserAuth)
        {
            throw new SshProtocolException("The server accepts another service than was asked for.");
        }

        r.End();
    }

    /// <summary>The best the key can do, we like and the server takes. A server that says nothing is tried with the best (RFC 8332 §3.3).</summary>
    private string? SignatureAlgorithm(SshPrivateKey key) => key.SignatureAlgorithms.FirstOrDefault(name =>
        transport.Options.Algorithms.UserKeySignatures.Contains(name)
        && (transport.PeerSignatureAlgorithms.Count == 0 || transport.PeerSignatureAlgorithms.Contains(name)));

    private async ValueTask SendAndForgetAsync(byte[] payload, CancellationToken ct)
    {
        try
        {
            await transport.SendAsync(payload, ct).ConfigureAwait(false);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(payload);
        }
    }

    /// <summary>The next message that is no banner; the banners of a target are nobody's business here.</summary>
    private async ValueTask<ReadOnlyMemory<byte>> ReceiveAsync(CancellationToken ct)
    {
        while (true)
        {
            ReadOnlyMemory<byte> payload = await transport.ReceiveAsync(ct).ConfigureAwait(false);
            if (payload.Span[0] != MessageId.UserAuthBanner)
            {
                return payload;
            }
        }
    }

    private static ClientAuthResult? Outcome(ReadOnlySpan<byte> payload)
    {
        if (payload[0] == MessageId.UserAuthSuccess)
        {
            return new ClientAuthResult.Success();
        }

        if (payload[0] != MessageId.UserAuthFailure)
        {
            return null;
        }

        SshReader r = new(payload[1..]);
        ClientAuthResult.Refused refused = new(r.NameList(), r.Boolean());
        r.End();
        return refused;
    }

    private static string ReadChangeRequest(ReadOnlySpan<byte> payload)
    {
        SshReader r = new(payload[1..]);
        return PeerText.Show(r.String(LongestText));
    }

    private static SshProtocolException Unexpected(byte message) => new($"Message {message} of the server does not fit the sign-in.");
}
