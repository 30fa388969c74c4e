using PamTui.Core.Accounts;
using PamTui.Core.Imports;
using PamTui.Core.Model;
using PamTui.Core.Resources;
using static PamTui.Tests.CoreTests.TestVault;

namespace PamTui.Tests.CoreTests;

public sealed class KnownHostsImportTests
{
    // Of example.org, written by `ssh-keygen -H`.
    private const string HashedName = "|1|193prJhfK7VbeKIuItNvldqOCC4=|KmWXLiLG+NcFbc7pDwF9KtBtnR8=";

    [Fact]
    public async Task Keys_are_pinned_on_every_resource_whose_host_a_line_covers_hashed_or_by_a_pattern()
    {
        await using TestVault vault = await OpenAsync();
        await AddAsync(vault, "plain", "10.0.0.1");
        await AddAsync(vault, "other-port", "10.0.0.1", 2222);
        await AddAsync(vault, "hashed", "example.org");
        await AddAsync(vault, "pattern", "db.shop.example");
        await AddAsync(vault, "excluded", "web.shop.example");
        await vault.AddResourceAsync("database", kind: ResourceKind.PostgreSql);

        IReadOnlyList<ImportOutcome> outcomes = await ApplyAsync(vault, $"""
            10.0.0.1,somewhere {Key(1)}
            10.0.0.1 {Key(1)} the same again
            {HashedName} {Key(2)}
            *.shop.example,!web.shop.example {Key(3)} comment
            database.example {Key(4)}
            nobody {Key(5)}
            """);

        Assert.Equal(["host key plain ssh-ed25519", "host key hashed ssh-ed25519", "host key pattern ssh-ed25519"], outcomes.Where(outcome => outcome.Result == ImportResult.Added).Select(outcome => outcome.Subject));
        Assert.Equal("No linux resource has the host of this line, nor that of another one.", Assert.Single(outcomes, outcome => outcome.Result == ImportResult.Skipped).Message);
        Assert.Equal([Print(1)], await PinsAsync(vault, "plain"));
        Assert.Equal([Print(2)], await PinsAsync(vault, "hashed"));
        Assert.Equal([Print(3)], await PinsAsync(vault, "pattern"));
        Assert.Empty(await PinsAsync(vault, "other-port"));
        Assert.Empty(await PinsAsync(vault, "excluded"));
        Assert.Equal(3, Ok(await vault.Product.Audit.ListAsync(Local, "action=resource.host-key.pin", new PageRequest(), Ct)).Total);

        Assert.All(await ApplyAsync(vault, $"10.0.0.1 {Key(1)}\n"), outcome => Assert.Equal((ImportResult.Skipped, "It is there already."), (outcome.Result, outcome.Message)));
    }

    [Fact]
    public async Task Another_key_of_the_same_type_stays_out_unless_the_file_counts_and_then_takes_the_old_ones_place()
    {
        await using TestVault vault = await OpenAsync();
        await AddAsync(vault, "web-1", "10.0.0.1");
        await ApplyAsync(vault, $"10.0.0.1 {Key(1)}\n");
        string changed = $"10.0.0.1 {Key(2)}\n10.0.0.1 {Key(3)}\n";

        Assert.All(await ApplyAsync(vault, changed), outcome => Assert.Equal(ImportResult.Skipped, outcome.Result));
        Assert.Equal([Print(1)], await PinsAsync(vault, "web-1"));
        Result<IReadOnlyList<ImportOutcome>> stopped = await RunAsync(vault, changed, OnClash.Fail);
        Assert.Equal($"Nothing is imported: line 1, host key web-1 ssh-ed25519: It is there and differs: its key is {Print(1)} and would be {Print(2)}.", stopped.Refusal!.Message);

        Assert.All(await ApplyAsync(vault, changed, OnClash.Update), outcome => Assert.Equal(ImportResult.Updated, outcome.Result));
        Assert.Equal(new[] { Print(2), Print(3) }.Order(StringComparer.Ordinal), await PinsAsync(vault, "web-1"));
    }

