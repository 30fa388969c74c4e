using System.Globalization;
using PamTui.Servers;
using PamTui.Ssh;

namespace PamTui.EndToEnd.OpenSshRegress;

/// <summary>
/// OpenSSH's own regression scripts (package openssh-tests) with the gateway where they expect sshd: the scripts are as they are, but for the
/// parts that set up an sshd of their own, which are cut at their own lines (docs/interop.md says which and why). The gateway's host keys, and
/// the user's keys, are those the scripts know.
/// </summary>
public sealed class RegressBench : IAsyncDisposable
{
    private const string Scripts = "/usr/lib/openssh/regress";

    private static readonly TimeSpan s_limit = TimeSpan.FromMinutes(10);

    private const string Trusted = "trusted_user_cas";
    private const string Revoked = "revoked_keys";

    private readonly bool _certificates;
    private readonly Lazy<Task<World>> _world;

    public RegressBench()
        : this(certificates: false)
    {
    }

    private RegressBench(bool certificates) => (_certificates, _world) = (certificates, new(MakeAsync));

    /// <summary>The user has none of the scripts' keys: certificates alone let them in.</summary>
    public static RegressBench OfCertificates() => new(certificates: true);

    public Task<World> WorldAsync() => _world.Value;

    /// <param name="edits">sed commands on the script.</param>
    public async Task RunAsync(string script, params string[] edits)
    {
        World world = await WorldAsync();
        string folder = world.Files.PathOf("regress");
        string path = Path.Combine(folder, script + ".sh");
        if (edits.Length > 0)
        {
            string whole = await File.ReadAllTextAsync(path);
            (await Run.ProgramAsync("sed", ["-i", .. edits.SelectMany(edit => (string[])["-e", edit]), path], null)).Succeeded();
            Assert.NotEqual(whole, await File.ReadAllTextAsync(path));
        }

        RunResult result = await Run.ProgramAsync(
            "sh",
            ["test-exec.sh", folder, path],
            input: null,
            new Dictionary<string, string?>
            {
                ["BUILDDIR"] = folder,
                ["TEST_SHELL"] = "sh",
                ["TEST_SSH_UNSAFE_PERMISSIONS"] = "1",
                ["TEST_SSH_SSH"] = Path.Combine(folder, "gateway-ssh"),
                ["TEST_SSH_SSHD"] = Path.Combine(folder, "sshd.py"),
                ["TEST_SSH_SFTPSERVER"] = "/usr/lib/openssh/sftp-server",
                ["TEST_SSH_PORT"] = FreePort.Next().ToString(CultureInfo.InvariantCulture),
                ["GATEWAY_PORT"] = world.Gateway.Port.ToString(CultureInfo.InvariantCulture),
                ["GATEWAY_DATA"] = _certificates ? world.Vault.Data : null,
                ["GATEWAY_PID"] = world.Gateway.ProcessId.ToString(CultureInfo.InvariantCulture),
            },
            folder,
            s_limit);

        Assert.True(result.ExitCode == 0 && result.Text.Contains("ok ", StringComparison.Ordinal), result + "\n--- gateway\n" + world.Gateway.Log);
    }

    public async ValueTask DisposeAsync()
    {
        if (_world.IsValueCreated && _world.Value.IsCompletedSuccessfully)
        {
            await (await _world.Value).DisposeAsync();
        }
    }

    private async Task<World> MakeAsync()
    {
        if (!File.Exists(Path.Combine(Scripts, "test-exec.sh")))
        {
            throw Missing.SkipOrFail("OpenSSH's regression scripts", "openssh-tests");
        }

        Tools.Need("python3");
        World world = await World.StartAsync(
            _certificates
                ? $$"""{ "Gateway": { "TrustedUserCaKeys": "{{Trusted}}", "RevokedKeys": "{{Revoked}}", "MaxAuthAttempts": 20 }, "Logging": { "File": "gateway.log" } }"""
                : """{ "Gateway": { "AcceptEnvironment": ["LANG", "LC_*", "TERM", "_XXX_TEST", "_XXX_TEST_*"] } }""",
            ["AcceptEnv _XXX_TEST _XXX_TEST_*"],
            vault => Array.ForEach([Trusted, Revoked], file => File.WriteAllText(Path.Combine(vault.Data, file), "")));
        string folder = world.Files.PathOf("regress");
        (await Run.ProgramAsync("cp", "-r", Scripts, folder)).Succeeded();
        File.Copy(Path.Combine(AppContext.BaseDirectory, "Peers", "regress", "sshd.py"), Path.Combine(folder, "sshd.py"));
        Directory.CreateDirectory(Path.Combine(folder, "offer"));
        foreach ((string question, IReadOnlyList<string> ours) in Offered())
        {
            string[] client = (await Run.ProgramAsync("ssh", "-Q", question)).Succeeded().Text.Split('\n', StringSplitOptions.RemoveEmptyEntries);
            await File.WriteAllLinesAsync(Path.Combine(folder, "offer", question), client.Intersect(ours));
        }

        // The scripts try all that the client has: here, all of it that the gateway offers.
        await File.WriteAllTextAsync(Path.Combine(folder, "gateway-ssh"), $"""
            #!/bin/sh
            log=
            case "$1" in -E*) log=$1; shift ;; esac
            if [ "$1" = -Q ] && [ -f "{folder}/offer/$2" ]; then exec cat "{folder}/offer/$2"; fi
            exec {Tools.Need("ssh")} $log -l alice@deploy@web-1 "$@"

            """);
        (await Run.ProgramAsync("chmod", "755", Path.Combine(folder, "gateway-ssh"), Path.Combine(folder, "sshd.py"))).Succeeded();
        foreach ((string file, string type) in (IEnumerable<(string, string)>)[("ed25519", "ssh-ed25519"), ("ecdsa", "ecdsa-sha2-nistp256"), ("rsa", "ssh-rsa")])
        {
            // One key for both ends is how the scripts have it.
            string key = Path.Combine(world.Vault.Data, "host-keys", $"ssh_host_{file}_key");
            (await Run.ProgramAsync("cp", key, Path.Combine(folder, type))).Succeeded();
            (await Run.ProgramAsync("cp", key + ".pub", Path.Combine(folder, type + ".pub"))).Succeeded();
            (await Run.ProgramAsync("chmod", "600", Path.Combine(folder, type))).Succeeded();
            if (!_certificates)
            {
                (await world.Vault.HereAsync("user", "key", "add", "alice", Path.Combine(folder, type + ".pub"))).Succeeded();
            }
        }

        return world;
    }

    private (string Question, IReadOnlyList<string> Ours)[] Offered()
    {
        AlgorithmPreferences offered = AlgorithmPreferences.Compatible;
        (string, IReadOnlyList<string>)[] all = [("kex", offered.KeyExchanges), ("cipher", offered.Ciphers), ("mac", offered.Macs), ("cipher-auth", offered.Ciphers)];
        return _certificates ? [.. all, ("key-plain", ["ssh-ed25519", "ecdsa-sha2-nistp256", "ecdsa-sha2-nistp384", "ecdsa-sha2-nistp521", "ssh-rsa"])] : all;
    }
}
