using Microsoft.Data.Sqlite;
using PamTui.Core;
using PamTui.Core.Accounts;
using PamTui.Core.Imports;
using PamTui.Core.Model;
using PamTui.Core.Resources;
using PamTui.Core.Statements;
using PamTui.Core.Users;
using PamTui.Core.Vault;
using static PamTui.Tests.CoreTests.TestVault;

namespace PamTui.Tests.CoreTests;

/// <summary>F1: every use case that takes an actor, as a member without a grant. The list is checked against the types, so a new one cannot be forgotten.</summary>
public sealed class IdorTests
{
    private static readonly AccountRef s_deploy = new("web-1", "deploy");
    private static readonly PageRequest s_page = new();
    private static readonly GrantDraft s_grant = new("eve", "web-1/*", Capability.Connect);
    private static readonly ResourceDraft s_resource = new("new", ResourceKind.Linux, "h", null, null, TlsMode.Verify, null, [], false, "", Metadata.Empty);

    private static readonly ImportFile s_import = new([new ImportRow(2, s_resource, null, new ImportedFields([]))], []);

    private static readonly PolicyDraft s_policy = new("daily", null, "web-1/*", new RotationTerms(true, TimeSpan.FromDays(1), null, TimeSpan.Zero, true, false, null, null));

    private static readonly Dictionary<string, Func<Product, Actor, Task<Refusal?>>> s_refused = new()
    {
        ["Resources.AddAsync"] = async (p, a) => (await p.Resources.AddAsync(a, s_resource, Ct)).Refusal,
        ["Resources.EditAsync"] = async (p, a) => (await p.Resources.EditAsync(a, "web-1", new ResourceChange { Host = "evil" }, Ct)).Refusal,
        ["Resources.RemoveAsync"] = async (p, a) => (await p.Resources.RemoveAsync(a, "web-1", Ct)).Refusal,
        ["Resources.FindAsync"] = async (p, a) => (await p.Resources.FindAsync(a, "web-1", Ct)).Refusal,
        ["Resources.CheckAsync"] = async (p, a) => (await p.Resources.CheckAsync(a, "web-1", null, Ct)).Refusal,
        ["Resources.PinHostKeyAsync"] = async (p, a) => (await p.Resources.PinHostKeyAsync(a, "web-1", new SeenHostKey("", "SHA256:" + new string('A', 43)), "x", Ct)).Refusal,
        ["Resources.PinHostAuthorityAsync"] = async (p, a) => (await p.Resources.PinHostAuthorityAsync(
            a, "web-1", new HostAuthority("ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJZ2zXwNQ3yIlqnbTqk5sp0b7EcyPYYyS7YJrOBJlmUl", "x"), Ct)).Refusal,
        ["Resources.AcceptOfferedHostKeyAsync"] = async (p, a) => (await p.Resources.AcceptOfferedHostKeyAsync(a, "web-1", "SHA256:" + new string('A', 43), Ct)).Refusal,
        ["Resources.RemoveHostKeyAsync"] = async (p, a) => (await p.Resources.RemoveHostKeyAsync(a, "web-1", "x", Ct)).Refusal,
        ["Accounts.AddAsync"] = async (p, a) =>
        {
            using NewCredential credential = Password("pw");
            return (await p.Accounts.AddAsync(a, Draft("web-1/new", credential), CheckMode.Check, null, Ct)).Refusal;
        },
        ["Accounts.EditAsync"] = async (p, a) => (await p.Accounts.EditAsync(a, s_deploy, new AccountChange { Username = "root" }, CheckMode.Check, null, Ct)).Refusal,
        ["Accounts.PublicKeyAsync"] = async (p, a) => (await p.Accounts.PublicKeyAsync(a, s_deploy, Ct)).Refusal,
        ["Accounts.RemoveAsync"] = async (p, a) => (await p.Accounts.RemoveAsync(a, s_deploy, Ct)).Refusal,
        ["Accounts.FindAsync"] = async (p, a) => (await p.Accounts.FindAsync(a, s_deploy, Ct)).Refusal,
        ["Accounts.CapabilitiesAsync"] = async (p, a) => (await p.Accounts.CapabilitiesAsync(a, s_deploy, Ct)).Refusal,
        ["Accounts.CheckAsync"] = async (p, a) => (await p.Accounts.CheckAsync(a, s_deploy, null, Ct)).Refusal,
        ["Accounts.RevealAsync"] = async (p, a) => (await p.Accounts.RevealAsync(a, s_deploy, "x", Ct)).Refusal,
        ["Accounts.HistoryAsync"] = async (p, a) => (await p.Accounts.HistoryAsync(a, s_deploy, s_page, Ct)).Refusal,
        ["CheckHistory.ListAsync"] = async (p, a) => (await p.CheckHistory.ListAsync(a, s_deploy, s_page, Ct)).Refusal,
        ["Accounts.SetMetadataAsync"] = async (p, a) => (await p.Accounts.SetMetadataAsync(a, s_deploy, Metadata.Empty, Ct)).Refusal,
        ["Users.AddAsync"] = async (p, a) => (await p.Users.AddAsync(a, "mine", Role.Admin, null, Ct)).Refusal,
        ["Users.ListAsync"] = async (p, a) => (await p.Users.ListAsync(a, "", s_page, Ct)).Refusal,
        ["Users.FindAsync"] = async (p, a) => (await p.Users.FindAsync(a, "root", Ct)).Refusal,
        ["Users.RemoveAsync"] = async (p, a) => (await p.Users.RemoveAsync(a, "alice", Ct)).Refusal,
        ["Users.SetDisabledAsync"] = async (p, a) => (await p.Users.SetDisabledAsync(a, "alice", true, Ct)).Refusal,
        ["Users.SetRoleAsync"] = async (p, a) => (await p.Users.SetRoleAsync(a, "eve", Role.Admin, Ct)).Refusal,
        ["Users.AddKeyAsync"] = async (p, a) => (await p.Users.AddKeyAsync(a, "alice", Key, Ct)).Refusal,
        ["Users.RemoveKeyAsync"] = async (p, a) => (await p.Users.RemoveKeyAsync(a, "root", "x", Ct)).Refusal,
        ["Users.SetPasswordAsync"] = async (p, a) => (await p.Users.SetPasswordAsync(a, "root", null, Ct)).Refusal,
        ["Groups.AddAsync"] = async (p, a) => (await p.Groups.AddAsync(a, "mine", Ct)).Refusal,
        ["Groups.RemoveAsync"] = async (p, a) => (await p.Groups.RemoveAsync(a, "ops", Ct)).Refusal,
        ["Groups.ListAsync"] = async (p, a) => (await p.Groups.ListAsync(a, "", s_page, Ct)).Refusal,
        ["Groups.RenameAsync"] = async (p, a) => (await p.Groups.RenameAsync(a, "ops", "mine", Ct)).Refusal,
        ["Groups.FindAsync"] = async (p, a) => (await p.Groups.FindAsync(a, "ops", Ct)).Refusal,
        ["Users.ActivityAsync"] = async (p, a) => (await p.Users.ActivityAsync(a, "alice", Ct)).Refusal,
        ["Groups.AddMemberAsync"] = async (p, a) => (await p.Groups.AddMemberAsync(a, "ops", "eve", Ct)).Refusal,
        ["Groups.RemoveMemberAsync"] = async (p, a) => (await p.Groups.RemoveMemberAsync(a, "ops", "alice", Ct)).Refusal,
        ["Grants.AddAsync"] = async (p, a) => (await p.Grants.AddAsync(a, s_grant, Ct)).Refusal,
        ["Grants.ListAsync"] = async (p, a) => (await p.Grants.ListAsync(a, s_page, Ct)).Refusal,
        ["Grants.SearchAsync"] = async (p, a) => (await p.Grants.SearchAsync(a, new GrantQuery(OfUser: "alice"), s_page, Ct)).Refusal,
        ["Grants.PreviewAsync"] = async (p, a) => (await p.Grants.PreviewAsync(a, "web-1/*", 5, Ct)).Refusal,
        ["Grants.EditAsync"] = async (p, a) => (await p.Grants.EditAsync(a, 1, new GrantChange(Capability.Reveal), Ct)).Refusal,
        ["Grants.RemoveAsync"] = async (p, a) => (await p.Grants.RemoveAsync(a, 1, Ct)).Refusal,
        ["Grants.ExplainAsync"] = async (p, a) => (await p.Grants.ExplainAsync(a, "alice", s_deploy, Ct)).Refusal,
        ["Grants.ExplainForwardAsync"] = async (p, a) => (await p.Grants.ExplainForwardAsync(a, "alice", HostPort.Parse("wiki.corp:443").Value, Ct)).Refusal,
        ["Sessions.FindAsync"] = async (p, a) => (await p.Sessions.FindAsync(a, 1, Ct)).Refusal,
        ["Sessions.KillAsync"] = async (p, a) => (await p.Sessions.KillAsync(a, 1, "x", Ct)).Refusal,
        ["Statements.SummaryAsync"] = async (p, a) => (await p.Statements.SummaryAsync(a, 1, Ct)).Refusal,
        ["Statements.ReadAsync"] = async (p, a) => (await p.Statements.ReadAsync(a, 1, new StatementQuery(), s_page, Ct)).Refusal,
        ["Statements.FollowAsync"] = async (p, a) => (await p.Statements.FollowAsync(a, 1, new StatementQuery(), 0, Ct).FirstAsync(Ct)).Refusal,
        ["Rotations.PlanAsync"] = async (p, a) => (await p.Rotations.PlanAsync(a, s_deploy, false, null, Ct)).Refusal,
        ["Rotations.RotateAsync"] = async (p, a) => (await p.Rotations.RotateAsync(a, s_deploy, false, null, Ct)).Refusal,
        ["Rotations.ListAsync"] = async (p, a) => (await p.Rotations.ListAsync(a, s_deploy, s_page, Ct)).Refusal,
        ["Rotations.LeaseAsync"] = async (p, a) => (await p.Rotations.LeaseAsync(a, s_deploy, Ct)).Refusal,
        ["Rotations.ResolveAsync"] = async (p, a) => (await p.Rotations.ResolveAsync(a, s_deploy, true, true, Ct)).Refusal,
        ["Rotations.BreakLeaseAsync"] = async (p, a) => (await p.Rotations.BreakLeaseAsync(a, s_deploy, Ct)).Refusal,
        ["Authorities.InitAsync"] = async (p, a) => (await p.Authorities.InitAsync(a, Ct)).Refusal,
        ["Authorities.ListAsync"] = async (p, a) => (await p.Authorities.ListAsync(a, Ct)).Refusal,
        ["Authorities.RotateAsync"] = async (p, a) => (await p.Authorities.RotateAsync(a, Ct)).Refusal,
        ["Authorities.ActivateAsync"] = async (p, a) => (await p.Authorities.ActivateAsync(a, null, untried: false, Ct)).Refusal,
        ["Authorities.TryAsync"] = async (p, a) => (await p.Authorities.TryAsync(a, null, null, null, Ct)).Refusal,
        ["Authorities.RetireAsync"] = async (p, a) => (await p.Authorities.RetireAsync(a, "SHA256:x", Ct)).Refusal,
        ["Authorities.InstallAsync"] = async (p, a) => (await p.Authorities.InstallAsync(a, "web-1", null, Ct)).Refusal,
        ["Authorities.TrustedAsync"] = async (p, a) => (await p.Authorities.TrustedAsync(a, "web-1", Ct)).Refusal,
        ["Rotations.RunHookAsync"] = async (p, a) => (await p.Rotations.RunHookAsync(a, s_deploy, Ct)).Refusal,
        ["RotationRounds.DueAsync"] = async (p, a) => (await p.RotationRounds.DueAsync(a, Ct)).Refusal,
        ["RotationRounds.RunAsync"] = async (p, a) => (await p.RotationRounds.RunAsync(a, 1, null, Ct)).Refusal,
        ["RotationRounds.OutlookAsync"] = async (p, a) => (await p.RotationRounds.OutlookAsync(a, s_deploy, Ct)).Refusal,
        ["Policies.AddAsync"] = async (p, a) => (await p.Policies.AddAsync(a, s_policy, Ct)).Refusal,
        ["Policies.EditAsync"] = async (p, a) => (await p.Policies.EditAsync(a, "daily", policy => policy, Ct)).Refusal,
        ["Policies.RemoveAsync"] = async (p, a) => (await p.Policies.RemoveAsync(a, "daily", Ct)).Refusal,
        ["Policies.ListAsync"] = async (p, a) => (await p.Policies.ListAsync(a, Ct)).Refusal,
        ["Policies.FindAsync"] = async (p, a) => (await p.Policies.FindAsync(a, "daily", Ct)).Refusal,
        ["AuditLog.ListAsync"] = async (p, a) => (await p.Audit.ListAsync(a, "", s_page, Ct)).Refusal,
        ["AuditLog.SearchAsync"] = async (p, a) => (await p.Audit.SearchAsync(a, new AuditQuery(), s_page, Ct)).Refusal,
        ["AuditLog.FollowAsync"] = async (p, a) => (await p.Audit.FollowAsync(a, new AuditQuery(), 0, Ct).FirstAsync(Ct)).Refusal,
        ["AuditLog.VerifyAsync"] = async (p, a) => (await p.Audit.VerifyAsync(a, null, Ct)).Refusal,
        ["VaultKeys.RekeyAsync"] = async (p, a) => (await p.Keys.RekeyAsync(a, MasterKeyForm.File, new VaultUnlock(), null, Ct)).Refusal,
        ["VaultKeys.BackupAsync"] = async (p, a) => (await p.Keys.BackupAsync(a, Path.Combine(Path.GetTempPath(), "pamtui-never"), Ct)).Refusal,
        ["Imports.PreviewAsync"] = async (p, a) => (await p.Imports.PreviewAsync(a, s_import, Ct)).Refusal,
        ["Imports.ApplyAsync"] = async (p, a) => (await p.Imports.ApplyAsync(a, s_import, new ImportOptions(CheckMode.Check, OnClash.Update), null, Ct)).Refusal,
        ["Favourites.AddAsync"] = async (p, a) => (await p.Favourites.AddAsync(a, s_deploy, Ct)).Refusal,
        ["Favourites.RemoveAsync"] = async (p, a) => (await p.Favourites.RemoveAsync(a, s_deploy, Ct)).Refusal,
        ["SavedFilters.RemoveAsync"] = async (p, a) => (await p.SavedFilters.RemoveAsync(a, "alices", Ct)).Refusal,
        ["SavedFilters.RenameAsync"] = async (p, a) => (await p.SavedFilters.RenameAsync(a, "alices", "mine", Ct)).Refusal,
        ["SavedFilters.FindAsync"] = async (p, a) => (await p.SavedFilters.FindAsync(a, "alices", Ct)).Refusal,
        ["FormDrafts.ForgetAsync"] = async (p, a) => (await p.FormDrafts.ForgetAsync(a, "account.add", Ct)).Refusal,
        ["Doctor.ExamineAsync"] = async (p, a) => (await p.Doctor.ExamineAsync(a, Ct)).Refusal,
    };

