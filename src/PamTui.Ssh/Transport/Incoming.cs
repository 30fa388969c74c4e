using PamTui.Ssh.Wire;

namespace PamTui.Ssh.Transport;

/// <summary>Everything that comes passes here once: the table first, then what the transport does itself. One caller at a time.</summary>
internal sealed class Incoming(SendGate sending, KeyExchanger exchanger, PeerExtensions extensions, StrangerBudget stranger, SshRole role, SshOptions options)
{
    private bool _mayKnowCredential;

    /// <summary>Throws when the peer broke a rule, and when it said goodbye.</summary>
    public bool IsForLayerAbove(ReadOnlySpan<byte> payload)
    {
        byte id = payload[0];
        if (exchanger.DropsGuess)
        {
            exchanger.DropGuess(id);
            return false;
        }

        Stage stage = exchanger.Stage ?? (stranger.IsSignedIn ? Stage.Open : Stage.Auth);
        if (!Legal.Allows(stage, id, role))
        {
            throw new SshProtocolException($"Message {id} of the peer is not allowed here ({stage}).");
        }

        stranger.Count(payload.Length);
        exchanger.CountBeforePeerInit(payload.Length);
        extensions.Pass(id);
        switch (id)
        {
            case MessageId.Disconnect:
                throw Goodbye(Disconnect.Read(payload));
            case MessageId.Ignore or MessageId.Debug or MessageId.Unimplemented or MessageId.Pong:
                return false;
            case MessageId.Ping:
                Answer(payload);
                return false;
            case MessageId.ExtInfo:
                extensions.Take(payload);
                return false;
            case MessageId.KexInit:
                exchanger.TakePeerInit(payload);
                return false;
            case MessageId.KexExchangeInit:
                exchanger.Answer(payload);
                return false;
            case MessageId.KexExchangeReply:
                exchanger.Verify(payload);
                return false;
            case MessageId.NewKeys:
                TakeNewKeys(payload);
                return false;
            case MessageId.ServiceAccept:
                // The client shows its credential now.
                _mayKnowCredential = true;
                break;
            case MessageId.UserAuthRequest when stranger.IsSignedIn:
                return false;
            case MessageId.UserAuthSuccess:
                stranger.SignIn();
                break;
        }

        sending.RekeyIfDue();
        return true;
    }

    /// <summary>A server that has seen the credential may say it, and its words go into logs: they are left out (D6).</summary>
    private SshConnectionException Goodbye(Disconnect words) => new(
        _mayKnowCredential ? $"The server disconnected ({words.Reason})." : $"The peer disconnected: {words.Description}", words.Reason);

    private void TakeNewKeys(ReadOnlySpan<byte> payload)
    {
        exchanger.TakeNewKeys(payload);
        if (exchanger.Count == 1)
        {
            extensions.FirstNewKeysCame();
        }
    }

    /// <summary>ping@openssh.com: not before sign-in, and only as fast as the peer takes the answers (A5).</summary>
    private void Answer(ReadOnlySpan<byte> ping)
    {
        if (!stranger.IsSignedIn)
        {
            return;
        }

        SshReader r = new(ping[1..]);
        ReadOnlySpan<byte> data = r.String(SendGate.LongestPayload);
        r.End();
        // Pongs wait for a key exchange like everything else; a peer must not pile them up.
        if (sending.Waiting > options.MaxQueuedBytes)
        {
            throw new SshProtocolException("The peer sends pings and does not take the answers.");
        }

        byte[] head = [MessageId.Pong, (byte)(data.Length >> 24), (byte)(data.Length >> 16), (byte)(data.Length >> 8), (byte)data.Length];
        if (sending.CanSend)
        {
            sending.Queue(head, data);
            sending.Kick();
        }
    }
}
