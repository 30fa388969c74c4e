using PamTui.Ssh.Channels;

namespace PamTui.Ssh.Tests.Channels;

/// <summary>Channels whose opening is answered when somebody else has found out.</summary>
public sealed class LateAnswerTests
{
    [Fact]
    public async Task Connection_goes_on_while_one_channel_waits_for_its_answer_and_its_first_bytes_find_it_open()
    {
        await using ChannelPair pair = await ChannelPair.OpenAsync();
        TaskCompletionSource<ChannelOpenReply> answer = new(TaskCreationOptions.RunContinuationsAsynchronously);
        TaskCompletionSource<SshChannel> started = new(TaskCreationOptions.RunContinuationsAsynchronously);
        pair.ServerSide.OnOpen = open => open.Kind == "late" ? ChannelOpenReply.Later(_ => answer.Task) : ChannelOpenReply.Accept;
        Task<SshChannel> late = pair.Client.OpenAsync("late", default, SessionPair.Soon());

        (SshChannel client, SshChannel server) = await pair.SessionAsync();
        await client.WriteAsync("meanwhile"u8.ToArray(), SessionPair.Soon());
        await server.AsStream().ReadExactlyAsync(new byte[9], SessionPair.Soon());
        Assert.False(late.IsCompleted);

        answer.SetResult(ChannelOpenReply.AcceptFor(started.SetResult));
        SshChannel opened = await late;
        await opened.WriteAsync("first"u8.ToArray(), SessionPair.Soon());
        byte[] first = new byte[5];
        await (await started.Task.WaitAsync(SessionPair.Soon())).AsStream().ReadExactlyAsync(first, SessionPair.Soon());
        Assert.Equal("first"u8.ToArray(), first);
    }

    [Fact]
    public async Task Late_no_is_told_with_its_words_and_frees_the_place_of_the_channel()
    {
        await using ChannelPair pair = await ChannelPair.OpenAsync(new SshConnectionOptions { MaxChannels = 1 });
        TaskCompletionSource<ChannelOpenReply> answer = new(TaskCreationOptions.RunContinuationsAsynchronously);
        pair.ServerSide.OnOpen = _ => ChannelOpenReply.Later(_ => answer.Task);
        Task<SshChannel> late = pair.Client.OpenAsync("late", default, SessionPair.Soon());

        answer.SetResult(ChannelOpenReply.Refuse(ChannelOpenFailureReason.ConnectFailed, "nobody is there"));

        SshChannelException refused = await Assert.ThrowsAsync<SshChannelException>(() => late);
        Assert.Contains("nobody is there", refused.Message, StringComparison.Ordinal);
        pair.ServerSide.OnOpen = _ => ChannelOpenReply.Accept;
        await pair.SessionAsync();
    }

    [Fact]
    public async Task Who_is_asked_hears_of_the_connections_end_and_is_waited_for()
    {
        ChannelPair pair = await ChannelPair.OpenAsync();
        TaskCompletionSource asked = new(TaskCreationOptions.RunContinuationsAsynchronously);
        bool isOver = false;
        pair.ServerSide.OnOpen = _ => ChannelOpenReply.Later(async ct =>
        {
            asked.SetResult();
            await Task.Delay(Timeout.Infinite, ct).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            await Task.Yield();
            isOver = true;
            return ChannelOpenReply.Refuse(ChannelOpenFailureReason.ConnectFailed, "");
        });
        Task<SshChannel> late = pair.Client.OpenAsync("late", default, SessionPair.Soon());
        await asked.Task.WaitAsync(SessionPair.Soon());

        await pair.DisposeAsync();

        Assert.True(isOver);
        await Assert.ThrowsAsync<SshConnectionException>(() => late);
    }
}