    // His own things: there is nothing to see, and a member keeps them without any grant.
    private static readonly string[] s_own = ["SavedFilters.SaveAsync", "FormDrafts.SaveAsync", "FormDrafts.FindAsync", "PersonalSettings.SetThemeAsync", "PersonalSettings.ThemeAsync"];

    // These answer with what the member may see: nothing.
    private static readonly Dictionary<string, Func<Product, Actor, Task<int>>> s_empty = new()
    {
        ["Resources.ListAsync"] = async (p, a) => Ok(await p.Resources.ListAsync(a, "", s_page, Ct)).Total,
        ["Resources.ListSortedAsync"] = async (p, a) => Ok(await p.Resources.ListSortedAsync(a, "", [new(ResourceSort.Check)], s_page, Ct)).Total,
        ["Accounts.ListSortedAsync"] = async (p, a) => Ok(await p.Accounts.ListSortedAsync(a, "", [new(AccountSort.LastUsed, true)], s_page, Ct)).Total,
        ["Groupings.AccountsAsync"] = async (p, a) => Ok(await p.Groupings.AccountsAsync(a, "", "env", Ct)).Groups.Count,
        ["Groupings.ResourcesAsync"] = async (p, a) => Ok(await p.Groupings.ResourcesAsync(a, "", "env", Ct)).Groups.Count,
        ["Accounts.ListAsync"] = async (p, a) => Ok(await p.Accounts.ListAsync(a, "", s_page, Ct)).Total,
        ["Accounts.MetadataKeysAsync"] = async (p, a) => Ok(await p.Accounts.MetadataKeysAsync(a, Ct)).Count,
        ["KnownPairs.ValuesAsync"] = async (p, a) => Ok(await p.KnownPairs.ValuesAsync(a, "env", Ct)).Count,
        ["Favourites.ListAsync"] = async (p, a) => Ok(await p.Favourites.ListAsync(a, s_page, Ct)).Total,
        ["Favourites.RecentAsync"] = async (p, a) => Ok(await p.Favourites.RecentAsync(a, "", s_page, Ct)).Total,
        ["SavedFilters.ListAsync"] = async (p, a) => Ok(await p.SavedFilters.ListAsync(a, Ct)).Count,
        ["FormDrafts.ListAsync"] = async (p, a) => Ok(await p.FormDrafts.ListAsync(a, Ct)).Count,
        ["Attention.ListAsync"] = async (p, a) => Ok(await p.Attention.ListAsync(a, 1, Ct)).Count,
        ["Sessions.SearchAsync"] = async (p, a) => Ok(await p.Sessions.SearchAsync(a, new SessionQuery(), s_page, Ct)).Total,
        ["Sessions.WatchAsync"] = async (p, a) => Ok(await p.Sessions.WatchAsync(a, new SessionQuery(), Ct).FirstAsync(Ct)).Total,
        ["Sessions.ListAsync"] = async (p, a) => Ok(await p.Sessions.ListAsync(a, false, s_page, Ct)).Total,
    };

