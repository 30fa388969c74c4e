using CsCheck;
using PamTui.Core.Model;
using PamTui.Gateway.Login;

namespace PamTui.Tests.GatewayTests;

public sealed class LoginNameTests
{
    private static readonly Gen<string> s_name =
        Gen.Select(Gen.Char["abcz019"], Gen.Char["abz09._-"].Array[0, 62]).Select((first, rest) => first + new string(rest));

    [Theory]
    [InlineData("alice", "alice", null, null)]
    [InlineData("alice@db-admin", "alice", "db-admin", null)]
    [InlineData("alice+db-admin", "alice", "db-admin", null)]
    [InlineData("alice@postgres@production-database", "alice", "postgres", "production-database")]
    [InlineData("alice+postgres+production-database", "alice", "postgres", "production-database")]
    public void Login_names_a_user_an_account_and_a_resource(string login, string user, string? account, string? resource) =>
        Assert.Equal(new LoginName(user, account, resource), LoginName.Parse(login));

    [Theory]
    [InlineData("")]
    [InlineData("@")]
    [InlineData("alice@")]
    [InlineData("@web")]
    [InlineData("alice@@web")]
    [InlineData("alice@root+web")]
    [InlineData("alice@a@b@c")]
    [InlineData("Alice")]
    [InlineData("alice ")]
    [InlineData("alice\n")]
    [InlineData("alice@root\0@web")]
    [InlineData("\u0430lice")]
    [InlineData("alice@ro\u043et")]
    [InlineData("alice@root,admin")]
    [InlineData("alice@*")]
    [InlineData("alice/root")]
    [InlineData("-oProxyCommand=x")]
    [InlineData("../x")]
    [InlineData("alice\uff20root")]
    public void B18_what_is_not_exactly_a_login_is_nobodys(string login) => Assert.Null(LoginName.Parse(login));

    [Fact]
    public void B18_over_long_login_is_refused_without_being_split()
    {
        string longest = new('a', Names.MaxLength);

        Assert.NotNull(LoginName.Parse($"{longest}@{longest}@{longest}"));
        Assert.Null(LoginName.Parse(longest + "a"));
        Assert.Null(LoginName.Parse(new string('@', 1_000_000)));
    }

    [Fact]
    public void F6_what_was_put_together_comes_apart_the_same_way() =>
        Gen.Select(s_name, s_name, s_name, Gen.Int[1, 3], Gen.Char["@+"]).Sample((user, account, resource, parts, separator) =>
        {
            LoginName login = new(user, parts > 1 ? account : null, parts > 2 ? resource : null);
            return LoginName.Parse(login.Format(separator)) == login;
        });

    [Fact]
    public void No_input_makes_it_throw_or_gives_a_name_against_the_rules() =>
        Gen.String.Sample(text => LoginName.Parse(text) is not { } login
            || (Names.IsValid(login.User) && (login.Account is null || Names.IsValid(login.Account)) && (login.Resource is null || Names.IsValid(login.Resource))));
}
