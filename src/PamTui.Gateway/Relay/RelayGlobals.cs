using PamTui.Ssh;
using PamTui.Ssh.Wire;

namespace PamTui.Gateway.Relay;

/// <summary>
/// The global requests of RFC 4254 §4 that pass, or are ours: questions whether an end is there, and about a target's further host keys. Keeps
/// the order of their replies. Called under the table's lock.
/// </summary>
/// <param name="answer">Answers a side itself; counted by the table.</param>
internal sealed class RelayGlobals(SendPacket toUser, SendPacket toTarget, Action<Side, byte[]> answer, HostKeyLearner? hostKeys)
{
    private const int MaxName = 256;

    // What each side waits for.
    private readonly PendingReplies _toUser = new();
    private readonly PendingReplies _toTarget = new();

    /// <summary>Asks an end whether it is still there. Its answer is not taken for one that the other end waits for.</summary>
    public void Ask(Side end)
    {
        (end == Side.User ? _toTarget : _toUser).KeepAlive();
        (end == Side.User ? toUser : toTarget)(RelayMessages.KeepAlive());
    }

    public void Request(Side from, ReadOnlySpan<byte> payload, ref SshReader reader)
    {
        string name = reader.AsciiName(MaxName);
        bool wantsReply = reader.Boolean();
        PendingReplies replies = from == Side.User ? _toUser : _toTarget;
        switch (from == Side.User ? RelayPolicy.GlobalOfUser(name) : RelayPolicy.GlobalOfTarget(name))
        {
            case Ruling.Relay:
                if (wantsReply)
                {
                    replies.Relayed();
                }

                Pass(from, payload);
                break;
            case Ruling.Refuse when wantsReply && replies.Refuse():
                answer(from, RelayMessages.RequestFailure());
                break;
            case Ruling.Learn when hostKeys?.Ask(reader.Rest()) is { } question:
                _toUser.OwnQuestion();
                answer(from, question);
                break;
        }
    }

    public void Reply(Side from, ReadOnlySpan<byte> payload)
    {
        (bool pass, int failures) = (from == Side.User ? _toTarget : _toUser).Replied();
        if (from == Side.Target && _toUser.WasOwn)
        {
            hostKeys?.Answered(payload);
        }

        if (pass)
        {
            Pass(from, payload);
        }

        for (; failures > 0; failures--)
        {
            Pass(from, RelayMessages.RequestFailure());
        }
    }

    private void Pass(Side from, ReadOnlySpan<byte> payload) => (from == Side.User ? toTarget : toUser)(payload);
}