    [Fact]
    public void F1_every_use_case_is_in_the_sweep() => Assert.Equal(
        typeof(Product).Assembly.GetTypes()
            .Where(type => type.IsPublic && type.Namespace != typeof(Actor).Namespace)
            .SelectMany(type => type.GetMethods().Where(method => !method.IsStatic && method.GetParameters().FirstOrDefault()?.ParameterType == typeof(Actor)))
            .Select(method => method.DeclaringType!.Name + "." + method.Name)
            .Order(StringComparer.Ordinal),
        s_refused.Keys.Concat(s_empty.Keys).Concat(s_own).Order(StringComparer.Ordinal));

    [Fact]
    public async Task F1_member_without_a_grant_is_refused_everywhere_and_changes_nothing()
    {
        await using TestVault vault = await SampleAsync();
        Actor eve = await vault.AddUserAsync("eve");
        string before = Dump(vault);

        foreach ((string useCase, Func<Product, Actor, Task<Refusal?>> call) in s_refused)
        {
            Refusal? refusal = await call(vault.Product, eve);
            Assert.True(refusal?.Kind is RefusalKind.NotAllowed or RefusalKind.NotFound, useCase);
        }

        foreach ((string useCase, Func<Product, Actor, Task<int>> call) in s_empty)
        {
            Assert.True(await call(vault.Product, eve) == 0, useCase);
        }

        Assert.Equal(0, vault.Checks);
        Assert.Equal(before, Dump(vault));
    }

