using System.Security.Cryptography;

namespace PamTui.Gateway.Databases.MySql;

/// <summary>
/// The server's half of a sign-in, towards the client: it is greeted as the server would greet it, with a challenge of our own whose answer
/// does not matter, as the channel is signed in already. A client finishes in the way it knows: mysql_native_password, which is offered, or
/// caching_sha2_password, which newer ones insist on.
/// </summary>
internal sealed class ClientSide(PacketStream client)
{
    private const byte AuthMoreData = 1;
    private const byte AuthSwitch = 0xFE;

    private static readonly byte[] s_fastAuthSuccess = [AuthMoreData, 3];

    /// <summary>What the client asks for; its capabilities are cut to those it was offered.</summary>
    public async Task<HandshakeResponse> GreetAsync(ServerGreeting server, CancellationToken ct)
    {
        ServerGreeting ours = server with { Nonce = Challenge(), Capabilities = (server.Capabilities & Capabilities.Offered) | Capabilities.OfSignIn, Plugin = PluginName.Native };
        await client.WriteAsync(ours.Write(), ct).ConfigureAwait(false);
        HandshakeResponse asked = HandshakeResponse.Read(await client.ReadAsync(ct).ConfigureAwait(false), ours.Capabilities);
        if (asked.Plugin != PluginName.Native)
        {
            await SwitchAsync(asked.Plugin == PluginName.CachingSha2 ? PluginName.CachingSha2 : PluginName.Native, ours.Nonce, ct).ConfigureAwait(false);
        }

        return asked with { Capabilities = asked.Capabilities & ours.Capabilities };
    }

    /// <param name="ok">What the server said when it let us in.</param>
    public ValueTask LetInAsync(ReadOnlyMemory<byte> ok, CancellationToken ct) => client.WriteAsync(ok, ct);

    public ValueTask RefuseAsync(ushort code, string words, CancellationToken ct) => client.WriteAsync(ErrPacket.Write(code, words), ct);

    private async Task SwitchAsync(string plugin, byte[] nonce, CancellationToken ct)
    {
        MySqlWriter request = new MySqlWriter().Byte(AuthSwitch).Terminated(PluginName.Bytes(plugin)).Terminated(nonce);
        await client.WriteAsync(request.Written, ct).ConfigureAwait(false);
        byte[] answer = await client.ReadAsync(ct).ConfigureAwait(false);

        // A client without a password says so by nothing, or by a NUL, and waits for no more than the end.
        if (plugin == PluginName.CachingSha2 && answer.Length > 1)
        {
            await client.WriteAsync(s_fastAuthSuccess, ct).ConfigureAwait(false);
        }
    }

    // Some clients read it up to the first NUL.
    private static byte[] Challenge()
    {
        byte[] nonce = new byte[20];
        for (int at = 0; at < nonce.Length; at++)
        {
            nonce[at] = (byte)RandomNumberGenerator.GetInt32(1, 128);
        }

        return nonce;
    }
}
