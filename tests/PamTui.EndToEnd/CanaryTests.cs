using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using PamTui.Servers;

namespace PamTui.EndToEnd;

/// <summary>D6: a secret planted in accounts is looked for in everything the product leaves behind, in the forms a leak takes.</summary>
public sealed class CanaryTests
{
    // New each time: another run of this test on the machine gives its own to ssh-keygen as an argument.
    private static readonly string Canary = "c4n4ry-Zx9!qL7_" + Convert.ToHexString(RandomNumberGenerator.GetBytes(10));

    [Fact]
    public async Task D6_secret_of_an_account_is_nowhere_but_sealed()
    {
        await using World world = await World.StartAsync(settings: $$"""{ "Logging": { "Level": "Debug", "File": "gateway.log" } }""");
        Vault vault = world.Vault;
        await using Postgres postgres = await Postgres.StartAsync(config: ["log_statement=all"]);
        await postgres.SqlAsync($"CREATE ROLE app LOGIN PASSWORD '{Canary}'");
        string ca = vault.Files.Write("pg-ca.pem", postgres.Ca.Pem);

        // Before the watch, because ssh-keygen itself takes a passphrase as an argument.
        SshKeyFile locked = await SshKeyFile.MakeAsync(vault.Files, "locked", "ed25519", Canary);
        using CancellationTokenSource stop = new();
        Task<string> watching = Processes.WatchAsync(stop.Token);

        // Good and bad, with everything that could repeat it.
        (await vault.RunAsync("resource", "add", "pg-1", "--kind", "postgresql", "--host", Postgres.Host, "--port", Text(postgres.Port), "--database", "postgres", "--tls-ca", ca)).Succeeded();
        (await vault.RunWithInputAsync(Canary + "\n", "account", "add", "pg-1/app", "--username", "app", "--password-stdin")).Succeeded();
        (await vault.RunWithInputAsync(Canary + "\n", "account", "add", "pg-1/wrong", "--username", "nobody", "--password-stdin")).Ended(1);
        (await vault.RunWithInputAsync(Canary + "\n", "account", "add", "pg-1/app", "--username", "app", "--password-stdin")).Ended(1);
        (await vault.RunWithInputAsync(Canary + "\n", "account", "add", "web-1/pw", "--username", Environment.UserName, "--password-stdin")).Ended(1);
        (await vault.RunWithInputAsync(Canary + "\n", "account", "add", "web-1/pw", "--username", Environment.UserName, "--password-stdin", "--unverified")).Succeeded();
        (await vault.RunWithInputAsync(Canary + "\n", "account", "add", "web-1/key", "--username", Environment.UserName, "--private-key-file", locked.Path, "--passphrase-stdin", "--unverified")).Succeeded();
        foreach (string account in (string[])["pg-1/app", "web-1/pw", "web-1/key"])
        {
            await vault.RunAsync("account", "check", account);
            await vault.RunAsync("account", "check", account, "--json");
            await vault.RunAsync("account", "show", account);
            await vault.RunAsync("account", "show", account, "--json");
            await vault.RunAsync("account", "history", account);
        }

        StringBuilder seen = new();
        foreach (string login in (string[])["alice@pw@web-1", "alice@key@web-1", "alice@app@pg-1", "alice@deploy@web-1"])
        {
            seen.AppendLine((await world.SshAsync("-l", login, "web", "true")).ToString());
        }

        seen.AppendLine((await world.SshAsync("gw", "account list --json")).ToString());
        seen.AppendLine((await world.SshAsync("gw", "account check web-1/pw")).ToString());
        seen.AppendLine((await world.SshAsync("gw", "account history web-1/pw")).ToString());
        await using (Tmux screen = await Tmux.StartAsync(120, 40, ["ssh", "-F", world.Config, "-tt", "gw"]))
        {
            await screen.SeesAsync("web-1");
            seen.AppendLine(await screen.ScreenAsync());
            await screen.PressAsync("Tab");
            await screen.PressAsync("Down");
            seen.AppendLine(await screen.SeesAsync("key"));
        }

        // What replaces the secret is as secret, and nobody has seen it yet.
        (await vault.RunAsync("account", "rotate", "pg-1/app", "--dry-run")).Succeeded();
        (await vault.RunAsync("account", "rotate", "pg-1/app")).Succeeded();
        seen.AppendLine((await world.SshAsync("gw", "account rotate pg-1/app --json")).ToString());
        await vault.RunAsync("account", "rotation", "list", "pg-1/app", "--json");
        await vault.RunAsync("account", "show", "pg-1/app");
        await vault.RunAsync("audit", "list", "--limit", "500");
        await vault.RunAsync("audit", "list", "--limit", "500", "--json");
        await vault.RunAsync("doctor");
        await stop.CancelAsync();
        string processes = await watching;

        // `show` of an admin with a reason is the one place that prints it.
        string rotated = await RevealAsync(vault, "pg-1/app");
        Assert.Equal(Canary, await RevealAsync(vault, "web-1/pw"));
        Assert.NotEqual(Canary, rotated);

        LeakHunt hunt = new();
        hunt.For("the password", Canary);
        hunt.For("the password that replaced it", rotated);
        await hunt.LookIntoAsync(world);
        hunt.Look("output of ssh and screens", seen.ToString());
        hunt.Look("process list", processes);
        hunt.FoundNothing();

        // The test itself made the role with the canary there.
        LeakHunt inDatabase = new();
        inDatabase.For("the password that replaced it", rotated);
        inDatabase.Look("log of the database", postgres.Log);
        inDatabase.FoundNothing();
        Assert.Contains("ALTER ROLE SESSION_USER PASSWORD 'SCRAM-SHA-256$", postgres.Log, StringComparison.Ordinal);
        Assert.Contains("account add", vault.Said.ToString(), StringComparison.Ordinal);
        Assert.Contains("account add", processes, StringComparison.Ordinal);
    }

    private static async Task<string> RevealAsync(Vault vault, string account) =>
        (await Run.ProgramAsync(Vault.Program, "--data", vault.Data, "account", "reveal", account, "--reason", "control")).Succeeded().Text.TrimEnd('\n');

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
}
