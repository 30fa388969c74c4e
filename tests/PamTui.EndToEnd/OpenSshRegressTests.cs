using System.Globalization;
using PamTui.Servers;
using PamTui.Ssh;

namespace PamTui.EndToEnd;

/// <summary>
/// OpenSSH's own regression scripts (package openssh-tests) with the gateway where they expect sshd: the scripts are as they are, but for the
/// parts that set up an sshd of their own, which are cut at their own lines (docs/interop.md says which and why).
/// </summary>
public sealed class OpenSshRegressTests(OpenSshRegressTests.Bench bench) : IClassFixture<OpenSshRegressTests.Bench>
{
    [Theory]
    [InlineData("transfer")]
    [InlineData("try-ciphers")]
    [InlineData("kextype")]
    [InlineData("proto-mismatch")]
    [InlineData("proto-version")]
    [InlineData("exit-status")]
    [InlineData("exit-status-signal")]
    [InlineData("stderr-data")]
    [InlineData("stderr-after-eof")]
    [InlineData("yes-head")]
    [InlineData("broken-pipe")]
    [InlineData("localcommand")]
    [InlineData("host-expand")]
    public async Task Script_passes_as_it_is(string script) => await bench.RunAsync(script);

    [Fact]
    public async Task Rekey_passes_for_all_that_the_client_starts() => await bench.RunAsync(
        "rekey",
        // Of the client's rekeys by time one length of two; rekeys by the server's RekeyLimit are a setting of sshd's.
        "s/for s in 5 10; do/for s in 5; do/",
        "/verbose \"server rekeylimit \\${s}\"/,$c\\:; done");

    [Fact]
    public async Task Envpass_passes_up_to_the_variables_that_sshd_itself_sets() => await bench.RunAsync("envpass", "/^trace \"server setenv wins\"/,$d");

    [Fact]
    public async Task Multiplex_passes_but_for_forwarding_which_no_account_has() => await bench.RunAsync(
        "multiplex",
        "/^verbose \"test $tid: forward\"/,/^for s in 0 1 4 5 44; do$/{/^for s in 0 1 4 5 44; do$/!d}",
        "/^verbose \"test $tid: cmd forward local (TCP)\"/,/^verbose \"test $tid: cmd exit\"/{/^verbose \"test $tid: cmd exit\"/!d}");

    [Fact]
    public async Task Brokenkeys_passes_and_the_vault_takes_no_broken_key_in()
    {
        World world = await bench.WorldAsync();
        string broken = world.Files.Write("broken.pub", "ssh-rsa AAAAB3NzaC1yc2EAAAABIwAAAIEABTM= bad key\n");

        RunResult taken = await world.Vault.RunAsync("user", "key", "add", "alice", broken);

        Assert.NotEqual(0, taken.ExitCode);
        await bench.RunAsync("brokenkeys");
    }

    [Fact]
    public async Task Cert_userkey_passes_for_all_that_is_no_line_of_sshd_s_own_files()
    {
        await using Bench certificates = Bench.OfCertificates();
        await certificates.RunAsync(
            "cert-userkey",
            // The user of a login is the gateway's.
            "s/-n ${USER}/-n alice/; s/-n \\$USER/-n alice/",
            // ssh-rsa signs by SHA-1: RSA keys come by their other two algorithms.
            "s/PLAIN_TYPES=\"$PLAIN_TYPES rsa-sha2-256 rsa-sha2-512\"/PLAIN_TYPES=\"`echo $PLAIN_TYPES | sed s:rsa::` rsa-sha2-256 rsa-sha2-512\"/",
            "s/for ktype in $rsa ed25519/for ktype in rsa-sha2-512 ed25519/",
            // AuthorizedPrincipalsFile, and CAs as lines of authorized_keys with options.
            "/^# Test explicitly-specified principals$/,/^basic_tests() {$/{/^basic_tests() {$/!d}",
            "/^basic_tests authorized_keys$/d",
            "s/auth_choice=\"authorized_keys TrustedUserCAKeys\"/auth_choice=TrustedUserCAKeys/",
            "/^test_one \"empty principals\"\tsuccess/d",
            "/^# Check explicitly-specified principals:/,/^# Wrong certificate$/{/^# Wrong certificate$/!d}",
            // KRLs.
            "/revoked via KRL\"$/,/^\tdone$/{/^\tdone$/!d}");
        Assert.Contains("it has expired", (await certificates.WorldAsync()).Gateway.Log, StringComparison.Ordinal);
    }

    /// <summary>A gateway whose host keys, and a user whose keys, are those the scripts know.</summary>
    public sealed class Bench : IAsyncDisposable
    {
        private const string Scripts = "/usr/lib/openssh/regress";

        private static readonly TimeSpan s_limit = TimeSpan.FromMinutes(10);

        private const string Trusted = "trusted_user_cas";
        private const string Revoked = "revoked_keys";

        private readonly bool _certificates;
        private readonly Lazy<Task<World>> _world;

        public Bench()
            : this(certificates: false)
        {
        }

        private Bench(bool certificates) => (_certificates, _world) = (certificates, new(MakeAsync));

        /// <summary>The user has none of the scripts' keys: certificates alone let them in.</summary>
        public static Bench OfCertificates() => new(certificates: true);

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
                    (await world.Vault.RunAsync("user", "key", "add", "alice", Path.Combine(folder, type + ".pub"))).Succeeded();
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
}
