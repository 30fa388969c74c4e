using System.Collections.Concurrent;

namespace PamTui.Ssh.Channels;

/// <summary>Channels that the peer wants to open and that are answered when whoever was asked knows.</summary>
internal sealed class LateAnswers : IDisposable
{
    private readonly ConcurrentDictionary<uint, byte> _waiting = new();
    private readonly ConcurrentDictionary<SshChannel, Task> _answers = new();
    private readonly CancellationTokenSource _over = new();

    /// <summary>The peer has heard neither yes nor no: it may not speak on the channel yet.</summary>
    public bool Waits(uint localId) => _waiting.ContainsKey(localId);

    /// <param name="tell">Tells the peer, and starts what was accepted.</param>
    public void Add(SshChannel channel, Func<CancellationToken, Task<ChannelOpenReply>> ask, Func<ChannelOpenReply, CancellationToken, ValueTask> tell)
    {
        TaskCompletionSource noted = new(TaskCreationOptions.RunContinuationsAsynchronously);
        _waiting[channel.LocalId] = 0;
        _answers[channel] = AnswerAsync(channel, ask, tell, noted.Task);
        noted.SetResult();
    }

    /// <summary>The connection is over: who still asks is told to stop, and waited for. Never fails.</summary>
    public async Task StopAsync()
    {
        await _over.CancelAsync().ConfigureAwait(false);
        await Task.WhenAll(_answers.Values).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    public void Dispose() => _over.Dispose();

    private async Task AnswerAsync(SshChannel channel, Func<CancellationToken, Task<ChannelOpenReply>> ask, Func<ChannelOpenReply, CancellationToken, ValueTask> tell, Task noted)
    {
        await noted.ConfigureAwait(false);
        ChannelOpenReply reply = ChannelOpenReply.Refuse(ChannelOpenFailureReason.ConnectFailed, "");
        try
        {
            reply = await ask(_over.Token).ConfigureAwait(false);
        }
        finally
        {
            // Before the peer can know, so that its first bytes find the channel open.
            _waiting.TryRemove(channel.LocalId, out _);
            await tell(reply, _over.Token).ConfigureAwait(false);
            _answers.TryRemove(channel, out _);
        }
    }
}
