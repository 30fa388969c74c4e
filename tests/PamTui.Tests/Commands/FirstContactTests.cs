using System.Globalization;
using System.Runtime.Versioning;
using System.Text;
using Microsoft.Extensions.Logging.Abstractions;
using PamTui.Core.Model;
using PamTui.Core.Resources;
using PamTui.Demo;
using PamTui.Servers;
using PamTui.Ssh;
using PamTui.Ssh.Keys;
using PamTui.Tests.CoreTests;
using PamTui.Tests.Tui;

namespace PamTui.Tests.Commands;

[SupportedOSPlatform("linux")]
public sealed class FirstContactTests : IAsyncLifetime
{
    private readonly CommandLineHarness _line = new();
    private readonly SshPrivateKey _key = SshPrivateKey.GenerateEd25519("operator");
    private PracticeTarget _target = null!;
    private string _fingerprint = "";

    private string AddResource => string.Create(CultureInfo.InvariantCulture, $"resource add web-1 --kind linux --host 127.0.0.1 --port {_target.Port}");

    public async ValueTask InitializeAsync()
    {
        SshPrivateKey hostKey = SshPrivateKey.GenerateEd25519("host");
        _fingerprint = hostKey.PublicKey.Fingerprint;
        _target = PracticeTarget.Start(Environment.UserName, _key.PublicKey, hostKey, new SshOptions(), NullLogger.Instance);
        await _line.OkAsync("init");
    }

    public async ValueTask DisposeAsync()
    {
        await _target.DisposeAsync();
        _key.Dispose();
        _line.Dispose();
    }

