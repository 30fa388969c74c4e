using System.Runtime.Versioning;
using System.Text;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Time.Testing;
using PamTui.Commands;
using PamTui.Core.Model;
using PamTui.Servers;

namespace PamTui.Tests.Commands;

/// <summary>`account reveal` on a terminal, into a file and into a pipe.</summary>
[UnsupportedOSPlatform("windows")]
public sealed class RevealTests : IAsyncLifetime, IDisposable
{
    private const string Canary = "canary-7f3a \u001b[31m";

    private readonly CommandLineHarness _line = new();

    public async ValueTask InitializeAsync()
    {
        await _line.OkAsync("init");
        await _line.OkAsync("resource add web-1 --kind linux --host 127.0.0.1 --port 1 --host-key SHA256:" + new string('A', 43));
        await _line.OkAsync("account add web-1/deploy --username deploy --unverified --password-stdin", Canary + "\n");
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    public void Dispose() => _line.Dispose();

    [Fact]
    public async Task On_a_terminal_it_goes_after_half_a_minute()
    {
        FakeTimeProvider time = new();
        WaitingPrompt person = new();

        Task<CommandLineHarness.Answer> run = _line.RunOnTerminalAsync("account reveal web-1/deploy --reason test", person, time);
        await person.Asked;
        time.Advance(TimeSpan.FromSeconds(29));
        Assert.False(run.IsCompleted);
        time.Advance(TimeSpan.FromSeconds(1));

        CommandLineHarness.Answer answer = await run;
        Assert.Equal(0, answer.Code);
        Assert.StartsWith("\e[?1049h", answer.Out, StringComparison.Ordinal);
        Assert.EndsWith("\e[2J\e[H\e[?1049l", answer.Out, StringComparison.Ordinal);

        // What a password holds is shown, not obeyed.
        Assert.Contains("Password:   canary-7f3a \\u{1b}[31m\n", answer.Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task On_the_clipboard_it_is_not_seen_and_is_taken_off_after_half_a_minute()
    {
        FakeTimeProvider time = new();
        WaitingPrompt person = new();

        Task<CommandLineHarness.Answer> run = _line.RunOnTerminalAsync("account reveal web-1/deploy --reason test --clipboard", person, time);
        await person.Asked;
        time.Advance(TimeSpan.FromSeconds(30));

        string shown = (await run).Out;
        string lent = "\e]52;c;" + Convert.ToBase64String(Encoding.UTF8.GetBytes(Canary)) + "\a";
        Assert.StartsWith(lent, shown, StringComparison.Ordinal);
        Assert.Contains("\e]52;c;IA==\a\e]52;c;\a", shown[lent.Length..], StringComparison.Ordinal);
        Assert.DoesNotContain("canary", shown, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--clipboard", 2)]
    [InlineData("--clipboard --json", 2)]
    [InlineData("--output /dev/null", 1)]
    [InlineData("--output x --json", 2)]
    public async Task What_cannot_be_shown_that_way_is_not_revealed(string options, int code)
    {
        CommandLineHarness.Answer answer = await _line.RunAsync("account reveal web-1/deploy --reason test " + options);

        Assert.Equal(code, answer.Code);
        Assert.DoesNotContain("canary", answer.Out + answer.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("account.reveal", (await _line.RunAsync("account history web-1/deploy")).Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Into_a_file_it_goes_as_it_is_for_its_owner_alone()
    {
        using TempFolder folder = new();
        string file = folder.PathOf("secret");

        await _line.OkAsync($"account reveal web-1/deploy --reason test --output {file}");

        Assert.Equal(Canary, await File.ReadAllTextAsync(file, TestContext.Current.CancellationToken));
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(file));
    }

    [Fact]
    public async Task Over_SSH_no_file_of_the_gateway_is_written()
    {
        await _line.OkAsync("user add alice --role admin");

        CommandLineHarness.Answer answer = await _line.RunRemoteAsync("alice", "account reveal web-1/deploy --reason test --output /tmp/never");

        Assert.Equal(4, answer.Code);
        Assert.Equal(Canary + "\n", (await _line.RunRemoteAsync("alice", "account reveal web-1/deploy --reason test")).Out);
    }

    [Fact]
    public async Task An_audit_that_takes_no_row_lets_no_secret_out()
    {
        Sql("CREATE TRIGGER full BEFORE INSERT ON audit BEGIN SELECT RAISE(ABORT, 'disk full'); END");

        CommandLineHarness.Answer answer = await _line.RunAsync("account reveal web-1/deploy --reason test");

        Assert.NotEqual(0, answer.Code);
        Assert.DoesNotContain("canary", answer.Out + answer.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_account_with_certificates_has_nothing_to_reveal_and_nothing_to_rotate()
    {
        await _line.OkAsync("account add web-1/cert --username cert --certificate --unverified");

        CommandLineHarness.Answer revealed = await _line.RunAsync("account reveal web-1/cert --reason test");
        CommandLineHarness.Answer rotated = await _line.RunAsync("account rotate web-1/cert");

        Assert.Equal((1, 1), (revealed.Code, rotated.Code));
        Assert.Contains("a certificate of its own", revealed.Error, StringComparison.Ordinal);
        Assert.Contains("nothing to rotate", rotated.Error, StringComparison.Ordinal);
        await _line.OkAsync("policy add all --on web-1/* --every 1h");
        Sql("UPDATE accounts SET created = 1");
        string due = (await _line.RunAsync("rotation run --dry-run")).Out;
        Assert.Contains("web-1/deploy", due, StringComparison.Ordinal);
        Assert.DoesNotContain("web-1/cert", due, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_CA_is_made_printed_changed_and_retired_by_its_verbs()
    {
        string first = (await _line.RunAsync("resource trust-ca web-1")).Out;
        Assert.Matches(@"\Assh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAI\S+ pamtui-ca-1\n\z", first);
        await _line.OkAsync("ca rotate");
        Assert.Equal(2, (await _line.RunAsync("resource trust-ca web-1")).Out.Split('\n', StringSplitOptions.RemoveEmptyEntries).Length);
        await _line.OkAsync("account add web-1/cert --username cert --certificate --unverified");
        CommandLineHarness.Answer untrusted = await _line.RunAsync("ca activate");
        Assert.Equal(1, untrusted.Code);
        Assert.Contains("1 of 1 accounts do not sign in by this key: web-1/cert. Nothing was changed", untrusted.Error, StringComparison.Ordinal);
        CommandLineHarness.Answer tried = await _line.RunAsync("ca test web-1/cert --json");
        Assert.Equal(1, tried.Code);
        Assert.Contains("\"signsIn\": false", tried.Out, StringComparison.Ordinal);
        await _line.OkAsync("ca activate --force");
        Assert.Contains("tried=no", (await _line.RunAsync("audit list action=ca.activate")).Out, StringComparison.Ordinal);
        string shown = (await _line.RunAsync("ca show")).Out;
        string old = shown.Split('\n').First(line => line.StartsWith("retiring", StringComparison.Ordinal)).Split(' ', StringSplitOptions.RemoveEmptyEntries)[1];

        Assert.Equal(1, (await _line.RunAsync($"ca retire {old}")).Code);
        await _line.OkAsync($"ca retire {old} --yes");

        Assert.DoesNotContain(old, (await _line.RunAsync("ca show")).Out, StringComparison.Ordinal);
        Assert.Contains(old, (await _line.RunAsync("ca show --retired --json")).Out, StringComparison.Ordinal);
        Assert.Equal(3, (await _line.RunAsync("ca activate")).Code);
        Assert.Equal(1, (await _line.RunAsync("ca init")).Code);
    }

    private void Sql(string text)
    {
        using SqliteConnection connection = new($"Data Source={Path.Combine(_line.Folder, "vault.db")};Pooling=False");
        connection.Open();
        using SqliteCommand command = connection.CreateCommand();
#pragma warning disable CA2100 // Constants of this file.
        command.CommandText = text;
#pragma warning restore CA2100
        command.ExecuteNonQuery();
    }

    /// <summary>A person who looks on and types nothing.</summary>
    private sealed class WaitingPrompt : Prompt
    {
        private readonly TaskCompletionSource _asked = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Task Asked => _asked.Task;

        protected override async Task<Secret?> ReadAsync(string question, bool echo, CancellationToken ct)
        {
            _asked.TrySetResult();
            await Task.Delay(Timeout.InfiniteTimeSpan, ct);
            return null;
        }
    }
}
