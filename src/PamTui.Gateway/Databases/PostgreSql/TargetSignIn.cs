using System.Security.Cryptography;
using System.Text;
using Org.BouncyCastle.Crypto.Digests;
using PamTui.Core.Model;

namespace PamTui.Gateway.Databases.PostgreSql;

/// <summary>
/// The sign-in upstream with the stored password, by the ways that do not give it away: SCRAM, with channel binding where TLS has a
/// certificate, or md5; in clear only to a server that was verified (D5). A server that lets the account in without any has proven nothing.
/// </summary>
internal sealed class TargetSignIn(DatabaseConnection connection, DatabaseTarget target, ClientEncoding encoding)
{
    private const int Ok = 0;
    private const int CleartextPassword = 3;
    private const int Md5Password = 5;
    private const int Sasl = 10;
    private const int SaslContinue = 11;
    private const int SaslFinal = 12;

    /// <summary>Settings that a server reports and notices that it gives on the way in.</summary>
    private const int MaxMessages = 1000;

    private static readonly ReadOnlyMemory<byte> s_sslRequest = new MessageWriter().Begin(null).Int32((1234 << 16) | 5679).End().Written;

    /// <summary>SSLRequest, and TLS when the server has it; the resource says whether it may go on without.</summary>
    /// <returns>Null: it may go on.</returns>
    public static async Task<string?> SecureAsync(DatabaseLeg leg, CancellationToken ct)
    {
        if (leg.Resource.TlsMode == TlsMode.Off)
        {
            return null;
        }

        await leg.Stream.WriteAsync(s_sslRequest, ct).ConfigureAwait(false);
        byte[] answer = new byte[1];
        await leg.Stream.ReadExactlyAsync(answer, ct).ConfigureAwait(false);

        // What follows the letter is read by TLS, so that nothing which somebody put behind it in clear is ever taken for the server's (G1).
        return answer[0] switch
        {
            (byte)'S' => await leg.SecureAsync(ct).ConfigureAwait(false),
            (byte)'N' or (byte)'E' => "it does not speak TLS: turn `ssl` on there, or an operator sets the resource's TLS mode to off if the network is trusted (`pamtui resource edit`).",
            _ => throw new BrokenProtocolException("An SSLRequest was answered by neither S nor N."),
        };
    }

    /// <summary>From the start-up packet to the server's word that it is ready.</summary>
    /// <param name="ready">Gets what the client is to hear of it: settings and notices, without the key and the final word.</param>
    public async Task<Result<CancelKey>> RunAsync(StartupTerms terms, MessageWriter ready, CancellationToken ct)
    {
        await target.Stream.WriteAsync(StartupPacket.Write(terms.Parameters), ct).ConfigureAwait(false);
        if (await AuthenticateAsync(ct).ConfigureAwait(false) is { } refused)
        {
            return refused;
        }

        CancelKey? key = null;
        for (int count = 0; count < MaxMessages; count++)
        {
            Message message = await MessageSource.ReadAsync(target.Stream, ct).ConfigureAwait(false);
            switch (message.Type)
            {
                case Backend.ParameterStatus or Backend.NoticeResponse:
                    if (message.Type == Backend.ParameterStatus)
                    {
                        encoding.Reported(message.Body.Span);
                    }

                    ready.Message(message.Type, message.Body.Span);
                    break;
                case Backend.BackendKeyData:
                    key = CancelKey.Read(message.Body.Span);
                    break;
                case Backend.ErrorResponse:
                    return Refused(message);
                case Backend.ReadyForQuery when message.Body.Length == 1 && key is not null:
                    return key;
                default:
                    throw Unexpected(message);
            }
        }

        throw new BrokenProtocolException("The server says no end of things before it is ready.");
    }

