using System.Buffers;
using PamTui.Ssh.Wire;

namespace PamTui.Ssh.Tests.Wire;

public sealed class NameListTests
{
    [Theory]
    [InlineData("", new string[0])]
    [InlineData("a", new[] { "a" })]
    [InlineData("a,b", new[] { "a", "b" })]
    [InlineData("aes256-ctr,aes128-ctr,", new[] { "aes256-ctr", "aes128-ctr" })]
    public void Names_are_read_and_a_comma_at_the_end_which_libssh_writes_is_let_pass(string list, string[] names) => Assert.Equal(names, Read(list));

    [Theory]
    [InlineData(",")]
    [InlineData(",a")]
    [InlineData("a,,b")]
    [InlineData("a,,")]
    [InlineData("a b")]
    [InlineData("a\n")]
    public void Empty_and_unprintable_names_are_refused(string list) => Assert.Throws<SshProtocolException>(() => Read(list));

    [Fact]
    public void More_names_than_the_cap_are_refused() => Assert.Throws<SshProtocolException>(() => Read(string.Join(',', Enumerable.Repeat("a", 257))));

    private static string[] Read(string list)
    {
        ArrayBufferWriter<byte> buffer = new();
        new SshWriter(buffer).String(list);
        SshReader reader = new(buffer.WrittenSpan);
        string[] names = reader.NameList();
        reader.End();
        return names;
    }
}