    [Fact]
    public async Task The_key_that_a_host_shows_is_pinned_when_a_person_says_yes()
    {
        CommandLineHarness.Answer added = await _line.RunAsync(AddResource, "", "yes");
        Assert.True(added.Code == 0, added.ToString());
        Assert.Contains(_fingerprint, added.Error, StringComparison.Ordinal);
        Assert.Contains(_fingerprint, (await _line.RunAsync("resource host-key list web-1")).Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task D3_without_a_yes_nothing_is_pinned_and_no_account_signs_in()
    {
        CommandLineHarness.Answer added = await _line.RunAsync(AddResource, "", "y");
        Assert.Contains("host-key accept", added.Error, StringComparison.Ordinal);
        Assert.Equal("[]\n", (await _line.RunAsync("resource host-key list web-1 --json")).Out);
        CommandLineHarness.Answer account = await _line.RunAsync(AddAccount());
        Assert.Equal(1, account.Code);
        Assert.Equal(3, (await _line.RunAsync("account show web-1/me")).Code);
    }

    [Fact]
    public async Task An_account_may_be_the_first_contact_too()
    {
        await _line.OkAsync(AddResource);
        CommandLineHarness.Answer account = await _line.RunAsync(AddAccount(), "", "yes");
        Assert.True(account.Code == 0, account.ToString());
        Assert.Contains("identity  not known yet", account.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("failed", account.Error, StringComparison.Ordinal);
        Assert.Contains("\"checkState\": \"verified\"", (await _line.RunAsync("account show web-1/me --json")).Out, StringComparison.Ordinal);
        CommandLineHarness.Answer check = await _line.RunAsync("account check web-1/me");
        Assert.True(check.Code == 0, check.ToString());
    }

    [Fact]
    public async Task A_resource_that_trusts_the_first_key_has_none_before_one_is_accepted_and_one_after()
    {
        await _line.OkAsync(AddResource + " --trust-on-first-use");
        Assert.Equal("[]\n", (await _line.RunAsync("resource host-key list web-1 --json")).Out);
        CommandLineHarness.Answer accepted = await _line.RunAsync("resource host-key accept web-1 --yes");
        Assert.Equal((0, $"Pinned ssh-ed25519 {_fingerprint} for web-1.\n"), (accepted.Code, accepted.Out));
        Assert.Contains(_fingerprint, (await _line.RunAsync("resource host-key list web-1")).Out, StringComparison.Ordinal);
        Assert.Contains("is pinned already.", (await _line.RunAsync("resource host-key accept web-1 --yes")).Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_check_of_the_resource_alone_pins_no_first_key_and_says_so_and_the_first_account_that_signs_in_does()
    {
        await _line.OkAsync(AddResource + " --trust-on-first-use");
        CommandLineHarness.Answer check = await _line.RunAsync("resource check web-1");
        Assert.Equal(0, check.Code);
        Assert.Contains(
            $"pamtui: the key that web-1 shows is not pinned yet (ssh-ed25519 {_fingerprint}): the first account that signs in pins what it sees then, `pamtui resource host-key accept web-1` pins it now.",
            check.Error,
            StringComparison.Ordinal);
        Assert.Contains("\"pinned\": false", (await _line.RunAsync("resource check web-1 --json")).Out, StringComparison.Ordinal);
        Assert.Equal("[]\n", (await _line.RunAsync("resource host-key list web-1 --json")).Out);

        await _line.OkAsync(AddAccount());
        Assert.Contains("first use", (await _line.RunAsync("resource host-key list web-1")).Out, StringComparison.Ordinal);
        Assert.DoesNotContain("not pinned", (await _line.RunAsync("resource check web-1")).Error, StringComparison.Ordinal);
        Assert.DoesNotContain("pinned", (await _line.RunAsync("resource check web-1 --json")).Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_passphrase_of_a_key_is_asked_for()
    {
        await _line.OkAsync(AddResource + " --trust-on-first-use");
        string account = AddAccount();
        string file = account[(account.LastIndexOf(' ') + 1)..];
        File.SetUnixFileMode(file, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        (await Run.ProgramAsync("ssh-keygen", ["-q", "-p", "-P", "", "-N", "the phrase", "-f", file], null)).Succeeded();

        CommandLineHarness.Answer wrong = await _line.RunAsync(account + " --ask-passphrase", "", "another");
        CommandLineHarness.Answer right = await _line.RunAsync(account + " --ask-passphrase", "", "the phrase");

        Assert.Equal((1, 0), (wrong.Code, right.Code));
        Assert.Contains("passphrase", wrong.Error, StringComparison.Ordinal);
        Assert.Contains("\"checkState\": \"verified\"", (await _line.RunAsync("account show web-1/me --json")).Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task On_the_full_screen_too_a_check_says_that_the_first_key_is_not_pinned_yet()
    {
        await using TestVault vault = await TestVault.OpenAsync();
        TestVault.Ok(await vault.Product.Resources.AddAsync(
            TestVault.Local,
            new ResourceDraft("web-1", ResourceKind.Linux, "127.0.0.1", _target.Port, null, TlsMode.Verify, null, [], true, "", Metadata.Empty),
            TestVault.Ct));
        await using ShellRun run = ShellRun.Start(vault, place: "resources", columns: 200);
        await run.SeesAsync("resources › web-1");
        await run.TypeAsync("c", $"web-1 answers; its key ssh-ed25519 {_fingerprint} is not pinned yet");
    }

    [Fact]
    public async Task D3_another_key_than_the_pinned_one_says_how_it_is_replaced()
    {
        string wrong = "SHA256:" + new string('A', 43);
        await _line.OkAsync(AddResource + " --host-key " + wrong);
        CommandLineHarness.Answer added = await _line.RunAsync(AddAccount());
        Assert.Contains($"`pamtui resource host-key remove web-1 {wrong}`, then `host-key accept web-1`. Nothing was sent.", added.Error, StringComparison.Ordinal);
        await _line.OkAsync($"resource host-key remove web-1 {wrong} --yes");
        await _line.OkAsync("resource host-key accept web-1 --yes");
        await _line.OkAsync(AddAccount());
    }

    private string AddAccount() =>
        $"account add web-1/me --username {Environment.UserName} --private-key-file {_line.Write("key", Encoding.ASCII.GetString(_key.WriteOpenSsh()))}";
}
