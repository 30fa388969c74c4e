namespace PamTui.EndToEnd.OpenSshRegress;

/// <summary>Certificates of users, good ones and all that can be wrong with them.</summary>
public sealed class CertificateScriptTests
{
    [Fact]
    public async Task Cert_userkey_passes_for_all_that_is_no_line_of_sshd_s_own_files()
    {
        await using RegressBench certificates = RegressBench.OfCertificates();
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
}