    [Fact]
    public async Task F1_member_who_may_only_connect_changes_and_reveals_nothing()
    {
        await using TestVault vault = await SampleAsync();
        Actor eve = await vault.AddUserAsync("eve");
        Ok(await vault.Product.Grants.AddAsync(Local, s_grant, Ct));
        string before = Dump(vault);
        string[] allowed = ["Resources.FindAsync", "Resources.CheckAsync", "Accounts.FindAsync", "Accounts.CapabilitiesAsync", "Accounts.PublicKeyAsync", "Accounts.CheckAsync", "Rotations.LeaseAsync", "RotationRounds.OutlookAsync", "Favourites.AddAsync"];

        foreach ((string useCase, Func<Product, Actor, Task<Refusal?>> call) in s_refused.Where(pair => !allowed.Contains(pair.Key)))
        {
            Refusal? refusal = await call(vault.Product, eve);
            Assert.True(refusal?.Kind is RefusalKind.NotAllowed or RefusalKind.NotFound, useCase);
        }

        Assert.Equal(before, Dump(vault));
    }

    private static async Task<TestVault> SampleAsync()
    {
        TestVault vault = await GrantsTests.SampleAsync();
        Actor alice = await vault.AddUserAsync("alice");
        Ok(await vault.Product.Groups.AddAsync(Local, "ops", Ct));
        Ok(await vault.Product.Groups.AddMemberAsync(Local, "ops", "alice", Ct));
        Ok(await vault.Product.Policies.AddAsync(Local, s_policy, Ct));
        Ok(await vault.Product.Grants.AddAsync(Local, new GrantDraft("alice", "web-1/*", Capability.Connect), Ct));
        Ok(await vault.Product.Favourites.AddAsync(alice, s_deploy, Ct));
        Ok(await vault.Product.FormDrafts.SaveAsync(alice, "account.add", new Dictionary<string, string> { ["name"] = "x" }, Ct));
        Ok(await vault.Product.SavedFilters.SaveAsync(alice, "alices", "env=prod", Ct));
        Ok(await vault.Product.Sessions.StartAsync((await vault.Product.Authorizer.AuthorizeAsync(alice.UserId!.Value, s_deploy, Capability.Connect, Ct))!, "x", "n", null, Ct));
        return vault;
    }

    // Every row of every table.
    private static string Dump(TestVault vault)
    {
        using SqliteConnection connection = new($"Data Source={vault.File};Mode=ReadOnly;Pooling=False");
        connection.Open();
        List<string> tables = [.. Rows(connection, "SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name")];
        return string.Join('\n', tables.SelectMany(table => Rows(connection, $"SELECT * FROM \"{table}\"").Select(row => table + ": " + row)));
    }

    private static IEnumerable<string> Rows(SqliteConnection connection, string sql)
    {
        using SqliteCommand command = connection.CreateCommand();
        command.CommandText = sql;
        using SqliteDataReader reader = command.ExecuteReader();
        while (reader.Read())
        {
            yield return string.Join('|', Enumerable.Range(0, reader.FieldCount).Select(i => reader.GetValue(i) is byte[] bytes ? Convert.ToHexString(bytes) : reader.GetValue(i).ToString()));
        }
    }
}
