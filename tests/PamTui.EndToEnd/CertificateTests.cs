using PamTui.Servers;

namespace PamTui.EndToEnd;

/// <summary>The program with a user CA in its settings, and what an operator does with its files.</summary>
public sealed class CertificateTests
{
    [Fact]
    public async Task User_CA_and_revoked_keys_are_files_that_are_read_again_on_SIGHUP_and_a_bad_one_changes_nothing()
    {
        await using World world = await World.StartAsync(settings: """{ "Gateway": { "TrustedUserCaKeys": "user_ca.pub", "RevokedKeys": "revoked" } }""", prepare: vault =>
        {
            File.WriteAllText(Path.Combine(vault.Data, "user_ca.pub"), "# none yet\n");
            File.WriteAllText(Path.Combine(vault.Data, "revoked"), "");
        });
        SshKeyFile ca = await SshKeyFile.MakeAsync(world.Files, "ca");
        SshKeyFile laptop = await SshKeyFile.MakeAsync(world.Files, "laptop");
        string certificate = await laptop.CertifyAsync(ca, "-I", "laptop", "-n", "alice");
        string[] byCertificate =
        [
            "-F", "none", "-i", laptop.Path, "-o", "CertificateFile=" + certificate, "-o", "IdentitiesOnly=yes", "-o", "BatchMode=yes",
            "-o", "UserKnownHostsFile=" + world.KnownHosts, "-p", world.Gateway.Port.ToString(System.Globalization.CultureInfo.InvariantCulture), "alice@deploy@web-1@127.0.0.1", "echo in",
        ];
        string authorities = Path.Combine(world.Vault.Data, "user_ca.pub");

        (await Run.ProgramAsync("ssh", byCertificate)).Ended(255);
        await File.WriteAllTextAsync(authorities, ca.PublicLine + "\n");
        await ReloadAsync("are loaded again");
        Assert.Equal("in\n", (await Run.ProgramAsync("ssh", byCertificate)).Succeeded().Text);

        await File.WriteAllTextAsync(authorities, "restrict " + ca.PublicLine + "\n");
        await ReloadAsync("Not reloaded");
        Assert.Equal("in\n", (await Run.ProgramAsync("ssh", byCertificate)).Succeeded().Text);

        await File.WriteAllTextAsync(authorities, ca.PublicLine + "\n");
        await File.WriteAllTextAsync(Path.Combine(world.Vault.Data, "revoked"), laptop.Fingerprint + "\n");
        await ReloadAsync("are loaded again");
        (await Run.ProgramAsync("ssh", byCertificate)).Ended(255);
        await Poll.UntilAsync("the audit says whose certificate it was", async () => (await world.Vault.LookAsync("audit", "list")).EnumerateArray()
            .Any(row => row.GetProperty("details").GetString()!.Contains("serial 0 of CA " + ca.Fingerprint, StringComparison.Ordinal)));

        async Task ReloadAsync(string words)
        {
            int before = Count(words);
            world.Gateway.Signal(Signals.Hangup);
            await Poll.UntilAsync(words, () => Count(words) == before + 1);
        }

        int Count(string words) => world.Gateway.Log.Split(words).Length - 1;
    }

    [Fact]
    public async Task Key_that_the_target_offers_is_shown_as_not_trusted_and_accepted_by_its_fingerprint()
    {
        using TempFolder folder = new(readableByAll: true);
        SshKeyFile second = await SshKeyFile.MakeAsync(folder, "second", "ecdsa");
        await using World world = await World.StartAsync(target: ["HostKey " + second.Path]);
        string pinned = (await world.Vault.HereAsync("resource", "show", "web-1")).Succeeded().Text;
        Assert.DoesNotContain("offered", pinned, StringComparison.Ordinal);

        (await world.SshAsync("web", "true")).Succeeded();

        string words = "offered by the target, not trusted: ecdsa-sha2-nistp256 " + second.Fingerprint;
        await Poll.UntilAsync("the offered key", async () => (await world.Vault.HereAsync("resource", "show", "web-1")).Succeeded().Text.Contains(words, StringComparison.Ordinal));
        (await world.Vault.HereAsync("resource", "host-key", "accept", "web-1", second.Fingerprint)).Succeeded();
        string shown = (await world.Vault.HereAsync("resource", "show", "web-1")).Succeeded().Text;
        Assert.DoesNotContain("not trusted", shown, StringComparison.Ordinal);
        Assert.Contains(second.Fingerprint + " (offered by the target, accepted by", shown, StringComparison.Ordinal);
    }
}
