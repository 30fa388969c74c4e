using System.Globalization;
using System.Text;
using PamTui.Servers;

namespace PamTui.EndToEnd;

/// <summary>D6: a secret planted in accounts is looked for in everything the product leaves behind, in the forms a leak takes.</summary>
public sealed class CanaryTests
{
    private const string Canary = "c4n4ry-Zx9!qL7_secret-of-the-target";

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
        StringBuilder processes = new();
        using CancellationTokenSource stop = new();
        Task watching = WatchProcessesAsync(processes, stop.Token);

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
        await watching;

        // `show` of an admin with a reason is the one place that prints it.
        string rotated = await RevealAsync(vault, "pg-1/app");
        Assert.Equal(Canary, await RevealAsync(vault, "web-1/pw"));
        Assert.NotEqual(Canary, rotated);

        List<string> leaks = [];
        foreach (string secret in (string[])[Canary, rotated])
        {
            Hunt(leaks, secret, "output of commands", Encoding.UTF8.GetBytes(vault.Said.ToString()));
            Hunt(leaks, secret, "output of ssh and screens", Encoding.UTF8.GetBytes(seen.ToString()));
            Hunt(leaks, secret, "log of the gateway", Encoding.UTF8.GetBytes(world.Gateway.Log));
            Hunt(leaks, secret, "process list", Encoding.UTF8.GetBytes(processes.ToString()));
            foreach (string file in Directory.EnumerateFiles(vault.Data, "*", SearchOption.AllDirectories))
            {
                Hunt(leaks, secret, file, await ReadSharedAsync(file));
            }

            Hunt(leaks, secret, "environment of the gateway", await ReadSharedAsync($"/proc/{world.Gateway.ProcessId}/environ"));
        }

        // The test itself made the role with the canary there.
        Hunt(leaks, rotated, "log of the database", Encoding.UTF8.GetBytes(postgres.Log));
        Assert.Contains("ALTER ROLE SESSION_USER PASSWORD 'SCRAM-SHA-256$", postgres.Log, StringComparison.Ordinal);
        Assert.True(leaks.Count == 0, string.Join('\n', leaks));
        Assert.Contains("account add", vault.Said.ToString(), StringComparison.Ordinal);
        Assert.Contains("account add", processes.ToString(), StringComparison.Ordinal);
    }

    private static async Task<string> RevealAsync(Vault vault, string account) =>
        (await Run.ProgramAsync(Vault.Program, "--data", vault.Data, "account", "reveal", account, "--reason", "control")).Succeeded().Text.TrimEnd('\n');

    private static void Hunt(List<string> leaks, string secret, string where, byte[] bytes)
    {
        foreach ((string form, byte[] pattern) in Forms(secret))
        {
            int at = bytes.AsSpan().IndexOf(pattern);
            if (at >= 0)
            {
                int from = Math.Max(0, at - 80);
                leaks.Add($"{where} holds the secret as {form}: …{Encoding.UTF8.GetString(bytes, from, Math.Min(200, bytes.Length - from))}…");
            }
        }
    }

    private static IEnumerable<(string Form, byte[] Pattern)> Forms(string secret)
    {
        byte[] canary = Encoding.UTF8.GetBytes(secret);
        yield return ("text", canary);
        yield return ("the first half of its text", canary[..16]);
        yield return ("UTF-16", Encoding.Unicode.GetBytes(secret));
        yield return ("hex", Encoding.ASCII.GetBytes(Convert.ToHexString(canary)));
        yield return ("lower hex", Encoding.ASCII.GetBytes(Convert.ToHexStringLower(canary)));
        yield return ("percent code", Encoding.ASCII.GetBytes(Uri.EscapeDataString(secret)));
        for (int offset = 0; offset < 3; offset++)
        {
            // Whatever stands before it, one of the three alignments of base64 is inside.
            string aligned = Convert.ToBase64String([.. new byte[offset], .. canary]);
            yield return ($"base64 at {offset}", Encoding.ASCII.GetBytes(aligned[(offset == 0 ? 0 : 4)..^4]));
        }
    }

    private static async Task<byte[]> ReadSharedAsync(string path)
    {
        await using FileStream stream = new(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        using MemoryStream copy = new();
        await stream.CopyToAsync(copy);
        return copy.ToArray();
    }

    private static async Task WatchProcessesAsync(StringBuilder processes, CancellationToken ct)
    {
        // As `ps -ef e` would: arguments and environment of everybody, again and again while commands run, each of which takes far longer
        // than the pause between two looks.
        await Task.Run(async () =>
        {
            using PeriodicTimer looks = new(TimeSpan.FromMilliseconds(10));
            while (!ct.IsCancellationRequested)
            {
                await looks.WaitForNextTickAsync(CancellationToken.None);
                foreach (string folder in Directory.EnumerateDirectories("/proc"))
                {
                    if (!int.TryParse(Path.GetFileName(folder), out int id) || id == Environment.ProcessId)
                    {
                        continue;
                    }

                    try
                    {
                        string line = File.ReadAllText(Path.Combine(folder, "cmdline")).Replace('\0', ' ');
                        if (line.Contains("pamtui", StringComparison.Ordinal))
                        {
                            processes.AppendLine(line).AppendLine(File.ReadAllText(Path.Combine(folder, "environ")));
                        }
                    }
                    catch (Exception gone) when (gone is IOException or UnauthorizedAccessException)
                    {
                        // It ended while it was looked at.
                    }
                }
            }
        }, CancellationToken.None);
    }

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
}