    [Fact]
    public async Task A_revoked_key_is_never_pinned_and_is_taken_away_where_the_file_counts()
    {
        await using TestVault vault = await OpenAsync();
        await AddAsync(vault, "web-1", "10.0.0.1", firstUse: true);
        await AddAsync(vault, "web-2", "10.0.0.2");
        await ApplyAsync(vault, $"10.0.0.1 {Key(1)}\n");
        string file = $"@revoked * {Key(1)}\n10.0.0.2 {Key(1)}\n";

        IReadOnlyList<ImportItem> items = await LookAsync(vault, file);
        Assert.Equal(
            [(1, ImportAction.Clash, "It is trusted, and the file revokes it."), (1, ImportAction.LeftOut, "The file revokes it, and it is not trusted here."), (2, ImportAction.LeftOut, "Another line of the file revokes it.")],
            items.Select(item => (item.Line, item.Action, item.Message!)));
        await ApplyAsync(vault, file);
        Assert.Equal([Print(1)], await PinsAsync(vault, "web-1"));

        await ApplyAsync(vault, file, OnClash.Update);
        Resource left = Ok(await vault.Product.Resources.FindAsync(Local, "web-1", Ct));
        Assert.Empty(left.HostKeys);
        Assert.False(left.TrustOnFirstUse);
        Assert.Empty(await PinsAsync(vault, "web-2"));
    }

    [Fact]
    public async Task A_CA_is_trusted_as_such_and_lines_that_are_wrong_are_told_one_by_one()
    {
        await using TestVault vault = await OpenAsync();
        await AddAsync(vault, "web-1", "10.0.0.1");

        IReadOnlyList<ImportOutcome> outcomes = await ApplyAsync(vault, $"""
            # comment
            @cert-authority 10.0.0.* {Key(7)}
            @unknown 10.0.0.1 {Key(8)}
            10.0.0.1 ssh-ed25519
            10.0.0.1 ssh-rsa {Key(9).Split(' ')[1]}
            """);

        Assert.Equal(
            [
                (2, ImportResult.Added, null),
                (3, ImportResult.Failed, "The marker '@unknown' is not known."),
                (4, ImportResult.Failed, "Line 4 of the known_hosts file is not `HOSTS KEYTYPE BASE64`."),
                (5, ImportResult.Failed, "The line holds no sound public key."),
            ],
            outcomes.Select(outcome => (outcome.Line, outcome.Result, outcome.Message)));
        Resource web = Ok(await vault.Product.Resources.FindAsync(Local, "web-1", Ct));
        Assert.Empty(web.HostKeys);
        Assert.Equal(Print(7), Assert.Single(web.HostAuthorities).Fingerprint);
    }

    [Fact]
    public async Task A_member_imports_no_host_keys()
    {
        await using TestVault vault = await OpenAsync();
        await AddAsync(vault, "web-1", "10.0.0.1");
        Actor alice = await vault.AddUserAsync("alice");
        using ImportFile file = Ok(KnownHostsImport.Read($"10.0.0.1 {Key(1)}\n"));
        Assert.Equal(RefusalKind.NotAllowed, (await vault.Product.Imports.ApplyAsync(alice, file, new ImportOptions(CheckMode.Check, OnClash.Update), null, Ct)).Refusal!.Kind);
        Assert.Empty(await PinsAsync(vault, "web-1"));
    }

    private static string Key(byte fill) => "ssh-ed25519 " + Convert.ToBase64String([0, 0, 0, 11, .. "ssh-ed25519"u8, 0, 0, 0, 32, .. Enumerable.Repeat(fill, 32)]);

    private static string Print(byte fill) => Assert.Single(Ok(KnownHostsImport.Read("x " + Key(fill))).HostKeys).Fingerprint;

    private static async Task AddAsync(TestVault vault, string name, string host, int? port = null, bool firstUse = false) =>
        Ok(await vault.Product.Resources.AddAsync(Local, new ResourceDraft(name, ResourceKind.Linux, host, port, null, TlsMode.Verify, null, [], firstUse, "", Metadata.Empty), Ct));

    private static async Task<IReadOnlyList<string>> PinsAsync(TestVault vault, string resource) =>
        [.. Ok(await vault.Product.Resources.FindAsync(Local, resource, Ct)).HostKeys.Select(pin => pin.Fingerprint).Order(StringComparer.Ordinal)];

    private static async Task<IReadOnlyList<ImportItem>> LookAsync(TestVault vault, string text)
    {
        using ImportFile file = Ok(KnownHostsImport.Read(text));
        return Ok(await vault.Product.Imports.PreviewAsync(Local, file, Ct));
    }

    private static async Task<IReadOnlyList<ImportOutcome>> ApplyAsync(TestVault vault, string text, OnClash onClash = OnClash.Skip) => Ok(await RunAsync(vault, text, onClash));

    private static async Task<Result<IReadOnlyList<ImportOutcome>>> RunAsync(TestVault vault, string text, OnClash onClash)
    {
        using ImportFile file = Ok(KnownHostsImport.Read(text));
        return await vault.Product.Imports.ApplyAsync(Local, file, new ImportOptions(CheckMode.Check, onClash), null, Ct);
    }
}
