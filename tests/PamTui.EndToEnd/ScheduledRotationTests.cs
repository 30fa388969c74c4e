using System.Globalization;
using System.Text.Json;
using Microsoft.Extensions.Logging.Abstractions;
using PamTui.Core;
using PamTui.Core.Accounts;
using PamTui.Core.Model;
using PamTui.Core.Resources;
using PamTui.Core.Vault;
using PamTui.Servers;

namespace PamTui.EndToEnd;

/// <summary>Rotation by policy with the built program: several processes on one vault, real servers behind it.</summary>
public sealed class ScheduledRotationTests
{
    private const string OldPassword = "the first password";
    private const int Accounts = 50;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Fifty_due_accounts_on_three_targets_are_rotated_exactly_once_by_two_processes()
    {
        (Vault vault, _) = await Vault.MakeAsync();
        using (vault)
        {
            await using Postgres first = await Postgres.StartAsync();
            await using Postgres second = await Postgres.StartAsync();
            await using MariaDb third = await MariaDb.StartAsync();
            List<AccountRef> accounts = [];
            await using (Product past = await OpenAsync(vault, new PastTime(TimeSpan.FromDays(2))))
            {
                await AddTargetAsync(past, "pg-1", ResourceKind.PostgreSql, first.Port, first.Ca);
                await AddTargetAsync(past, "pg-2", ResourceKind.PostgreSql, second.Port, second.Ca);
                await AddTargetAsync(past, "my-1", ResourceKind.MySql, third.Port, third.Ca);
                for (int i = 0; i < Accounts; i++)
                {
                    AccountRef account = new(((string[])["pg-1", "pg-2", "my-1"])[i % 3], string.Create(CultureInfo.InvariantCulture, $"app{i}"));
                    using NewCredential credential = new(CredentialType.Password, Secret.FromText(OldPassword));
                    AccountDraft draft = new(account.Resource, account.Account, account.Account, credential, null, "", "", Metadata.Empty);
                    Assert.Null((await past.Accounts.AddAsync(Actor.Local("test"), draft, CheckMode.Unverified, null, Ct)).Refusal);
                    accounts.Add(account);
                }
            }

            string Roles(string resource) => string.Concat(accounts.Where(one => one.Resource == resource).Select(one => $"CREATE ROLE {one.Account} LOGIN PASSWORD '{OldPassword}';"));
            await first.SqlAsync(Roles("pg-1"));
            await second.SqlAsync(Roles("pg-2"));
            await third.SqlAsync(string.Concat(accounts.Where(one => one.Resource == "my-1").Select(one => $"CREATE USER {one.Account}@'%' IDENTIFIED BY '{OldPassword}';")));
            (await vault.HereAsync("policy", "add", "daily", "--on", "kind=postgresql OR kind=mysql", "--every", "1d", "--jitter", "0m")).Succeeded();

            RunResult[] runs = await Task.WhenAll(
                Run.ProgramAsync(Vault.Program, ["--data", vault.Data, "rotation", "run", "--json"], null, limit: TimeSpan.FromMinutes(5)),
                Run.ProgramAsync(Vault.Program, ["--data", vault.Data, "rotation", "run", "--json"], null, limit: TimeSpan.FromMinutes(5)));

            List<string> done = [.. runs.SelectMany(run => JsonSerializer.Deserialize<JsonElement>(run.Succeeded().Output).EnumerateArray()).Select(one => one.GetProperty("resource").GetString() + "/" + one.GetProperty("account").GetString())];
            Assert.Equal(accounts.Select(one => one.ToString()).Order(StringComparer.Ordinal), done.Order(StringComparer.Ordinal));
            Assert.Equal("[]", (await vault.RunAsync("rotation", "run", "--json")).Succeeded().Text.Trim());
            await using Product now = await OpenAsync(vault, TimeProvider.System);
            foreach (AccountRef account in accounts)
            {
                Page<RotationRecord> rows = (await now.Rotations.ListAsync(Actor.Local("test"), account, new PageRequest(), Ct)).Value;
                Assert.Equal(RotationState.Promoted, Assert.Single(rows.Items).State);
                CheckReport report = (await now.Accounts.CheckAsync(Actor.Local("test"), account, null, Ct)).Value;
                Assert.True(report.Passed, $"{account}: {report.Failure?.Message}");
            }

            (await vault.RunAsync("audit", "verify")).Succeeded();
        }
    }

    [Fact]
    public async Task D6_Gateway_rotates_by_itself_tells_a_hook_and_leaves_the_secret_nowhere_nor_in_the_log_of_PostgreSql()
    {
        await using Postgres server = await Postgres.StartAsync(config: ["log_statement=all"]);
        await server.SqlAsync($"CREATE ROLE app LOGIN PASSWORD '{OldPassword}'");
        await RotateWithHookAsync(ResourceKind.PostgreSql, server.Port, server.Ca, () =>
        {
            Assert.Contains("ALTER ROLE", server.Log, StringComparison.Ordinal);
            return Task.FromResult(server.Log);
        });
    }

