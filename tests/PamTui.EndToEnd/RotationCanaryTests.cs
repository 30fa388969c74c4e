using System.Globalization;
using System.Text;
using PamTui.Core;
using PamTui.Core.Certificates;
using PamTui.Core.Model;
using PamTui.Core.Storage;
using PamTui.Core.Vault;
using PamTui.Servers;

namespace PamTui.EndToEnd;

/// <summary>D6 for what the product makes itself: every old and new credential of a rotation and the CA's private key are hunted, the servers' own logs included.</summary>
public sealed class RotationCanaryTests
{
    private const string Debug = """{ "Logging": { "Level": "Debug", "File": "gateway.log" } }""";

    private readonly LeakHunt _hunt = new();

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task D6_Rotated_passwords_and_keys_of_Linux_are_nowhere_but_sealed()
    {
        await using World world = await World.StartAsync(Debug);
        await using Sshd sshd = await Sshd.StartAsync(new SshdOptions(Config: ["AuthorizedKeysFile .ssh/authorized_keys", "LogLevel DEBUG3"], UsePam: true));
        await using TestUser app = await TestUser.MakeAsync();
        await using TestUser rotator = await TestUser.MakeAsync();
        rotator.AllowSudo("ALL=(ALL) NOPASSWD: /bin/sh, /usr/sbin/chpasswd \"\"");
        using CancellationTokenSource stop = new();
        Task<string> watching = Processes.WatchAsync(stop.Token);
        Vault vault = world.Vault;
        (await vault.RunAsync("resource", "add", "lin", "--kind", "linux", "--host", Sshd.Host, "--port", Text(sshd.Port), "--host-key", sshd.HostKey.Fingerprint)).Succeeded();
        await AddPasswordAsync(vault, "lin/pw", app.Name, app.Password);
        await AddPasswordAsync(vault, "lin/rotator", rotator.Name, rotator.Password);
        string line = (await vault.RunAsync("account", "add", "lin/key", "--username", app.Name, "--generate-key")).Succeeded().Text;
        Directory.CreateDirectory(app.Home + "/.ssh");
        await File.WriteAllTextAsync(app.Home + "/.ssh/authorized_keys", line, Ct);
        (await Run.ProgramAsync("chown", "-R", app.Name + ":", app.Home + "/.ssh")).Succeeded();
        _hunt.For("the rotation account's password", rotator.Password);
        await KnowAsync(vault, "lin/pw");
        await KnowAsync(vault, "lin/key");

        (await vault.RunAsync("account", "rotate", "lin/pw", "--dry-run")).Succeeded();
        foreach (string account in (string[])["lin/pw", "lin/key"])
        {
            (await vault.RunAsync("account", "rotate", account)).Succeeded();
            await KnowAsync(vault, account);
            await TellAllAsync(vault, account);
        }

        (await vault.RunAsync("resource", "edit", "lin", "--rotation-account", "rotator")).Succeeded();
        StringBuilder seen = new();
        foreach (string account in (string[])["lin/pw", "lin/key"])
        {
            seen.AppendLine((await world.SshAsync("gw", $"account rotate {account} --json")).Succeeded().ToString());
            await KnowAsync(vault, account);
            await TellAllAsync(vault, account);
        }

        await stop.CancelAsync();
        string processes = await watching;
        Assert.Contains("account rotate lin/key", processes, StringComparison.Ordinal);
        await _hunt.LookIntoAsync(world);
        _hunt.Look("output of ssh", seen.ToString());
        _hunt.Look("process list", processes);
        _hunt.Look("log of the rotated server", sshd.Log);
        _hunt.FoundNothing();
    }

    [Fact]
    public async Task D6_Rotated_passwords_of_MariaDb_are_nowhere_but_sealed_and_in_no_statement_that_it_logs()
    {
        await using World world = await World.StartAsync(Debug);
        await using MariaDb server = await MariaDb.StartAsync(options: ["--general-log", "--log-output=TABLE"]);
        const string Old = "the first password of app";
        await server.SqlAsync($"CREATE USER app@'%' IDENTIFIED BY '{Old}'; CREATE USER root2@'%' IDENTIFIED BY '{Old}'; GRANT CREATE USER ON *.* TO root2@'%' WITH GRANT OPTION; TRUNCATE mysql.general_log");
        Vault vault = world.Vault;
        string ca = vault.Files.Write("ca.pem", server.Ca.Pem);
        using CancellationTokenSource stop = new();
        Task<string> watching = Processes.WatchAsync(stop.Token);
        (await vault.RunAsync("resource", "add", "my", "--kind", "mysql", "--host", MariaDb.Host, "--port", Text(server.Port), "--tls-ca", ca)).Succeeded();
        await AddPasswordAsync(vault, "my/app", "app", Old);
        await AddPasswordAsync(vault, "my/root", "root2", Old);
        await KnowAsync(vault, "my/app");

        (await vault.RunAsync("account", "rotate", "my/app")).Succeeded();
        await KnowAsync(vault, "my/app");
        (await vault.RunAsync("resource", "edit", "my", "--rotation-account", "root")).Succeeded();
        string said = (await world.SshAsync("gw", "account rotate my/app --json")).Succeeded().ToString();
        await KnowAsync(vault, "my/app");
        await TellAllAsync(vault, "my/app");

        await stop.CancelAsync();
        string statements = await server.SqlAsync("SELECT CONVERT(argument USING utf8mb4) FROM mysql.general_log");
        Assert.Contains("app", statements, StringComparison.Ordinal);
        await _hunt.LookIntoAsync(world);
        _hunt.Look("output of ssh", said);
        _hunt.Look("process list", await watching);
        _hunt.Look("statements that the database logged", statements);
        _hunt.Look("log of the database", server.Log);
        _hunt.FoundNothing();
    }

