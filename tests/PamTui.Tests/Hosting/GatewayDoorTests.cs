using PamTui.Hosting;

namespace PamTui.Tests.Hosting;

public sealed class GatewayDoorTests
{
    [Theory]
    [InlineData("127.0.0.1:2222", "127.0.0.1", 2222)]
    [InlineData("[::1]:22", "::1", 22)]
    [InlineData("gw.example.org:2222", "gw.example.org", 2222)]
    public void An_address_is_host_and_port(string text, string host, int port) => Assert.Equal((host, port), GatewayDoor.ParseAddress(text));

    [Theory]
    [InlineData("-oProxyCommand=id:22")]
    [InlineData("$(id):22")]
    [InlineData("a b:22")]
    [InlineData("gw")]
    [InlineData("gw:0")]
    [InlineData("gw:65536")]
    [InlineData(":22")]
    [InlineData("alice@gw:22")]
    public void F4_what_ssh_or_a_shell_could_take_for_more_is_no_address(string text) => Assert.Null(GatewayDoor.ParseAddress(text));

    [Fact]
    public void The_words_for_ssh_trust_only_the_given_host_keys_and_key()
    {
        GatewayDoor door = new("127.0.0.1", 2222, "alice", "/d/known_hosts", "/d/key");
        Assert.Equal(
            ["-p", "2222", "-o", "UserKnownHostsFile=/d/known_hosts", "-o", "GlobalKnownHostsFile=/dev/null", "-o", "StrictHostKeyChecking=yes", "-i", "/d/key", "-o", "IdentitiesOnly=yes", "alice@deploy@web-1@127.0.0.1"],
            door.Arguments("deploy@web-1"));
        Assert.Equal("ssh -p 22 alice@gw account list 'it'\\''s'", new GatewayDoor("gw", 22, "alice", null, null).Line(null, "account", "list", "it's"));
    }
}