    private async Task<Refusal?> AuthenticateAsync(CancellationToken ct)
    {
        Message message = await NextAsync(ct).ConfigureAwait(false);
        if (message.Type == Backend.ErrorResponse)
        {
            return Refused(message);
        }

        (int method, ReadOnlyMemory<byte> rest) = MethodOf(message);
        switch (method)
        {
            case Ok:
                return connection.Refused(
                    "it lets this user in without its password, so it proves nothing; an operator must use scram-sha-256 in place of trust (or peer, cert) in its pg_hba.conf.", "no password asked for");
            case Sasl:
                return await ScramAsync(rest, ct).ConfigureAwait(false);
            case Md5Password when rest.Length == 4:
                await SendPasswordAsync(Md5Of(rest.Span), ct).ConfigureAwait(false);
                break;
            case CleartextPassword when target.IsVerified:
                await SendPasswordAsync(target.Password.Bytes.ToArray(), ct).ConfigureAwait(false);
                break;
            case CleartextPassword:
                return connection.Refused(
                    "it asks for the password in clear, which is not sent to a server that is not verified; an operator must use scram-sha-256 in its pg_hba.conf, or TLS mode verify.", "cleartext");
            default:
                return connection.Refused("it asks for a way to sign in that is not supported; an operator must use scram-sha-256 in its pg_hba.conf.", $"method {method}");
        }

        return await OkAsync(ct).ConfigureAwait(false);
    }

    private async Task<Refusal?> ScramAsync(ReadOnlyMemory<byte> offered, CancellationToken ct)
    {
        List<string> mechanisms = MechanismsOf(offered.Span);
        byte[] binding = target.Certificate is { } certificate ? ChannelBinding.Of(certificate) : [];
        bool bind = binding.Length > 0 && mechanisms.Contains(ScramClient.Plus);
        if (!bind && !mechanisms.Contains(ScramClient.Plain))
        {
            return connection.Refused("it offers no SCRAM-SHA-256; an operator must use scram-sha-256 in its pg_hba.conf.", string.Join(' ', mechanisms));
        }

        using ScramClient scram = new(bind ? binding : [], couldBind: binding.Length > 0);
        MessageWriter first = new MessageWriter().Begin(Frontend.Password).CString(scram.Mechanism).Int32(scram.First.Length).Bytes(scram.First).End();
        await target.Stream.WriteAsync(first.Written, ct).ConfigureAwait(false);
        Message challenge = await NextAsync(ct).ConfigureAwait(false);
        if (challenge.Type == Backend.ErrorResponse)
        {
            return RefusedByScram(challenge, couldBind: binding.Length > 0);
        }

        (int next, ReadOnlyMemory<byte> words) = MethodOf(challenge);
        if (next != SaslContinue)
        {
            throw Unexpected(challenge);
        }

        await target.Stream.WriteAsync(new MessageWriter().Message(Frontend.Password, scram.Answer(words.Span, target.Password)).Written, ct).ConfigureAwait(false);
        Message final = await NextAsync(ct).ConfigureAwait(false);
        if (final.Type == Backend.ErrorResponse)
        {
            return RefusedByScram(final, couldBind: binding.Length > 0);
        }

        (next, words) = MethodOf(final);
        return next != SaslFinal ? throw Unexpected(final)
            : scram.IsServer(words.Span) ? await OkAsync(ct).ConfigureAwait(false)
            : connection.Refused("it does not know the account's password itself, so it is not the server it says it is; an operator must find out who answers there.", "server signature");
    }

    /// <summary>In the middle of SCRAM this code stands for one thing: another certificate was bound to than the server has, or somebody hid that it can bind.</summary>
    private Refusal RefusedByScram(Message message, bool couldBind) => couldBind && ErrorMessage.Read(message.Body.Span).Code == ErrorMessage.InvalidAuthorization
        ? connection.Refused(
            "the certificate that the gateway was shown is not the server's own: something between them ends TLS and reads along; an operator must find out what it is before the account is used.", "channel binding")
        : Refused(message);