    [Fact]
    public async Task D6_Private_keys_of_the_CA_are_nowhere_but_sealed_through_rotation_and_sessions()
    {
        string trusted = "";
        using TempFolder target = new(readableByAll: true);
        await using World world = await World.StartAsync(Debug, target: ["TrustedUserCAKeys " + target.PathOf("ca.pub")]);
        Vault vault = world.Vault;
        using CancellationTokenSource stop = new();
        Task<string> watching = Processes.WatchAsync(stop.Token);

        (await vault.RunAsync("ca", "init")).Succeeded();
        await KnowAuthoritiesAsync(vault);
        await TrustAsync();
        (await vault.RunAsync("account", "add", "web-1/cert", "--username", Environment.UserName, "--certificate")).Succeeded();
        StringBuilder seen = new();
        seen.AppendLine((await world.SshAsync("-l", "alice@cert@web-1", "web", "true")).Succeeded().ToString());
        (await vault.RunAsync("ca", "rotate", "--json")).Succeeded();
        await KnowAuthoritiesAsync(vault);
        await TrustAsync();
        (await vault.RunAsync("ca", "activate")).Succeeded();
        seen.AppendLine((await world.SshAsync("-l", "alice@cert@web-1", "web", "true")).Succeeded().ToString());
        await vault.RunAsync("account", "reveal", "web-1/cert", "--reason", "there is nothing");
        await vault.RunAsync("ca", "show", "--retired", "--json");
        await TellAllAsync(vault, "web-1/cert");

        await stop.CancelAsync();
        Assert.Equal(2, trusted.Split('\n', StringSplitOptions.RemoveEmptyEntries).Length);
        await _hunt.LookIntoAsync(world);
        _hunt.Look("output of ssh", seen.ToString());
        _hunt.Look("process list", await watching);
        _hunt.FoundNothing();

        // The key of a session is known to nobody: no file of a private key is anywhere, but the gateway's own in their folder.
        LeakHunt keys = new();
        keys.For("a private key", "BEGIN OPENSSH PRIVATE KEY");
        keys.Look("log of the gateway", world.Gateway.Log);
        keys.Look("output of commands", vault.Said.ToString());
        foreach (string file in Directory.EnumerateFiles(vault.Data))
        {
            await keys.LookAtAsync(file);
        }

        keys.FoundNothing();

        async Task TrustAsync()
        {
            trusted = (await vault.RunAsync("resource", "trust-ca", "web-1")).Succeeded().Text;
            target.Write("ca.pub", trusted);
        }
    }

    private static async Task AddPasswordAsync(Vault vault, string account, string username, string password) =>
        (await vault.RunWithInputAsync(password + "\n", "account", "add", account, "--username", username, "--password-stdin")).Succeeded();

    /// <summary>Everything that says something of an account.</summary>
    private static async Task TellAllAsync(Vault vault, string account)
    {
        foreach (string[] words in (string[][])[["account", "show", account], ["account", "history", account], ["account", "rotation", "list", account], ["audit", "list", "--limit", "500"], ["doctor"]])
        {
            await vault.RunAsync(words);
            await vault.RunAsync([.. words, "--json"]);
        }
    }

    // What the account has now is hunted in the end; this one answer is on no list of what was said.
    private async Task KnowAsync(Vault vault, string account)
    {
        string secret = (await Run.ProgramAsync(Vault.Program, "--data", vault.Data, "account", "reveal", account, "--reason", "control")).Succeeded().Text.TrimEnd('\n');
        if (secret.StartsWith("-----", StringComparison.Ordinal))
        {
            _hunt.ForKey("a key of " + account, secret);
        }
        else
        {
            _hunt.For("a password of " + account, secret);
        }
    }

    // No use case gives these out.
    private async Task KnowAuthoritiesAsync(Vault vault)
    {
        DataFolder folder = DataFolder.Open(vault.Data).Value;
        using Database database = new(folder.FileOf(Database.FileName));
        using OpenVault open = (await OpenVault.OpenAsync(folder, new VaultUnlock(), database, Ct)).Value;
        SecretStore secrets = new(open);
        IReadOnlyList<SshAuthority> all = await database.ReadAsync(AuthorityRows.ListAsync, Ct);
        using Secret? seed = await database.ReadAsync(tx => secrets.OpenAsync(tx, CertificateAuthority.Binding(all[0].Id)), Ct);
        _hunt.For("the private key of the CA " + all[0].Fingerprint, seed!.Bytes.ToArray());
    }

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
}
