using System.Security.Cryptography;
using PamTui.Ssh.Transport;

namespace PamTui.Ssh.Tests.Transport;

/// <summary>
/// Who has received a message may still be at it when somebody else ends the connection: a relay whose other side takes nothing, when its
/// session is killed. The buffer it lies in must not become another connection's meanwhile.
/// </summary>
public sealed class PayloadInUseTests
{
    [Fact]
    public async Task Message_that_is_being_worked_on_stays_as_it_is_when_the_connection_ends_and_is_wiped_when_its_receiver_comes_again()
    {
        await using SessionPair pair = await SessionPair.SignedInAsync();
        byte[] sent = [MessageId.GlobalRequest, .. RandomNumberGenerator.GetBytes(1000)];
        await pair.Server.SendAsync(sent, SessionPair.Soon());
        ReadOnlyMemory<byte> received = await pair.Client.ReceiveAsync(SessionPair.Soon());

        await pair.Client.DisposeAsync();

        Assert.Equal(sent, received.ToArray());
        await Assert.ThrowsAsync<SshConnectionException>(async () => await pair.Client.ReceiveAsync(SessionPair.Soon()));
        Assert.NotEqual(sent, received.ToArray());
    }

    [Fact]
    public async Task So_does_one_whose_buffer_became_too_small_while_it_was_worked_on()
    {
        byte[] payload = RandomNumberGenerator.GetBytes(1000);
        byte[] packet = [0, 0, 3, 0xF4, 11, .. payload, .. new byte[11]];
        using PacketReader reader = new(new MemoryStream([.. packet, .. RandomNumberGenerator.GetBytes(64 * 1024)])) { MaxPacketLength = 36 * 1024 };
        Assert.True(await reader.FillAsync(SessionPair.Soon()));
        Assert.True(reader.TryRead(out ReadOnlyMemory<byte> read));
        reader.Lend();
        Assert.True(await reader.FillAsync(SessionPair.Soon()));

        reader.Dispose();

        Assert.Equal(payload, read.ToArray());
        reader.Release();
        Assert.NotEqual(payload, read.ToArray());
    }
}
