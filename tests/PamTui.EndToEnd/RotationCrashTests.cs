using System.Globalization;
using System.Text.Json;
using PamTui.Servers;

namespace PamTui.EndToEnd;

/// <summary>F5: the program killed with -9 at any moment of a rotation; the vault signs in afterwards and no other account was touched.</summary>
public sealed class RotationCrashTests
{
    // A kill and what follows start the program three times.
    private const int UsualRounds = 8;

    // Signing in to sshd takes longer than all the rest.
    private const int LinuxRounds = 3;
    private const string OldPassword = "the first password";

    [Fact]
    public async Task F5_PostgreSql_rotation_that_is_killed_at_random_moments_loses_no_password()
    {
        await using Postgres server = await Postgres.StartAsync();
        await server.SqlAsync($"CREATE ROLE app LOGIN PASSWORD '{OldPassword}'; CREATE ROLE app2 LOGIN PASSWORD '{OldPassword}'");
        await KillAndMendAsync(4711, UsualRounds, vault => AddDatabaseAsync(vault, "postgresql", server.Port, server.Ca, "--database", "postgres"));
    }

    [Fact]
    public async Task F5_MariaDb_rotation_that_is_killed_at_random_moments_loses_no_password()
    {
        await using MariaDb server = await MariaDb.StartAsync();
        await server.SqlAsync($"CREATE USER app@'%' IDENTIFIED BY '{OldPassword}'; CREATE USER app2@'%' IDENTIFIED BY '{OldPassword}'");
        await KillAndMendAsync(4712, UsualRounds, vault => AddDatabaseAsync(vault, "mysql", server.Port, server.Ca));
    }

    [Fact]
    public async Task F5_Rotation_of_a_Linux_password_that_is_killed_at_random_moments_loses_none()
    {
        await using Sshd sshd = await Sshd.StartAsync(new SshdOptions(UsePam: true));
        await using TestUser app = await TestUser.MakeAsync(OldPassword);
        await using TestUser app2 = await TestUser.MakeAsync(OldPassword);
        await KillAndMendAsync(4713, LinuxRounds, async vault =>
        {
            await AddServerAsync(vault, sshd);
            await AddPasswordAsync(vault, "app", app.Name);
            await AddPasswordAsync(vault, "app2", app2.Name);
        });
    }

    [Fact]
    public async Task F5_Rotation_of_a_Linux_key_that_is_killed_at_random_moments_loses_none_and_leaves_one_line()
    {
        await using Sshd sshd = await Sshd.StartAsync(new SshdOptions(Config: ["AuthorizedKeysFile .ssh/authorized_keys"], UsePam: true));
        await using TestUser app = await TestUser.MakeAsync();
        await using TestUser app2 = await TestUser.MakeAsync();
        await KillAndMendAsync(4714, LinuxRounds, async vault =>
        {
            await AddServerAsync(vault, sshd);
            await AddKeyAsync(vault, "app", app);
            await AddKeyAsync(vault, "app2", app2);
        });
        Assert.Single((await File.ReadAllLinesAsync(app.Home + "/.ssh/authorized_keys", TestContext.Current.CancellationToken)), line => line.Length > 0);
    }

    private static async Task AddDatabaseAsync(Vault vault, string kind, int port, TestCa ca, params string[] more)
    {
        string pem = vault.Files.Write("ca.pem", ca.Pem);
        (await vault.RunAsync(["resource", "add", "db", "--kind", kind, "--host", "127.0.0.1", "--port", port.ToString(CultureInfo.InvariantCulture), "--tls-ca", pem, .. more])).Succeeded();
        await AddPasswordAsync(vault, "app", "app");
        await AddPasswordAsync(vault, "app2", "app2");
    }

    private static async Task AddServerAsync(Vault vault, Sshd sshd) => (await vault.RunAsync(
        "resource", "add", "db", "--kind", "linux", "--host", Sshd.Host, "--port", sshd.Port.ToString(CultureInfo.InvariantCulture), "--host-key", sshd.HostKey.Fingerprint)).Succeeded();

    private static async Task AddPasswordAsync(Vault vault, string name, string username) =>
        (await vault.RunWithInputAsync(OldPassword + "\n", "account", "add", "db/" + name, "--username", username, "--password-stdin")).Succeeded();

    // As a person does it who has the key made here.
    private static async Task AddKeyAsync(Vault vault, string name, TestUser user)
    {
        string line = (await vault.RunAsync("account", "add", "db/" + name, "--username", user.Name, "--generate-key")).Succeeded().Text;
        Directory.CreateDirectory(user.Home + "/.ssh");
        await File.WriteAllTextAsync(user.Home + "/.ssh/authorized_keys", line, TestContext.Current.CancellationToken);
        (await Run.ProgramAsync("chown", "-R", user.Name + ":", user.Home + "/.ssh")).Succeeded();
        (await vault.RunAsync("account", "check", "db/" + name)).Succeeded();
    }

    private static async Task KillAndMendAsync(int seed, int usualRounds, Func<Vault, Task> fill)
    {
        (Vault vault, _) = await Vault.MakeAsync();
        using (vault)
        {
            await fill(vault);

            // How long a rotation takes here and now; the axe falls anywhere in it.
            long start = System.Diagnostics.Stopwatch.GetTimestamp();
            (await vault.RunAsync("account", "rotate", "db/app")).Succeeded();
            int whole = (int)System.Diagnostics.Stopwatch.GetElapsedTime(start).TotalMilliseconds;
#pragma warning disable RS0030, CA5394 // A seed makes a failure come again; nothing is kept secret by it.
            Random random = new(seed);
#pragma warning restore RS0030
            int rounds = int.TryParse(Environment.GetEnvironmentVariable("PAMTUI_KILL_ROUNDS"), CultureInfo.InvariantCulture, out int asked) ? asked : usualRounds;
            for (int round = 0; round < rounds; round++)
            {
                int moment = random.Next(whole / 4, whole + (whole / 4));
#pragma warning restore CA5394
                await using (ServerProcess rotating = ServerProcess.Start(Vault.Program, ["--data", vault.Data, "account", "rotate", "db/app"]))
                {
                    // Not a wait for something: the random moment at which the axe falls.
                    await Task.WhenAny(rotating.ExitedAsync(), Task.Delay(moment));
                    rotating.Signal(Signals.Kill);
                    await rotating.ExitedAsync();
                }

                JsonElement rotation = (await vault.JsonAsync("account", "show", "db/app")).GetProperty("rotation");
                string state = rotation.GetProperty("state").GetString()!;
                Assert.NotEqual("needs-attention", state);

                // What is over must sign in; what is not must come to an end that signs in. The lease of a process that is gone holds nobody up.
                (await vault.RunAsync("account", state is "promoted" or "failed" ? "check" : "rotate", "db/app")).Succeeded();
            }

            (await vault.RunAsync("account", "check", "db/app")).Succeeded();
            (await vault.RunAsync("account", "check", "db/app2")).Succeeded();
            (await vault.RunAsync("audit", "verify")).Succeeded();
            Assert.DoesNotContain(OldPassword, vault.Said.ToString(), StringComparison.Ordinal);
        }
    }
}
