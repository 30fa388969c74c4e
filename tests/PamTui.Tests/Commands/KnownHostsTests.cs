using PamTui.Commands;
using PamTui.Core.Model;

namespace PamTui.Tests.Commands;

public sealed class KnownHostsTests
{
    private const string Ed = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJZ2zXwNQ3yIlqnbTqk5sp0b7EcyPYYyS7YJrOBJlmUl";
    private const string Ec = "ecdsa-sha2-nistp256 AAAAE2VjZHNhLXNoYTItbmlzdHAyNTYAAAAIbmlzdHAyNTYAAABBBA==";

    [Fact]
    public void Every_key_type_of_the_host_is_found_and_those_of_others_are_not()
    {
        IReadOnlyList<HostKeyPin> pins = Find($"# mine\nweb,10.0.0.5 {Ed}\nweb {Ec}\nother {Ed}\n", "10.0.0.5").Value.Pins;
        Assert.Equal("ssh-ed25519", Assert.Single(pins).KeyType);
        Assert.Equal(["ssh-ed25519", "ecdsa-sha2-nistp256"], Find($"web,10.0.0.5 {Ed}\nweb {Ec}\n", "web").Value.Pins.Select(pin => pin.KeyType));
        Assert.StartsWith("SHA256:", pins[0].Fingerprint, StringComparison.Ordinal);
    }

    [Fact]
    public void A_port_other_than_22_has_brackets()
    {
        Assert.True(Find($"[web]:2222 {Ed}", "web", 2222).IsOk);
        Assert.False(Find($"[web]:2222 {Ed}", "web").IsOk);
        Assert.False(Find($"web {Ed}", "web", 2222).IsOk);
    }

    [Fact]
    public void A_hashed_name_is_found()
    {
        // Written by `ssh-keygen -H`.
        string line = "|1|193prJhfK7VbeKIuItNvldqOCC4=|KmWXLiLG+NcFbc7pDwF9KtBtnR8= " + Ed;
        Assert.True(Find(line, "example.org").IsOk);
        Assert.False(Find(line, "example.com").IsOk);
    }

    [Fact]
    public void Patterns_cover_and_a_negated_one_excludes()
    {
        Assert.True(Find($"*.example.org,!db.example.org {Ed}", "web.example.org").IsOk);
        Assert.False(Find($"*.example.org,!db.example.org {Ed}", "db.example.org").IsOk);
    }

    [Fact]
    public void A_revoked_key_is_never_pinned()
    {
        Result<GivenHostKeys> found = Find($"web {Ed}\n@revoked * {Ed}\n", "web");
        Assert.Contains("revoked", found.Refusal!.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("web ssh-ed25519")]
    [InlineData("web ssh-rsa AAAAC3NzaC1lZDI1NTE5AAAAIJZ2zXwNQ3yIlqnbTqk5sp0b7EcyPYYyS7YJrOBJlmUl")]
    [InlineData("web ssh-ed25519 !!!!")]
    [InlineData("@other web ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJZ2zXwNQ3yIlqnbTqk5sp0b7EcyPYYyS7YJrOBJlmUl")]
    public void A_line_that_is_not_sound_is_named(string line) =>
        Assert.Contains("Line 1", Find(line, "web").Refusal!.Message, StringComparison.Ordinal);

    [Fact]
    public void CA_of_host_keys_is_taken_as_such_and_never_as_a_key_of_the_host()
    {
        GivenHostKeys found = Find($"@cert-authority *.example.org {Ed}\nweb.example.org {Ec}\n", "web.example.org").Value;

        Assert.Equal(["ecdsa-sha2-nistp256"], found.Pins.Select(pin => pin.KeyType));
        Assert.Equal(string.Join(' ', Ed.Split(' ')[..2]), Assert.Single(found.Authorities).KeyLine);
        Assert.False(Find($"@cert-authority * {Ed}\n@revoked * {Ed}\n", "web").IsOk);
    }

    private static Result<GivenHostKeys> Find(string content, string host, int port = 22) =>
        KnownHosts.Find(content, host, port, DateTimeOffset.UnixEpoch);
}
