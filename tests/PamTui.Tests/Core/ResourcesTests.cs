using PamTui.Core.Model;
using PamTui.Core.Resources;
using static PamTui.Tests.CoreTests.TestVault;

namespace PamTui.Tests.CoreTests;

public sealed class ResourcesTests
{
    private const string Fingerprint = "SHA256:UCUiLr7Pjs9wFFJMDByLgc3NrtdU344OgUM45wZPcIQ";

    private static readonly ResourceDraft s_web = new("web-1", ResourceKind.Linux, "10.0.0.5", null, null, TlsMode.Verify, null, [], false, "", Metadata.Empty);

    [Fact]
    public async Task Added_resource_is_found_with_all_its_fields()
    {
        await using TestVault vault = await OpenAsync();
        HostKeyPin pin = new("ssh-ed25519", Fingerprint, "option", vault.Time.GetUtcNow());
        ResourceDraft draft = s_web with { Port = 2222, HostKeys = [pin], Description = "the first", Metadata = Pairs("env=prod owner=ops") };

        Ok(await vault.Product.Resources.AddAsync(Local, draft, Ct));
        Resource found = Ok(await vault.Product.Resources.FindAsync(Local, "web-1", Ct));

        Assert.Equal(("10.0.0.5", 2222, "the first"), (found.Host, found.Port, found.Description));
        Assert.Equal([pin], found.HostKeys);
        Assert.Equal(Pairs("env=prod owner=ops"), found.Metadata);
    }

    [Fact]
    public async Task Port_follows_the_kind_when_none_is_given()
    {
        await using TestVault vault = await OpenAsync();

        Assert.Equal(22, (await vault.AddResourceAsync("a")).Port);
        Assert.Equal(5432, (await vault.AddResourceAsync("b", kind: ResourceKind.PostgreSql)).Port);
        Assert.Equal(3306, (await vault.AddResourceAsync("c", kind: ResourceKind.MySql)).Port);
    }

    public static TheoryData<string, ResourceDraft> Broken => new()
    {
        { "name", s_web with { Name = "Web" } },
        { "name", s_web with { Name = "a@b" } },
        { "host", s_web with { Host = "" } },
        { "host", s_web with { Host = "-oProxyCommand=x" } },
        { "host", s_web with { Host = "a b" } },
        { "host", s_web with { Host = "a\u001bb" } },
        { "port", s_web with { Port = 0 } },
        { "port", s_web with { Port = 65536 } },
        { "database", s_web with { Database = "x" } },
        { "tlsCa", s_web with { TlsCa = "x" } },
        { "hostKey", s_web with { HostKeys = [new HostKeyPin("", "SHA256:short", "option", default)] } },
        { "hostKey", s_web with { HostKeys = [new HostKeyPin("", "MD5:00:11", "option", default)] } },
        { "description", s_web with { Description = new string('x', 513) } },
        { "database", s_web with { Kind = ResourceKind.PostgreSql } },
        { "hostKey", s_web with { Kind = ResourceKind.MySql, TrustOnFirstUse = true } },
        { "tlsCa", s_web with { Kind = ResourceKind.MySql, TlsCa = "no certificate" } },
        { "tlsCa", s_web with { Kind = ResourceKind.MySql, TlsMode = TlsMode.Off, TlsCa = "-----BEGIN CERTIFICATE-----" } },
    };

    [Theory]
    [MemberData(nameof(Broken))]
    public async Task Broken_rule_names_its_field_and_saves_nothing(string field, ResourceDraft draft)
    {
        await using TestVault vault = await OpenAsync();

        Refusal refusal = (await vault.Product.Resources.AddAsync(Local, draft, Ct)).Refusal!;

        Assert.Equal((RefusalKind.Invalid, field), (refusal.Kind, refusal.Field));
        Assert.Equal(0, Ok(await vault.Product.Resources.ListAsync(Local, "", new PageRequest(), Ct)).Total);
    }

    [Fact]
    public async Task Name_that_is_taken_is_refused()
    {
        await using TestVault vault = await OpenAsync();
        await vault.AddResourceAsync("web-1");

        Assert.Equal(RefusalKind.Failed, (await vault.Product.Resources.AddAsync(Local, s_web, Ct)).Refusal!.Kind);
    }

    [Fact]
    public async Task Another_host_makes_accounts_unverified_and_keeps_pins_and_another_description_does_not()
    {
        await using TestVault vault = await OpenAsync();
        Ok(await vault.Product.Resources.AddAsync(Local, s_web with { HostKeys = [new HostKeyPin("", Fingerprint, "option", default)] }, Ct));
        await vault.AddAccountAsync("web-1/deploy");
        Ok(await vault.Product.Accounts.CheckAsync(Local, new AccountRef("web-1", "deploy"), null, Ct));

        Ok(await vault.Product.Resources.EditAsync(Local, "web-1", new ResourceChange { Description = "new" }, Ct));
        Assert.Equal(CheckState.Verified, Ok(await vault.Product.Accounts.FindAsync(Local, new AccountRef("web-1", "deploy"), Ct)).CheckState);

        Resource moved = Ok(await vault.Product.Resources.EditAsync(Local, "web-1", new ResourceChange { Host = "10.0.0.6" }, Ct));
        Assert.Equal(CheckState.Unverified, Ok(await vault.Product.Accounts.FindAsync(Local, new AccountRef("web-1", "deploy"), Ct)).CheckState);
        Assert.Single(moved.HostKeys);
    }

    [Fact]
    public async Task Host_keys_are_pinned_beside_each_other_and_removed()
    {
        await using TestVault vault = await OpenAsync();
        await vault.AddResourceAsync("web-1");
        string other = "SHA256:" + new string('A', 43);

        Ok(await vault.Product.Resources.PinHostKeyAsync(Local, "web-1", new SeenHostKey("ssh-ed25519", Fingerprint), "accepted by root", Ct));
        Ok(await vault.Product.Resources.PinHostKeyAsync(Local, "web-1", new SeenHostKey("ssh-rsa", other), "accepted by root", Ct));
        Resource left = Ok(await vault.Product.Resources.RemoveHostKeyAsync(Local, "web-1", Fingerprint, Ct));

        Assert.Equal(other, Assert.Single(left.HostKeys).Fingerprint);
        Assert.Equal(RefusalKind.NotFound, (await vault.Product.Resources.RemoveHostKeyAsync(Local, "web-1", Fingerprint, Ct)).Refusal!.Kind);
    }

    [Fact]
    public async Task Removed_resource_takes_its_accounts_along_and_its_name_can_be_used_again()
    {
        await using TestVault vault = await OpenAsync();
        await vault.AddResourceAsync("web-1");
        await vault.AddAccountAsync("web-1/deploy", alias: "d");

        Ok(await vault.Product.Resources.RemoveAsync(Local, "web-1", Ct));

        Assert.Equal(0, Ok(await vault.Product.Accounts.ListAsync(Local, "", new PageRequest(), Ct)).Total);
        await vault.AddResourceAsync("web-1");
        await vault.AddAccountAsync("web-1/deploy", alias: "d");
    }
}
