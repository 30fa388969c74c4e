using PamTui.Core.Model;
using PamTui.Servers;

namespace PamTui.Tests.Connectors;

public sealed class HostKeyTests : IDisposable
{
    private readonly TempFolder _folder = new();

    private static string Me => Environment.UserName;

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task D1_other_host_key_is_refused_before_the_server_hears_of_a_user()
    {
        SshKeyFile other = await SshKeyFile.MakeAsync(_folder, "other");
        await using Sshd sshd = await Sshd.StartAsync();

        Checked check = await Target.CheckAsync(Target.Linux(sshd, pinned: other), Me, "canary-7f3a");

        check.Failed(CheckStage.Identity, CheckCause.HostKeyDiffers);
        Assert.Contains(sshd.HostKey.Fingerprint, check.Message, StringComparison.Ordinal);
        Assert.Equal(sshd.HostKey.Fingerprint, check.Report.HostKey?.Fingerprint);
        await NothingWasSentAsync(sshd);
    }

    [Fact]
    public async Task D1_host_key_of_another_type_is_refused_and_said_to_be_that()
    {
        SshKeyFile pinned = await SshKeyFile.MakeAsync(_folder, "pinned", "ecdsa");
        await using Sshd sshd = await Sshd.StartAsync();

        Checked check = await Target.CheckAsync(Target.Linux(sshd, pinned: pinned), Me, "canary-7f3a");

        check.Failed(CheckStage.Identity, CheckCause.HostKeyTypeDiffers);
        Assert.Contains("ecdsa-sha2-nistp256", check.Message, StringComparison.Ordinal);
        await NothingWasSentAsync(sshd);
    }

    [Fact]
    public async Task D3_unknown_host_key_is_shown_and_nothing_is_sent()
    {
        await using Sshd sshd = await Sshd.StartAsync();

        Checked check = await Target.CheckAsync(Target.Linux(sshd), Me, "canary-7f3a");

        check.Failed(CheckStage.Identity, CheckCause.HostKeyUnknown);
        Assert.Equal(new SeenHostKey("ssh-ed25519", sshd.HostKey.Fingerprint), check.Report.HostKey);
        await NothingWasSentAsync(sshd);
    }

    [Fact]
    public async Task D3_pin_that_is_garbage_lets_nobody_in()
    {
        await using Sshd sshd = await Sshd.StartAsync();
        foreach (HostKeyPin pin in (HostKeyPin[])[Target.Pin("", ""), Target.Pin("", "SHA256:"), Target.Pin("ssh-ed25519", ""), Target.Pin("ssh-ed25519", sshd.HostKey.Fingerprint + "=")])
        {
            (await Target.CheckAsync(Target.Linux(Sshd.Host, sshd.Port, false, pin), Me, "canary-7f3a")).Failed(CheckStage.Identity, CheckCause.HostKeyDiffers);
        }

        // A fingerprint that is right under another type's name is not right.
        (await Target.CheckAsync(Target.Linux(Sshd.Host, sshd.Port, false, Target.Pin("ssh-rsa", sshd.HostKey.Fingerprint)), Me, "canary-7f3a"))
            .Failed(CheckStage.Identity, CheckCause.HostKeyTypeDiffers);
    }

    [Fact]
    public async Task Server_with_several_keys_shows_the_one_that_is_pinned()
    {
        SshKeyFile key = await SshKeyFile.MakeAsync(_folder, "user");
        await using Sshd sshd = await Sshd.StartAsync(new SshdOptions(HostKeyTypes: ["ed25519", "ecdsa", "rsa"], AuthorizedKeys: [key.PublicLine]));
        foreach (SshKeyFile pinned in sshd.HostKeys)
        {
            Checked check = await Target.CheckKeyAsync(Target.Linux(sshd, pinned: pinned), Me, key.PrivateBytes);

            check.Passed();
            Assert.Equal(new SeenHostKey(pinned.KeyType, pinned.Fingerprint), check.Report.HostKey);
        }

        (await Target.CheckKeyAsync(Target.Linux(Sshd.Host, sshd.Port, false, Target.Pin("", sshd.HostKey.Fingerprint)), Me, key.PrivateBytes)).Passed();
    }

    [Fact]
    public async Task First_use_is_trusted_only_where_the_resource_says_so_and_nothing_is_pinned_yet()
    {
        SshKeyFile key = await SshKeyFile.MakeAsync(_folder, "user");
        SshKeyFile other = await SshKeyFile.MakeAsync(_folder, "other");
        await using Sshd sshd = await Sshd.StartAsync(new SshdOptions(AuthorizedKeys: [key.PublicLine]));

        Checked first = await Target.CheckKeyAsync(Target.Linux(sshd, trustOnFirstUse: true), Me, key.PrivateBytes);
        Checked pinned = await Target.CheckKeyAsync(Target.Linux(sshd, trustOnFirstUse: true, other), Me, key.PrivateBytes);

        first.Passed();
        Assert.Equal(sshd.HostKey.Fingerprint, first.Report.HostKey?.Fingerprint);
        pinned.Failed(CheckStage.Identity, CheckCause.HostKeyDiffers);
    }

    [Fact]
    public async Task Look_at_the_identity_gives_the_host_key_without_a_sign_in()
    {
        await using Sshd sshd = await Sshd.StartAsync();

        Checked known = await Target.ProbeAsync(Target.Linux(sshd, pinned: sshd.HostKey));
        Checked unknown = await Target.ProbeAsync(Target.Linux(sshd));

        known.Passed();
        Assert.Equal(sshd.HostKey.Fingerprint, known.Report.HostKey?.Fingerprint);
        unknown.Failed(CheckStage.Identity, CheckCause.HostKeyUnknown);
        await NothingWasSentAsync(sshd);
    }

    [Fact]
    public async Task Server_that_has_only_unsafe_algorithms_is_not_talked_to()
    {
        await using Sshd sshd = await Sshd.StartAsync(new SshdOptions(Config: ["Ciphers aes128-cbc"]));

        (await Target.CheckAsync(Target.Linux(sshd, pinned: sshd.HostKey), Me, "canary-7f3a")).Failed(CheckStage.Identity, CheckCause.NotTheProtocol);
    }

    private static async Task NothingWasSentAsync(Sshd sshd)
    {
        // The server saw the connection end before it logs anything else of it.
        await Poll.UntilAsync("the server notices the end", () => sshd.Log.Contains("Connection closed by", StringComparison.Ordinal)
            || sshd.Log.Contains("Connection reset by", StringComparison.Ordinal) || sshd.Log.Contains("Disconnected from", StringComparison.Ordinal)
            || sshd.Log.Contains("Received disconnect from", StringComparison.Ordinal));
        Assert.DoesNotContain("userauth-request", sshd.Log, StringComparison.Ordinal);
        Assert.DoesNotContain("canary", sshd.Log, StringComparison.Ordinal);
    }
}