    private async Task<Refusal?> OkAsync(CancellationToken ct)
    {
        Message message = await NextAsync(ct).ConfigureAwait(false);
        return message.Type == Backend.ErrorResponse ? Refused(message)
            : MethodOf(message).Method == Ok ? null
            : throw Unexpected(message);
    }

    private async Task SendPasswordAsync(byte[] password, CancellationToken ct)
    {
        MessageWriter writer = new();
        try
        {
            writer.Begin(Frontend.Password).Bytes(password).Byte(0).End();
            await target.Stream.WriteAsync(writer.Written, ct).ConfigureAwait(false);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(password);
            writer.Clear();
        }
    }

    /// <summary>Notices may come at any time.</summary>
    private async Task<Message> NextAsync(CancellationToken ct)
    {
        for (int count = 0; count < MaxMessages; count++)
        {
            Message message = await MessageSource.ReadAsync(target.Stream, ct).ConfigureAwait(false);
            if (message.Type != Backend.NoticeResponse)
            {
                return message;
            }
        }

        throw new BrokenProtocolException("The server gives no end of notices.");
    }

    private static (int Method, ReadOnlyMemory<byte> Words) MethodOf(Message message)
    {
        if (message.Type != Backend.Authentication || message.Body.Length < 4)
        {
            throw Unexpected(message);
        }

        return (new WireReader(message.Body.Span).Int32(), message.Body[4..]);
    }

    private static List<string> MechanismsOf(ReadOnlySpan<byte> offered)
    {
        List<string> mechanisms = [];
        WireReader reader = new(offered);
        while (!reader.AtEnd && reader.Text() is { Length: > 0 } name)
        {
            mechanisms.Add(name);
        }

        return mechanisms;
    }

    // "md5" and md5(md5(password, user), salt), both in hexadecimal.
    private byte[] Md5Of(ReadOnlySpan<byte> salt)
    {
        byte[] inner = Md5Hex([.. target.Password.Bytes, .. Encoding.UTF8.GetBytes(target.Username)]);
        return [.. "md5"u8, .. Md5Hex([.. inner, .. salt])];
    }

    private static byte[] Md5Hex(byte[] input)
    {
        MD5Digest digest = new();
        digest.BlockUpdate(input);
        byte[] hash = new byte[digest.GetDigestSize()];
        digest.DoFinal(hash, 0);
        CryptographicOperations.ZeroMemory(input);
        return Encoding.ASCII.GetBytes(Convert.ToHexStringLower(hash));
    }

    private static BrokenProtocolException Unexpected(Message message) => new($"A message of type {message.Type:x2} came during the sign-in.");

    private Refusal Refused(Message message)
    {
        ErrorMessage error = ErrorMessage.Read(message.Body.Span);
        string account = connection.Grant.What.Reference.ToString();
        string said = Said(error.Text);
        string why = error.Code switch
        {
            "28P01" => $"it did not accept the stored password; an operator must check it (`pamtui account check {account}`).",
            ErrorMessage.InvalidAuthorization => $"it does not let this user in from the gateway: it says {said}; an operator must see its pg_hba.conf and the role's LOGIN.",
            "3D000" => $"the sign-in works, but there is no such database: it says {said}; name another one.",
            "42501" => $"the sign-in works, but the account may not use this database: it says {said}; name another one, or an operator grants CONNECT on it.",
            "53300" => $"it has no connection left for this user: it says {said}; try again, or close others.",
            "57P03" => $"it is starting or stopping: it says {said}; try again.",
            _ => $"it says {said}; an operator should see its log.",
        };
        return connection.Refused(why, error.Code);
    }

    /// <summary>A server knows the password that it was sent: words that hold it are not repeated (G10).</summary>
    private string Said(string words) => Encoding.UTF8.GetBytes(words).AsSpan().IndexOf(target.Password.Bytes) >= 0 ? "words that hold the secret" : Text.Quote(words);
}
