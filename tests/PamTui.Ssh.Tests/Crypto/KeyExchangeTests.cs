using PamTui.Ssh.Crypto;

namespace PamTui.Ssh.Tests.Crypto;

public sealed class KeyExchangeTests
{
    public static TheoryData<string> Names => [.. KeyExchange.Names];

    [Theory]
    [MemberData(nameof(Names))]
    public void Both_sides_come_to_the_same_secret(string name)
    {
        using KeyExchange client = KeyExchange.Create(name);
        using KeyExchange server = KeyExchange.Create(name);

        byte[] reply = server.ServerReply(client.ClientInit(), out SharedSecret atServer);
        using SharedSecret atClient = client.ClientFinish(reply);

        Assert.True(atClient.FixedTimeEquals(atServer));
        Assert.Equal(atClient.AsString, atServer.AsString);
        atServer.Dispose();
    }
}
