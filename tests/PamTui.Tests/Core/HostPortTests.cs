using PamTui.Core.Model;

namespace PamTui.Tests.CoreTests;

public sealed class HostPortTests
{
    [Theory]
    [InlineData("wiki.corp:443", "wiki.corp", 443)]
    [InlineData("WIKI.Corp:1", "wiki.corp", 1)]
    [InlineData("a_b-c:65535", "a_b-c", 65535)]
    [InlineData("10.0.0.5:80", "10.0.0.5", 80)]
    [InlineData("[2001:DB8:0::5]:80", "2001:db8::5", 80)]
    [InlineData("[::ffff:10.0.0.5]:80", "::ffff:10.0.0.5", 80)]
    public void Place_is_a_name_or_an_address_and_a_port_and_is_written_as_it_is_read(string text, string host, int port)
    {
        HostPort place = HostPort.Parse(text).Value;

        Assert.Equal((host, port), (place.Host, place.Port));
        Assert.Equal(place, HostPort.Parse(place.ToString()).Value);
        Assert.Equal(place, HostPort.Of(text[..text.LastIndexOf(':')].Trim('[', ']'), (uint)port));
    }

    [Theory]
    [InlineData("")]
    [InlineData("wiki.corp")]
    [InlineData(":80")]
    [InlineData("wiki.corp:")]
    [InlineData("wiki.corp:0")]
    [InlineData("wiki.corp:65536")]
    [InlineData("wiki.corp:+80")]
    [InlineData("wiki.corp:99999999999999999999")]
    [InlineData("wiki.corp.:80")]
    [InlineData("wiki..corp:80")]
    [InlineData("-wiki:80")]
    [InlineData("wiki corp:80")]
    [InlineData("wiki\u0007:80")]
    [InlineData("2001:db8::5:80")]
    [InlineData("[wiki.corp]:80")]
    [InlineData("[10.0.0.5]:80")]
    [InlineData("127.1:80")]
    [InlineData("0x7f000001:80")]
    [InlineData("0x7f.1:80")]
    [InlineData("2130706433:80")]
    [InlineData("010.0.0.5:80")]
    [InlineData("1.2.3.4.5:80")]
    public void Whatever_could_be_read_in_two_ways_is_no_place(string text) => Assert.Equal("to", HostPort.Parse(text).Refusal!.Field);
}
