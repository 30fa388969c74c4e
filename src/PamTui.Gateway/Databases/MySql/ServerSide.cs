using System.Security.Cryptography;
using System.Text;
using PamTui.Core.Connectors;
using PamTui.Core.Model;

namespace PamTui.Gateway.Databases.MySql;

/// <summary>
/// The client's half of a sign-in, towards the server: with the stored password and what the client asked for. Whatever way to sign in the
/// server asks for, the password itself goes only over TLS, or encrypted where the resource has none; never by mysql_clear_password, and
/// never by what MySQL had before 4.1.
/// </summary>
/// <param name="isTls">What <see cref="PacketStream"/> runs over by now.</param>
internal sealed class ServerSide(PacketStream server, ServerGreeting greeting, HandshakeResponse asked, bool isTls)
{
    private const byte Ok = 0;
    private const byte AuthMoreData = 1;
    private const byte AuthSwitch = 0xFE;
    private const byte FastAuthSuccess = 3;
    private const byte FullAuthNeeded = 4;
    private const byte PublicKeyWanted = 2;

    /// <summary>A server that asks on and on is no server.</summary>
    private const int MaxRounds = 8;

    private string _plugin = greeting.Plugin;
    private byte[] _nonce = greeting.Nonce;
    private bool _keyAsked;

    /// <param name="account">For words that name it.</param>
    /// <exception cref="BrokenProtocolException">The server speaks out of turn.</exception>
    public async Task<SignInAnswer> SignInAsync(string username, Secret password, string account, CancellationToken ct)
    {
        await FirstAsync(username, password, ct).ConfigureAwait(false);
        bool switched = false;
        for (int round = 0; round < MaxRounds; round++)
        {
            byte[] answer = await server.ReadAsync(ct).ConfigureAwait(false);
            switch (answer.Length == 0 ? (byte?)null : answer[0])
            {
                case Ok:
                    return SignInAnswer.In(answer);
                case ErrPacket.Header:
                    return SignInAnswer.No(answer, account, asked.Database);
                case AuthSwitch when !switched:
                    switched = true;
                    if (Switch(answer) is { } why)
                    {
                        return why;
                    }

                    await server.WriteAsync(ProofOf(password), ct).ConfigureAwait(false);
                    break;
                case AuthMoreData when _plugin == PluginName.CachingSha2:
                    await MoreAsync(answer.AsMemory(1), password, ct).ConfigureAwait(false);
                    break;
                default:
                    throw new BrokenProtocolException("The server said something in the sign-in that the protocol does not know.");
            }
        }

        throw new BrokenProtocolException("The server does not come to an end of the sign-in.");
    }

    private static bool IsKnown(string plugin) => plugin is PluginName.Native or PluginName.CachingSha2 or PluginName.Ed25519;

    private async Task FirstAsync(string username, Secret password, CancellationToken ct)
    {
        // A way that the server prefers and that is not ours may not be this user's: it will name that one.
        if (!IsKnown(_plugin) || _nonce.Length < NonceLengthOf(_plugin))
        {
            _plugin = PluginName.Native;
        }

        byte[] proof = ProofOf(password);
        MySqlWriter response = (asked with { Plugin = _plugin }).Write(Encoding.UTF8.GetBytes(username), proof);
        await server.WriteAsync(response.Written, ct).ConfigureAwait(false);
    }

    private SignInAnswer? Switch(byte[] request)
    {
        MySqlReader reader = new(request);
        reader.Byte();
        if (reader.Remaining == 0)
        {
            return SignInAnswer.No("it asks for the way to sign in that MySQL had before 4.1, which shows the password to whoever listens; an operator must give the user caching_sha2_password or mysql_native_password.", "mysql_old_password");
        }

        string plugin = PluginName.Read(reader.Terminated());
        if (!IsKnown(plugin))
        {
            return SignInAnswer.No("it asks for a way to sign in that is not supported; an operator must give the user caching_sha2_password, mysql_native_password or MariaDB's ed25519.", plugin);
        }

        ReadOnlySpan<byte> nonce = reader.Rest();
        (_plugin, _nonce) = (plugin, nonce.ToArray());
        if (_nonce.Length < NonceLengthOf(plugin))
        {
            throw new BrokenProtocolException("The server's challenge is too short.");
        }

        return null;
    }

    private async Task MoreAsync(ReadOnlyMemory<byte> data, Secret password, CancellationToken ct)
    {
        if (_keyAsked)
        {
            await server.WriteAsync(MySqlProof.Encrypted(password, _nonce, data.Span), ct).ConfigureAwait(false);
            _keyAsked = false;
        }
        else if (data.Length == 1 && data.Span[0] == FullAuthNeeded && isTls)
        {
            byte[] clear = [.. password.Bytes, 0];
            try
            {
                await server.WriteAsync(clear, ct).ConfigureAwait(false);
            }
            finally
            {
                CryptographicOperations.ZeroMemory(clear);
            }
        }
        else if (data.Length == 1 && data.Span[0] == FullAuthNeeded)
        {
            await server.WriteAsync(new byte[] { PublicKeyWanted }, ct).ConfigureAwait(false);
            _keyAsked = true;
        }
        else if (data.Length != 1 || data.Span[0] != FastAuthSuccess)
        {
            throw new BrokenProtocolException("The server said something in the sign-in that caching_sha2_password does not know.");
        }
    }

    // An empty password is said by nothing, but to ed25519, for which it is a key as any other.
    private byte[] ProofOf(Secret password) => _plugin switch
    {
        PluginName.Ed25519 => MySqlProof.Ed25519Signature(password, _nonce),
        _ when password.Length == 0 => [],
        PluginName.CachingSha2 => MySqlProof.CachingSha2(password, _nonce),
        _ => MySqlProof.Native(password, _nonce),
    };

    private static int NonceLengthOf(string plugin) => plugin == PluginName.Ed25519 ? MySqlProof.Ed25519NonceLength : MySqlProof.NonceLength;
}