    [Fact]
    public async Task D6_Gateway_rotates_by_itself_tells_a_hook_and_leaves_the_secret_nowhere_nor_in_the_logs_of_MariaDb()
    {
        using TempFolder logs = new(readableByAll: true);
        (await Run.ProgramAsync("chmod", "777", logs.Path)).Succeeded();
        await using MariaDb server = await MariaDb.StartAsync(options: ["--general-log", "--log-output=FILE", "--general-log-file=" + logs.PathOf("general")]);
        await server.SqlAsync($"CREATE USER app@'%' IDENTIFIED BY '{OldPassword}'");
        await RotateWithHookAsync(ResourceKind.MySql, server.Port, server.Ca, async () =>
        {
            string statements = await File.ReadAllTextAsync(logs.PathOf("general"), Ct);
            Assert.Contains("SET PASSWORD", statements, StringComparison.Ordinal);
            return statements + server.Log;
        });
    }

    /// <param name="log">What the server has written of it all.</param>
    private static async Task RotateWithHookAsync(ResourceKind kind, int port, TestCa ca, Func<Task<string>> log)
    {
        (Vault vault, _) = await Vault.MakeAsync();
        using (vault)
        {
            await using (Product past = await OpenAsync(vault, new PastTime(TimeSpan.FromDays(2))))
            {
                await AddTargetAsync(past, "db", kind, port, ca);
                using NewCredential credential = new(CredentialType.Password, Secret.FromText(OldPassword));
                Assert.Null((await past.Accounts.AddAsync(Actor.Local("test"), new AccountDraft("db", "app", "app", credential, null, "", "", Metadata.Empty), CheckMode.Unverified, null, Ct)).Refusal);
            }

            string given = vault.Files.PathOf("given");
            string shown = vault.Files.PathOf("shown");
            string hook = vault.Files.WriteScript("hook", $"cat > {given}\ntr '\\0' '\\n' < /proc/$$/environ > {shown}\ntr '\\0' '\\n' < /proc/$$/cmdline >> {shown}\ncat {given}\ncat {given} >&2\nexit 1");
            (await vault.HereAsync("policy", "add", "daily", "--on", "db/*", "--every", "1d", "--jitter", "0m", "--hook", $"{hook} 'two words'")).Succeeded();
            vault.Settings("""{ "Rotation": { "EverySeconds": 1 }, "Logging": { "Level": "Debug", "File": "gateway.log" } }""");

            await using GatewayProcess gateway = await GatewayProcess.StartAsync(vault, null);
            await gateway.LineAsync("rotation of db/app");
            string password = await File.ReadAllTextAsync(given, Ct);
            Assert.Equal(32, password.Length);
            string show = (await vault.RunAsync("account", "show", "db/app")).Succeeded().Text;
            Assert.Contains("ended with 1", show, StringComparison.Ordinal);
            Assert.Contains("***", show, StringComparison.Ordinal);
            Assert.Contains("by the policy daily", show, StringComparison.Ordinal);
            Assert.Equal("pending", (await vault.JsonAsync("account", "show", "db/app")).GetProperty("rotation").GetProperty("hook").GetProperty("state").GetString());
            (await vault.RunAsync("doctor")).Ended(1);
            (await vault.RunAsync("account", "rotation", "list", "db/app")).Succeeded();
            (await vault.RunAsync("account", "history", "db/app")).Succeeded();

            vault.Files.WriteScript("hook", $"cat > {given}");
            (await vault.RunAsync("account", "rotation", "hook", "db/app")).Succeeded();
            (await vault.RunAsync("account", "check", "db/app")).Succeeded();
            Assert.Contains("PAMTUI_ACCOUNT=db/app", await File.ReadAllTextAsync(shown, Ct), StringComparison.Ordinal);
            Assert.Contains("two words", await File.ReadAllTextAsync(shown, Ct), StringComparison.Ordinal);
            LeakHunt hunt = new();
            hunt.For("the new password", password);
            hunt.Look("output of commands", vault.Said.ToString());
            hunt.Look("log of the gateway", gateway.Log);
            hunt.Look("log of the database", await log());
            hunt.Look("environment and arguments of the hook", await File.ReadAllTextAsync(shown, Ct));
            await hunt.LookIntoAsync(vault.Data);
            hunt.FoundNothing();
        }
    }

    private static async Task<Product> OpenAsync(Vault vault, TimeProvider time)
    {
        Result<Product> opened = await Product.OpenAsync(DataFolder.Open(vault.Data).Value, new VaultUnlock(), new CoreOptions(), time, NullLoggerFactory.Instance, Ct);
        Assert.Null(opened.Refusal);
        return opened.Value;
    }

    private static async Task AddTargetAsync(Product product, string name, ResourceKind kind, int port, TestCa ca)
    {
        ResourceDraft draft = new(name, kind, "127.0.0.1", port, kind == ResourceKind.PostgreSql ? "postgres" : null, TlsMode.Verify, ca.Pem, [], false, "", Metadata.Empty);
        Assert.Null((await product.Resources.AddAsync(Actor.Local("test"), draft, Ct)).Refusal);
    }

    /// <summary>A clock that is late, so that what is written by it is old.</summary>
    private sealed class PastTime(TimeSpan late) : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => base.GetUtcNow() - late;
    }
}
