using CsCheck;
using PamTui.Ssh.Channels;

namespace PamTui.Ssh.Tests.Channels;

/// <summary>What is written is read again, and whatever is shorter or longer is refused.</summary>
public sealed class MessageTests
{
    [Fact]
    public void Session_requests_come_back_as_they_were_written()
    {
        byte[] bytes = [1, 2, 3];
        Whole(new PtyRequest("xterm-256color", 80, 24, 640, 480, bytes).Write(), extra => Assert.Equal("xterm-256color", PtyRequest.Read(extra).Term));
        Whole(new WindowChange(132, 43, 0, 0).Write(), extra => Assert.Equal(new(132, 43, 0, 0), WindowChange.Read(extra)));
        Whole(new EnvRequest("LANG", bytes).Write(), extra => Assert.Equal(bytes, EnvRequest.Read(extra).Value.ToArray()));
        Whole(new ExecRequest(bytes).Write(), extra => Assert.Equal(bytes, ExecRequest.Read(extra).Command.ToArray()));
        Whole(new SubsystemRequest("sftp").Write(), extra => Assert.Equal(new("sftp"), SubsystemRequest.Read(extra)));
        Whole(new SignalRequest("INT").Write(), extra => Assert.Equal(new("INT"), SignalRequest.Read(extra)));
        Whole(new ExitStatus(255).Write(), extra => Assert.Equal(new(255), ExitStatus.Read(extra)));
        Whole(new ExitSignal("KILL", true, "gone").Write(), extra => Assert.Equal(new("KILL", true, "gone"), ExitSignal.Read(extra)));
        Whole(new DirectTcpip("db", 5432, "::1", 40000).Write(), extra => Assert.Equal(new("db", 5432, "::1", 40000), DirectTcpip.Read(extra)));
    }

    [Fact]
    public void Messages_come_back_as_they_were_written() => Gen.Select(Gen.UInt, Gen.UInt, Gen.UInt, Gen.Byte.Array[0, 50], Gen.Bool).Sample((a, b, c, extra, flag) =>
    {
        ChannelOpen open = ChannelOpen.Read(new ChannelOpen("session", a, b, c, extra).Write());
        Assert.Equal(("session", a, b, c), (open.Kind, open.Sender, open.Window, open.MaxPacket));
        Assert.Equal(extra, open.Extra.ToArray());
        ChannelOpenConfirmation confirmation = ChannelOpenConfirmation.Read(new ChannelOpenConfirmation(a, b, c, a, extra).Write());
        Assert.Equal((a, b, c, a), (confirmation.Recipient, confirmation.Sender, confirmation.Window, confirmation.MaxPacket));
        ChannelRequest request = ChannelRequest.Read(new ChannelRequest(a, "exec", flag, extra).Write());
        Assert.Equal((a, "exec", flag), (request.Recipient, request.Type, request.WantReply));
        Assert.Equal(extra, request.Extra.ToArray());
        GlobalRequest global = GlobalRequest.Read(new GlobalRequest("keepalive@openssh.com", flag, extra).Write());
        Assert.Equal(("keepalive@openssh.com", flag), (global.Name, global.WantReply));
        ChannelOpenFailure failure = ChannelOpenFailure.Read(new ChannelOpenFailure(a, ChannelOpenFailureReason.ConnectFailed, "no").Write());
        Assert.Equal((a, ChannelOpenFailureReason.ConnectFailed, "no"), (failure.Recipient, failure.Reason, failure.Description));
    });

    private static void Whole(byte[] written, Action<byte[]> read)
    {
        read(written);
        for (int length = 0; length < written.Length; length++)
        {
            Assert.Throws<SshProtocolException>(() => read(written[..length]));
        }

        Assert.Throws<SshProtocolException>(() => read([.. written, 0]));
    }
}
