using System.Globalization;
using System.Text.RegularExpressions;
using PamTui.Gateway;
using PamTui.Servers;
using PamTui.Ssh;

namespace PamTui.Tests.GatewayTests;

public sealed partial class AlgorithmProfileTests
{
    // ssh-audit 2.5.0 is older than these: it calls "unknown" what it has no row for, and sntrup761 "experimental" as it was before OpenSSH
    // made it the default (9.0) and the IETF gave it a name.
    private static readonly string[] s_notKnownToTheScanner =
    [
        "mlkem768x25519-sha256: unknown algorithm",
        "sntrup761x25519-sha512: unknown algorithm",
        "sntrup761x25519-sha512@openssh.com: using experimental algorithm",
        "kex-strict-s-v00@openssh.com: unknown algorithm",
    ];

    [Fact]
    public async Task Ssh_audit_finds_no_failure_and_no_warning_in_the_modern_profile()
    {
        Tools.Need("ssh-audit");
        await using TestGateway gateway = await TestGateway.StartAsync(new GatewayOptions { AlgorithmProfile = "modern" });

        RunResult audit = await Run.ProgramAsync("ssh-audit", "-n", "-p", gateway.EndPoint.Port.ToString(CultureInfo.InvariantCulture), "127.0.0.1");

        Assert.Contains("(key) ssh-ed25519", audit.Text, StringComparison.Ordinal);
        Assert.Empty(Findings(audit.Text).Except(s_notKnownToTheScanner));
        Assert.DoesNotContain("[fail]", audit.Text, StringComparison.Ordinal);
        Assert.Equal("in\n", (await gateway.SshAsync("alice@web", "echo in")).Succeeded().Text);
    }

    [Fact]
    public async Task Modern_profile_towards_targets_refuses_one_that_has_only_older_algorithms()
    {
        SshdOptions old = new(Config: ["Ciphers aes256-ctr", "KexAlgorithms ecdh-sha2-nistp256"]);
        await using TestGateway modern = await TestGateway.StartAsync(new GatewayOptions { TargetAlgorithmProfile = "modern" }, old);
        Assert.Contains("speaks no SSH that this gateway does", (await modern.SshAsync("alice@web", "true")).Ended(255).Error, StringComparison.Ordinal);

        modern.Server.Reload(new GatewayOptions(), PamTui.Gateway.Listener.HostKeyFiles.Load(modern.Folder).Value);

        Assert.Equal("in\n", (await modern.SshAsync("alice@web", "echo in")).Succeeded().Text);
    }

    [Fact]
    public void Profiles_hold_what_is_promised()
    {
        AlgorithmPreferences all = AlgorithmPreferences.Compatible;
        Assert.Equal(
            [
                "mlkem768x25519-sha256", "sntrup761x25519-sha512", "sntrup761x25519-sha512@openssh.com", "curve25519-sha256", "curve25519-sha256@libssh.org",
                "ecdh-sha2-nistp256", "ecdh-sha2-nistp384", "ecdh-sha2-nistp521", "diffie-hellman-group16-sha512", "diffie-hellman-group14-sha256",
            ],
            all.KeyExchanges);
        Assert.Equal(["aes256-gcm@openssh.com", "aes128-gcm@openssh.com", "chacha20-poly1305@openssh.com", "aes256-ctr", "aes192-ctr", "aes128-ctr"], all.Ciphers);
        Assert.Equal(["hmac-sha2-256-etm@openssh.com", "hmac-sha2-512-etm@openssh.com", "hmac-sha2-256", "hmac-sha2-512"], all.Macs);
        AlgorithmPreferences modern = AlgorithmPreferences.Modern;
        Assert.StartsWith("mlkem", modern.KeyExchanges[0], StringComparison.Ordinal);
        string[] offered = [.. all.KeyExchanges, .. all.Ciphers, .. all.Macs, .. all.HostKeys, .. all.UserKeySignatures];
        Assert.DoesNotContain(offered, name => name.Contains("sha1", StringComparison.Ordinal) || name.Contains("cbc", StringComparison.Ordinal) || name == "ssh-rsa");
        Assert.DoesNotContain(
            [.. modern.KeyExchanges, .. modern.Ciphers, .. modern.HostKeys, .. modern.UserKeySignatures],
            name => name.Contains("nist", StringComparison.Ordinal) || name.Contains("ctr", StringComparison.Ordinal) || name.Contains("rsa", StringComparison.Ordinal));
    }

    /// <summary>"NAME: words" for each failure and warning; further words of one algorithm stand on lines of their own.</summary>
    private static IEnumerable<string> Findings(string text)
    {
        string name = "";
        foreach (string line in text.Split('\n'))
        {
            name = Algorithm().Match(line) is { Success: true } found ? found.Groups[1].Value : name;
            if (Finding().Match(line) is { Success: true } finding)
            {
                yield return name + ": " + finding.Groups[1].Value.Trim();
            }
        }
    }

    [GeneratedRegex(@"^\((?:kex|key|enc|mac|aut)\) (\S+)")]
    private static partial Regex Algorithm();

    [GeneratedRegex(@"\[(?:fail|warn)\] (.+)$")]
    private static partial Regex Finding();
}
