using CsCheck;
using PamTui.Core.Model;
using PamTui.Gateway.Jump;

namespace PamTui.Tests.GatewayTests;

public sealed class JumpNameTests
{
    private static readonly Gen<string> s_name =
        Gen.Select(Gen.Char["abcz019"], Gen.Char["abz09._-"].Array[0, 62]).Select((first, rest) => first + new string(rest));

    [Theory]
    [InlineData("web-root", "web-root", null)]
    [InlineData("web-root.pam", "web-root", null)]
    [InlineData("web.pam.pam", "web.pam", null)]
    [InlineData("root+web-1", "web-1", "root")]
    [InlineData("root+web-1.pam", "web-1", "root")]
    [InlineData("root@web-1", "web-1", "root")]
    [InlineData("10.0.0.1", "10.0.0.1", null)]
    public void Host_names_one_thing_or_an_account_and_its_resource(string host, string name, string? account) =>
        Assert.Equal(new JumpName(name, account), JumpName.Parse(host));

    [Theory]
    [InlineData("")]
    [InlineData(".pam")]
    [InlineData("+")]
    [InlineData("root+")]
    [InlineData("+web-1")]
    [InlineData("root@a+web")]
    [InlineData("a+b+c")]
    [InlineData("Web-1")]
    [InlineData("web-1\n")]
    [InlineData("web-1 ")]
    [InlineData("we\u0431-1")]
    [InlineData("[::1]")]
    [InlineData("::1")]
    [InlineData("../x")]
    [InlineData("web-1\0")]
    public void B18_what_is_not_exactly_a_name_is_nobodys(string host) => Assert.Null(JumpName.Parse(host));

    [Fact]
    public void B18_over_long_host_is_refused_without_being_split() => Assert.Null(JumpName.Parse(new string('+', 1_000_000)));

    [Fact]
    public void F6_the_word_for_an_account_means_that_account_and_no_other() => Gen.Select(s_name, s_name, Gen.Bool).Sample((account, start, pam) =>
    {
        string resource = pam ? start[..Math.Min(start.Length, 59)] + JumpName.Suffix : start;
        return JumpName.Parse(JumpName.Format(new AccountRef(resource, account))) == new JumpName(resource, account);
    });

    [Fact]
    public void No_input_makes_it_throw_or_gives_a_name_against_the_rules() => Gen.String.Sample(text =>
        JumpName.Parse(text) is not { } name || (Names.IsValid(name.Host) && (name.Account is null || Names.IsValid(name.Account))));
}
