using System.Text.Json;
using PamTui.Servers;

namespace PamTui.EndToEnd;

/// <summary>F5: the program killed with -9 at any moment of a rotation; the vault signs in afterwards and no other account was touched.</summary>
internal static class RotationKills
{
    public const string OldPassword = "the first password";

    public static async Task AddPasswordAsync(Vault vault, string name, string username) =>
        (await vault.HereWithInputAsync(OldPassword + "\n", "account", "add", "db/" + name, "--username", username, "--password-stdin")).Succeeded();

    /// <param name="usualRounds">Unless PAMTUI_KILL_ROUNDS says otherwise.</param>
    /// <param name="fill">Adds the resource db with app, which is rotated, and app2, which is not.</param>
    public static async Task KillAndMendAsync(int seed, int usualRounds, Func<Vault, Task> fill)
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
            int rounds = Rounds.Or(usualRounds);
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

                JsonElement rotation = (await vault.LookAsync("account", "show", "db/app")).GetProperty("rotation");
                string state = rotation.GetProperty("state").GetString()!;
                Assert.NotEqual("needs-attention", state);

                // What is over must sign in; what is not must come to an end that signs in. The lease of a process that is gone holds nobody up.
                (state is "promoted" or "failed" ? await vault.HereAsync("account", "check", "db/app") : await vault.RunAsync("account", "rotate", "db/app")).Succeeded();
            }

            (await vault.HereAsync("account", "check", "db/app")).Succeeded();
            (await vault.HereAsync("account", "check", "db/app2")).Succeeded();
            (await vault.HereAsync("audit", "verify")).Succeeded();
            Assert.DoesNotContain(OldPassword, vault.Said.ToString(), StringComparison.Ordinal);
        }
    }
}
