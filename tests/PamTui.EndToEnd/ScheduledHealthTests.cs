using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging.Abstractions;
using PamTui.Core;
using PamTui.Core.Accounts;
using PamTui.Core.Model;
using PamTui.Core.Vault;
using PamTui.Servers;

namespace PamTui.EndToEnd;

/// <summary>The gateway's own sign-ins, by the built program and with a real server behind it.</summary>
public sealed class ScheduledHealthTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Password_that_is_changed_behind_the_vaults_back_is_found_by_the_gateway_and_mended_by_a_check_that_passes()
    {
        (Vault vault, _) = await Vault.MakeAsync();
        using (vault)
        {
            await using Postgres server = await Postgres.StartAsync();
            await server.SqlAsync("CREATE ROLE app LOGIN PASSWORD 'pw-of-then-4711'; CREATE ROLE other LOGIN PASSWORD 'pw-of-then-4711'");
            string ca = vault.Files.Write("ca.pem", server.Ca.Pem);
            (await vault.HereAsync(
                "resource", "add", "pg", "--kind", "postgresql", "--host", Postgres.Host, "--port", server.Port.ToString(CultureInfo.InvariantCulture), "--database", "postgres", "--tls-ca", ca)).Succeeded();
            foreach (string name in (string[])["app", "other"])
            {
                await AddTwoDaysAgoAsync(vault, name);
            }

            await server.SqlAsync("ALTER ROLE app PASSWORD 'pw-of-now-4712'");
            await using GatewayProcess gateway = await GatewayProcess.StartAsync(vault, null);

            await gateway.LineAsync("pg/app is rejected");
            JsonElement rejected = (await vault.LookAsync("account", "show", "pg/app")).GetProperty("health");
            Assert.Equal("rejected", rejected.GetProperty("state").GetString());
            string only = Assert.Single((await vault.LookAsync("account", "list", "health=rejected")).EnumerateArray()).GetProperty("name").GetString()!;
            Assert.Equal("app", only);
            Assert.Contains("pg/app", (await vault.HereAsync("doctor")).Ended(1).Text, StringComparison.Ordinal);
            await Poll.UntilAsync("the other one is signed in with too", async () => CheckedSince(await vault.LookAsync("account", "show", "pg/other")) < TimeSpan.FromHours(1));
            Assert.Equal("healthy", (await vault.LookAsync("account", "show", "pg/other")).GetProperty("health").GetProperty("state").GetString());
            Assert.DoesNotContain("pg/other is", gateway.Log, StringComparison.Ordinal);

            await server.SqlAsync("ALTER ROLE app PASSWORD 'pw-of-then-4711'");
            (await vault.HereAsync("account", "check", "pg/app")).Succeeded();
            Assert.Equal("healthy", (await vault.LookAsync("account", "show", "pg/app")).GetProperty("health").GetProperty("state").GetString());
            Assert.DoesNotContain("pw-of-then-4711", vault.Said + gateway.Log, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Account_that_was_rejected_once_is_off_the_schedule_until_a_person_confirms_it_and_then_on_again()
    {
        (Vault vault, _) = await Vault.MakeAsync();
        using (vault)
        {
            await using Postgres server = await Postgres.StartAsync();
            await server.SqlAsync("CREATE ROLE app LOGIN PASSWORD 'pw-of-then-4711'; CREATE ROLE other LOGIN PASSWORD 'pw-of-then-4711'");
            string ca = vault.Files.Write("ca.pem", server.Ca.Pem);
            (await vault.HereAsync(
                "resource", "add", "pg", "--kind", "postgresql", "--host", Postgres.Host, "--port", server.Port.ToString(CultureInfo.InvariantCulture), "--database", "postgres", "--tls-ca", ca)).Succeeded();
            foreach (string name in (string[])["app", "other"])
            {
                await AddTwoDaysAgoAsync(vault, name);
            }

            await server.SqlAsync("ALTER ROLE app PASSWORD 'pw-of-now-4712'");
            await GoRoundAsync(vault);
            Assert.Equal(1, Rejections());
            Assert.Contains("rejected", (await vault.HereAsync("account", "show", "pg/app")).Succeeded().Text, StringComparison.Ordinal);
            Assert.Contains("not tried again", (await vault.HereAsync("account", "show", "pg/app")).Succeeded().Text, StringComparison.Ordinal);
            Assert.Contains("not tried again", (await vault.HereAsync("doctor")).Ended(1).Text, StringComparison.Ordinal);

            // Days go by, and the other one is looked at on each of them.
            for (int day = 0; day < 2; day++)
            {
                TwoDaysPass(vault);
                await GoRoundAsync(vault);
            }

            Assert.Equal(1, Rejections());
            (await vault.HereAsync("account", "check", "pg/app")).Ended(1);
            Assert.Equal(2, Rejections());

            await server.SqlAsync("ALTER ROLE app PASSWORD 'pw-of-then-4711'");
            (await vault.HereAsync("account", "check", "pg/app")).Succeeded();
            Assert.DoesNotContain("not tried again", (await vault.HereAsync("doctor")).Text, StringComparison.Ordinal);
            TwoDaysPass(vault);
            await GoRoundAsync(vault);
            await Poll.UntilAsync("it is signed in with by itself again", async () => CheckedSince(await vault.LookAsync("account", "show", "pg/app")) < TimeSpan.FromHours(1));
            Assert.Equal(2, Rejections());

            int Rejections() => Regex.Count(server.Log, "password authentication failed for user \"app\"");
        }
    }

    /// <summary>A gateway that has looked at what is due.</summary>
    private static async Task GoRoundAsync(Vault vault)
    {
        await using GatewayProcess gateway = await GatewayProcess.StartAsync(vault, null);
        await Poll.UntilAsync("the healthy one is signed in with", async () => CheckedSince(await vault.LookAsync("account", "show", "pg/other")) < TimeSpan.FromHours(1));
        await Poll.UntilAsync("the round is over", () => Task.FromResult(Sql(vault, "SELECT count(*) FROM health_round") == 0));
    }

    // In microseconds, for the accounts that the program goes by.
    private static void TwoDaysPass(Vault vault) => Sql(vault, "UPDATE accounts SET last_checked = last_checked - 172800000000 RETURNING 0");

    private static long Sql(Vault vault, string text)
    {
        using SqliteConnection connection = new($"Data Source={Path.Combine(vault.Data, "vault.db")};Pooling=False");
        connection.Open();
        using SqliteCommand command = connection.CreateCommand();
#pragma warning disable CA2100 // A constant of this test.
        command.CommandText = text;
#pragma warning restore CA2100
        return Convert.ToInt64(command.ExecuteScalar(), CultureInfo.InvariantCulture);
    }

    private static TimeSpan CheckedSince(JsonElement account) => TimeProvider.System.GetUtcNow() - account.GetProperty("lastChecked").GetDateTimeOffset();

    // Signed in with then, so that its turn has come.
    private static async Task AddTwoDaysAgoAsync(Vault vault, string name)
    {
        Result<Product> opened = await Product.OpenAsync(DataFolder.Open(vault.Data).Value, new VaultUnlock(), new CoreOptions(), new PastTime(), NullLoggerFactory.Instance, Ct);
        await using Product past = opened.Value;
        using NewCredential credential = new(CredentialType.Password, Secret.FromText("pw-of-then-4711"));
        AccountDraft draft = new("pg", name, name, credential, null, "", "", Metadata.Empty);
        Result<SavedAccount> saved = await past.Accounts.AddAsync(Actor.Local("test"), draft, CheckMode.Check, null, Ct);
        Assert.True(saved.IsOk && saved.Value.Account is not null, saved.Refusal?.Message);
    }

    private sealed class PastTime : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => base.GetUtcNow() - TimeSpan.FromDays(2);
    }
}
