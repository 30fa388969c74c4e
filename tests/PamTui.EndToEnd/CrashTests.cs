using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using PamTui.Servers;

namespace PamTui.EndToEnd;

/// <summary>kill -9 at any point loses nothing that was said to be done, and the audit still holds.</summary>
public sealed class CrashTests
{
    [Fact]
    public async Task Account_add_that_is_killed_at_any_point_leaves_the_whole_account_or_none()
    {
        (Vault vault, _) = await Vault.MakeAsync();
        using (vault)
        {
            (await vault.HereAsync("resource", "add", "web-1", "--kind", "linux", "--host", "10.0.0.5", "--host-key", "SHA256:" + new string('A', 43))).Succeeded();
            List<string> done = [];
            for (int i = 0; i < 25; i++)
            {
                string name = string.Create(CultureInfo.InvariantCulture, $"a{i:D2}");
                await using ServerProcess adding = ServerProcess.Start(
                    Vault.Program, ["--data", vault.Data, "account", "add", "web-1/" + name, "--username", "root", "--password-stdin", "--unverified", "--meta", "n=" + name]);
                await adding.Input.WriteAsync(Encoding.ASCII.GetBytes("secret-" + name + "\n"));
                adding.Input.Close();

                // From the first instruction to well after the last.
                int delay = RandomNumberGenerator.GetInt32(0, 600);
                Task ended = adding.ExitedAsync();
                if (await Task.WhenAny(ended, Timer(delay)) != ended)
                {
                    adding.Signal(Signals.Kill);
                }

                await adding.ExitedAsync();
                if (adding.ExitCode == 0)
                {
                    done.Add(name);
                }
            }

            JsonElement accounts = await vault.LookAsync("account", "list", "--limit", "100");
            string[] stored = [.. accounts.EnumerateArray().Select(account => account.GetProperty("name").GetString()!)];
            Assert.Subset(new HashSet<string>(stored), new HashSet<string>(done));
            foreach (string name in stored)
            {
                Assert.Contains("secret-" + name, (await vault.HereAsync("account", "reveal", "web-1/" + name, "--reason", "after a crash")).Succeeded().Text, StringComparison.Ordinal);
                Assert.Equal(name, accounts.EnumerateArray().Single(account => account.GetProperty("name").GetString() == name).GetProperty("metadata").GetProperty("n").GetString());
            }

            string audit = (await vault.HereAsync("audit", "list", "--limit", "500", "--json")).Succeeded().Text;
            Assert.Equal(stored.Length, JsonSerializer.Deserialize<JsonElement>(audit).EnumerateArray().Count(row => row.GetProperty("action").GetString() == "account.add"));
            (await vault.HereAsync("audit", "verify")).Succeeded();
        }
    }

    [Fact]
    public async Task Gateway_that_is_killed_loses_no_row_and_its_sessions_are_closed_at_the_next_start()
    {
        await using World world = await World.StartAsync();
        for (int round = 0; round < 4; round++)
        {
            List<ServerProcess> open = [];
            for (int i = 0; i < 3; i++)
            {
                open.Add(world.StartSsh("web", "echo live; exec sleep 600"));
            }

            // Sometimes before they are open, sometimes after.
            if (round % 2 == 0)
            {
                foreach (ServerProcess ssh in open)
                {
                    await ssh.LineAsync("live");
                }
            }
            else
            {
                await Timer(RandomNumberGenerator.GetInt32(50, 500));
            }

            world.Gateway.Signal(Signals.Kill);
            foreach (ServerProcess ssh in open)
            {
                await ssh.ExitedAsync(TimeSpan.FromSeconds(10));
                await ssh.DisposeAsync();
            }

            await world.Gateway.DisposeAsync();
            (await world.Vault.HereAsync("audit", "verify")).Succeeded();
            int rows = (await world.Vault.LookAsync("session", "list", "--limit", "100")).GetArrayLength();
            await world.StartGatewayAsync();
            Assert.Equal(rows, (await world.Vault.LookAsync("session", "list", "--limit", "100")).GetArrayLength());
            await Poll.UntilAsync("sessions of the dead gateway are closed", async () => (await world.Vault.LookAsync("session", "list", "--live")).GetArrayLength() == 0);
            Assert.Equal("back\n", (await world.SshAsync("web", "echo back")).Succeeded().Text);
        }

        (await world.Vault.HereAsync("audit", "verify")).Succeeded();
    }

    private static Task Timer(int milliseconds)
    {
        // Not a wait for something: the random moment at which the axe falls.
        TaskCompletionSource fell = new(TaskCreationOptions.RunContinuationsAsynchronously);
        Timer timer = new(_ => fell.TrySetResult(), null, milliseconds, System.Threading.Timeout.Infinite);
        return fell.Task.ContinueWith(_ => timer.Dispose(), TaskScheduler.Default);
    }
}
