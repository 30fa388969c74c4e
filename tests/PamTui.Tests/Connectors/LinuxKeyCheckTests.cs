using PamTui.Core.Model;
using PamTui.Servers;

namespace PamTui.Tests.Connectors;

/// <summary>Sign-ins with a private key, as the user who runs the tests.</summary>
public sealed class LinuxKeyCheckTests : IDisposable
{
    private readonly TempFolder _folder = new();

    private static string Me => Environment.UserName;

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("ed25519", "")]
    [InlineData("ecdsa", "")]
    [InlineData("rsa", "")]
    [InlineData("ed25519", "pass phrase-ü")]
    [InlineData("rsa", "pass phrase-ü")]
    public async Task Key_signs_in_stage_by_stage(string type, string passphrase)
    {
        SshKeyFile key = await SshKeyFile.MakeAsync(_folder, "user", type, passphrase);
        await using Sshd sshd = await Sshd.StartAsync(new SshdOptions(AuthorizedKeys: [key.PublicLine]));

        Checked check = await Target.CheckKeyAsync(Target.Linux(sshd, pinned: sshd.HostKey), Me, key.PrivateBytes, passphrase.Length > 0 ? passphrase : null);

        check.Passed();
        Assert.Equal(sshd.HostKey.Fingerprint, check.Report.HostKey?.Fingerprint);
        Assert.Equal(sshd.HostKey.KeyType, check.Report.HostKey?.KeyType);
        Assert.Equal(
            [
                "Resolve Running", "Resolve Passed", "Connect Running", "Connect Passed", "Identity Running", "Identity Passed",
                "SignIn Running", "SignIn Passed", "Probe Running", "Probe Passed",
            ],
            check.Steps);
    }

    [Theory]
    [InlineData("PEM", "")]
    [InlineData("PEM", "pass phrase")]
    [InlineData("PKCS8", "")]
    [InlineData("PKCS8", "pass phrase")]
    public async Task Other_forms_of_a_private_key_sign_in(string form, string passphrase)
    {
        SshKeyFile key = await SshKeyFile.MakeAsync(_folder, "user", "rsa", passphrase, "-m", form);
        await using Sshd sshd = await Sshd.StartAsync(new SshdOptions(AuthorizedKeys: [key.PublicLine]));

        (await Target.CheckKeyAsync(Target.Linux(sshd, pinned: sshd.HostKey), Me, key.PrivateBytes, passphrase.Length > 0 ? passphrase : null)).Passed();
    }

    [Theory]
    [InlineData("2")]
    [InlineData("3")]
    public async Task PuTTY_key_signs_in(string version)
    {
        SshKeyFile key = await SshKeyFile.MakeAsync(_folder, "user");
        string ppk = _folder.PathOf("user.ppk");
        string phrase = _folder.Write("phrase", "pass phrase");
        (await Run.ProgramAsync("puttygen", key.Path, "-O", "private", "-o", ppk, "--new-passphrase", phrase, "--ppk-param", "version=" + version)).Succeeded();
        await using Sshd sshd = await Sshd.StartAsync(new SshdOptions(AuthorizedKeys: [key.PublicLine]));

        (await Target.CheckKeyAsync(Target.Linux(sshd, pinned: sshd.HostKey), Me, await File.ReadAllBytesAsync(ppk), "pass phrase")).Passed();
    }

    [Fact]
    public async Task D5_refused_key_is_said_and_nothing_else_is_tried()
    {
        SshKeyFile key = await SshKeyFile.MakeAsync(_folder, "user", "rsa");
        await using Sshd sshd = await Sshd.StartAsync(new SshdOptions(AuthorizedKeys: []));

        (await Target.CheckKeyAsync(Target.Linux(sshd, pinned: sshd.HostKey), Me, key.PrivateBytes)).Failed(CheckStage.SignIn, CheckCause.KeyNotAccepted);

        await sshd.LineAsync("Connection closed by authenticating user");
        Assert.DoesNotContain("method password", sshd.Log, StringComparison.Ordinal);
        Assert.DoesNotContain("method keyboard-interactive", sshd.Log, StringComparison.Ordinal);
        Assert.DoesNotContain("pkalg ssh-rsa ", sshd.Log, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Encrypted_key_needs_its_passphrase_and_no_connection_to_say_so()
    {
        SshKeyFile key = await SshKeyFile.MakeAsync(_folder, "user", "ed25519", "right");
        SshKeyFile pem = await SshKeyFile.MakeAsync(_folder, "pem", "rsa", "right", "-m", "PEM");
        Resource nowhere = Target.Linux("127.0.0.1", FreePort.Next());

        foreach (SshKeyFile one in (SshKeyFile[])[key, pem])
        {
            Checked without = (await Target.CheckKeyAsync(nowhere, Me, one.PrivateBytes)).Failed(CheckStage.SignIn, CheckCause.KeyNeedsPassphrase);
            Checked wrong = (await Target.CheckKeyAsync(nowhere, Me, one.PrivateBytes, "canary-7f3a")).Failed(CheckStage.SignIn, CheckCause.KeyNeedsPassphrase);
            Assert.Contains("is encrypted", without.Message, StringComparison.Ordinal);
            Assert.Contains("does not open", wrong.Message, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("")]
    [InlineData("this is no key")]
    [InlineData("-----BEGIN OPENSSH PRIVATE KEY-----\nAAAA\n-----END OPENSSH PRIVATE KEY-----\n")]
    [InlineData("ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIMPNZEAsbkr5VKCrBFNfTVLSXqsvBmSWPbLyGlCCXbwS comment")]
    public async Task File_that_is_no_private_key_is_said_to_be_none(string text)
    {
        byte[] file = System.Text.Encoding.ASCII.GetBytes(text);
        using Secret secret = Secret.From(file);
        await using Core.Connectors.Connectors connectors = new(TimeProvider.System, Target.NoCertificates);

        CheckReport report = await connectors.CheckAsync(
            Target.Linux("127.0.0.1", FreePort.Next()), Me, CredentialType.PrivateKey, secret, null, null, default);

        Assert.Equal(CheckCause.KeyUnreadable, report.Failure?.Cause);
    }

    [Fact]
    public async Task Every_cut_of_a_key_file_is_unreadable_and_never_throws()
    {
        SshKeyFile key = await SshKeyFile.MakeAsync(_folder, "user");
        await using Core.Connectors.Connectors connectors = new(TimeProvider.System, Target.NoCertificates);
        byte[] whole = key.PrivateBytes;
        for (int length = 0; length < whole.Length - 40; length += 7)
        {
            using Secret cut = Secret.From(whole.AsSpan(0, length));
            CheckReport report = await connectors.CheckAsync(Target.Linux("127.0.0.1", 1), Me, CredentialType.PrivateKey, cut, null, null, default);
            Assert.Equal(CheckCause.KeyUnreadable, report.Failure?.Cause);
        }
    }

    [Fact]
    public async Task Key_file_that_would_keep_a_core_busy_for_days_is_refused()
    {
        SshKeyFile key = await SshKeyFile.MakeAsync(_folder, "user", "ed25519", "canary-7f3a");
        string[] lines = await File.ReadAllLinesAsync(key.Path);
        byte[] blob = Convert.FromBase64String(string.Concat(lines[1..^1]));

        // "bcrypt", its options' length, a salt of 16, then the rounds.
        int rounds = blob.AsSpan().IndexOf("bcrypt"u8) + 6 + 4 + 4 + 16;
        Assert.Equal(new byte[] { 0, 0, 0, 16 }, blob[rounds..(rounds + 4)]);
        blob[rounds] = 0x7f;
        string costly = lines[0] + "\n" + Convert.ToBase64String(blob) + "\n" + lines[^1] + "\n";

        Checked check = await Target.CheckKeyAsync(Target.Linux("127.0.0.1", 1), Me, System.Text.Encoding.ASCII.GetBytes(costly), "canary-7f3a");

        check.Failed(CheckStage.SignIn, CheckCause.KeyUnreadable);
        Assert.Contains("rounds", check.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Account_whose_command_is_forced_to_sftp_passes()
    {
        SshKeyFile key = await SshKeyFile.MakeAsync(_folder, "user");
        await using Sshd sshd = await Sshd.StartAsync(new SshdOptions(AuthorizedKeys: [key.PublicLine], Config: ["ForceCommand internal-sftp"]));

        (await Target.CheckKeyAsync(Target.Linux(sshd, pinned: sshd.HostKey), Me, key.PrivateBytes)).Passed();
    }

    [Fact]
    public async Task Target_that_opens_no_session_fails_the_probe()
    {
        SshKeyFile key = await SshKeyFile.MakeAsync(_folder, "user");
        await using Sshd sshd = await Sshd.StartAsync(new SshdOptions(AuthorizedKeys: [key.PublicLine], Config: ["MaxSessions 0"]));

        (await Target.CheckKeyAsync(Target.Linux(sshd, pinned: sshd.HostKey), Me, key.PrivateBytes)).Failed(CheckStage.Probe, CheckCause.ProbeFailed);
    }

    [Fact]
    public async Task Target_that_floods_the_probe_is_cut_off()
    {
        SshKeyFile key = await SshKeyFile.MakeAsync(_folder, "user");
        await using Sshd sshd = await Sshd.StartAsync(new SshdOptions(AuthorizedKeys: [key.PublicLine], Config: ["ForceCommand yes"]));

        Checked check = await Target.CheckKeyAsync(Target.Linux(sshd, pinned: sshd.HostKey), Me, key.PrivateBytes);

        check.Failed(CheckStage.Probe, CheckCause.ProbeFailed);
        Assert.InRange(check.Message.Length, 1, 600);
        Assert.InRange(check.Report.Elapsed, TimeSpan.Zero, TimeSpan.FromSeconds(8));
    }

    [Fact]
    public async Task Words_of_the_target_are_escaped_and_the_secret_in_them_is_not_repeated()
    {
        SshKeyFile key = await SshKeyFile.MakeAsync(_folder, "user", "ed25519", "canary-7f3a");
        await using Sshd loud = await Sshd.StartAsync(new SshdOptions(AuthorizedKeys: [key.PublicLine], Config: ["ForceCommand printf '\\033[2Jgone\\n' >&2; exit 9"]));
        await using Sshd echo = await Sshd.StartAsync(new SshdOptions(AuthorizedKeys: [key.PublicLine], Config: ["ForceCommand echo canary-7f3a >&2; exit 9"]));

        Checked escaped = await Target.CheckKeyAsync(Target.Linux(loud, pinned: loud.HostKey), Me, key.PrivateBytes, "canary-7f3a");
        Checked hidden = await Target.CheckKeyAsync(Target.Linux(echo, pinned: echo.HostKey), Me, key.PrivateBytes, "canary-7f3a");

        Assert.Contains("ends with 9", escaped.Message, StringComparison.Ordinal);
        Assert.Contains("\\u{1b}[2Jgone", escaped.Message, StringComparison.Ordinal);
        hidden.Failed(CheckStage.Probe, CheckCause.ProbeFailed);
        Assert.DoesNotContain("canary", hidden.Message, StringComparison.Ordinal);
    }
}
