using PamTui.Ssh;

namespace PamTui.Gateway.Relay;

/// <summary>
/// Replies have no number: the order is all that tells which request they answer (RFC 4254 §4, §5.4). So an answer of our own waits behind
/// the ones that are still due from the other side, and the answer to a question of our own is not passed on.
/// </summary>
internal sealed class PendingReplies
{
    /// <summary>Far more than any client has under way; what a stranger could make us remember.</summary>
    public const int Max = 256;

    /// <summary>An end that is there and never says a word on such questions must not fill the queue with them.</summary>
    private const int MaxKeepAlives = 16;

    private readonly Queue<Due> _due = [];

    private enum Due
    {
        Relayed,
        OwnFailure,
        OwnQuestion,
        KeepAlive,
    }

    /// <summary>The reply that came last was for a question of our own, whether the end is there apart.</summary>
    public bool WasOwn { get; private set; }

    public void Relayed() => Add(Due.Relayed);

    public void OwnQuestion() => Add(Due.OwnQuestion);

    /// <summary>A question of our own whose only meaning is that something comes back.</summary>
    public void KeepAlive()
    {
        if (_due.Count(due => due == Due.KeepAlive) < MaxKeepAlives)
        {
            Add(Due.KeepAlive);
        }
    }

    /// <summary>True: nothing is due before it, send the failure now. False: it is kept for its turn.</summary>
    public bool Refuse()
    {
        if (_due.Count == 0)
        {
            return true;
        }

        Add(Due.OwnFailure);
        return false;
    }

    /// <summary>A reply came.</summary>
    /// <returns>Whether it is passed on, and how many failures of ours follow it. A reply that nobody waits for is dropped (C1).</returns>
    public (bool Pass, int Failures) Replied()
    {
        WasOwn = false;
        if (!_due.TryDequeue(out Due first))
        {
            return (false, 0);
        }

        WasOwn = first == Due.OwnQuestion;

        int failures = 0;
        while (_due.TryPeek(out Due next) && next == Due.OwnFailure)
        {
            _due.Dequeue();
            failures++;
        }

        return (first == Due.Relayed, failures);
    }

    private void Add(Due due)
    {
        if (_due.Count >= Max)
        {
            throw new SshProtocolException($"More than {Max} requests wait for their replies.");
        }

        _due.Enqueue(due);
    }
}
