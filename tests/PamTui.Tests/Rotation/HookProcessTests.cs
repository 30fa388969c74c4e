using System.Globalization;
using System.Runtime.Versioning;
using Microsoft.Extensions.Time.Testing;
using PamTui.Core.Model;
using PamTui.Core.Rotation;
using PamTui.Servers;
using PamTui.Tests.CoreTests;
using static PamTui.Tests.CoreTests.TestVault;

namespace PamTui.Tests.Rotation;

/// <summary>A hook that does not behave is bounded in time, in what it leaves running and in what it prints; one that others may change is not run.</summary>
[UnsupportedOSPlatform("windows")]
public sealed class HookProcessTests : IAsyncLifetime, IDisposable
{
    private readonly TempFolder _files = new();
    private readonly FakeTimeProvider _time = new();
    private Account _account = null!;

    public async ValueTask InitializeAsync()
    {
        await using TestVault vault = await TestVault.OpenAsync();
        await vault.AddResourceAsync("web-1");
        using Core.Accounts.NewCredential credential = Password("unused");
        _account = Ok(await vault.Product.Accounts.AddAsync(Local, Draft("web-1/app", credential, username: "app"), Core.Accounts.CheckMode.Unverified, null, Ct)).Account!;
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    public void Dispose() => _files.Dispose();

    [Fact]
    public async Task One_that_does_not_end_is_killed_after_its_time_with_all_that_it_started()
    {
        string started = _files.PathOf("started");

        // The second is the first's child no more once that has ended; only the group tells whose it is.
        string hook = _files.WriteScript("hook", $"sleep 1000 & echo $! > {started}.1; (sleep 1000 & echo $! > {started}.2); echo waits; touch {started}; sleep 1000");
        Task<HookResult> run = RunAsync(hook, _time);
        await Poll.UntilAsync("the hook waits", () => File.Exists(started), TimeSpan.FromSeconds(30));

        _time.Advance(HookProcess.Limit - TimeSpan.FromSeconds(1));
        Assert.False(run.IsCompleted);
        _time.Advance(TimeSpan.FromSeconds(1));

        HookResult result = await run;
        Assert.Contains("ran for more than 60 s and was killed", result.Error, StringComparison.Ordinal);
        Assert.Equal("waits", result.Output);
        foreach (string file in (string[])[started + ".1", started + ".2"])
        {
            int id = int.Parse(await File.ReadAllTextAsync(file, Ct), CultureInfo.InvariantCulture);
            await Poll.UntilAsync($"process {id} is gone", () => IsGone(id));
        }
    }

    [Fact]
    public async Task One_that_is_cut_short_with_the_program_is_killed_and_said_to_be()
    {
        string started = _files.PathOf("started");
        using CancellationTokenSource stop = new();
        Task<HookResult> run = RunAsync(_files.WriteScript("hook", $"touch {started}; exec sleep 1000"), _time, stop.Token);
        await Poll.UntilAsync("the hook waits", () => File.Exists(started), TimeSpan.FromSeconds(30));

        await stop.CancelAsync();

        Assert.Contains("was cut short", (await run).Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task One_that_leaves_a_program_behind_which_holds_its_output_open_holds_nobody_up()
    {
        string left = _files.PathOf("left");
        string hook = _files.WriteScript("hook", $"setsid sleep 1000 & echo $! > {left}; echo done");

        // By the real clock: the time that what is left behind gets is 2 s, and it is not waited for longer.
        HookResult result = await RunAsync(hook, TimeProvider.System).WaitAsync(TimeSpan.FromSeconds(60), Ct);

        int id = int.Parse(await File.ReadAllTextAsync(left, Ct), CultureInfo.InvariantCulture);
        Assert.Equal((null, "done"), (result.Error, result.Output));
        Assert.False(IsGone(id));
        Signals.Send(id, Signals.Kill);
    }

    [Fact]
    public async Task Of_100_MB_of_output_the_last_2_KiB_are_kept()
    {
        string hook = _files.WriteScript("hook", "yes 'a line that comes again and again' | head -c 100000000; echo; echo the end; yes no | head -c 1000000 >&2; exit 3");

        HookResult result = await RunAsync(hook, _time);

        Assert.Contains("ended with 3", result.Error, StringComparison.Ordinal);
        Assert.Contains("\nthe end\n", result.Output, StringComparison.Ordinal);
        Assert.InRange(result.Output.Length, HookOutput.Kept, (2 * HookOutput.Kept) + 1);
    }

    [Fact]
    public async Task The_file_its_folders_and_the_links_on_the_way_are_nobodys_to_change()
    {
        await using TestUser other = await TestUser.MakeAsync();
        string folder = _files.PathOf("a");
        string inner = Path.Combine(folder, "b");
        Directory.CreateDirectory(inner);
        string hook = _files.WriteScript("a/b/hook", "exit 0");
        string link = Path.Combine(_files.Path, "link");
        File.CreateSymbolicLink(link, "a/../a/b/hook");
        Assert.Null(HookProgram.WhyNot(hook));
        Assert.Null(HookProgram.WhyNot(link));
        Assert.Null(HookProgram.WhyNot("/bin/sh"));

        await RefusedAfterAsync(["chmod", "g+w", hook], ["chmod", "g-w", hook], $"'{hook}' (chmod go-w)");
        await RefusedAfterAsync(["chmod", "o+w", folder], ["chmod", "o-w", folder], $"the folder '{folder}' (chmod go-w)");
        await RefusedAfterAsync(["chown", other.Name, hook], ["chown", "root", hook], $"the file '{hook}' belongs to another user");
        await RefusedAfterAsync(["chown", other.Name, inner], ["chown", "root", inner], $"the folder '{inner}' belongs to another user");
        await RefusedAfterAsync(["chmod", "a-x", hook], ["chmod", "a+x", hook], "not executable");
        (await Run.ProgramAsync("chown", "--no-dereference", other.Name, link)).Succeeded();
        Assert.Contains($"the link '{link}' belongs to another user", HookProgram.WhyNot(link), StringComparison.Ordinal);
        Assert.Null(HookProgram.WhyNot(hook));

        // Everybody may make files in a sticky folder, and change nobody else's.
        (await Run.ProgramAsync("chmod", "1777", folder)).Succeeded();
        Assert.Null(HookProgram.WhyNot(hook));

        File.CreateSymbolicLink(Path.Combine(inner, "round"), "round");
        Assert.Contains("links", HookProgram.WhyNot(Path.Combine(inner, "round")), StringComparison.Ordinal);
        Assert.Contains("no program", HookProgram.WhyNot(inner), StringComparison.Ordinal);
        Assert.Contains("no program", HookProgram.WhyNot(hook + "/x"), StringComparison.Ordinal);

        async Task RefusedAfterAsync(string[] change, string[] back, string words)
        {
            (await Run.ProgramAsync(change[0], change[1..])).Succeeded();
            Assert.Contains(words, HookProgram.WhyNot(hook), StringComparison.Ordinal);
            Assert.Contains(words, HookProgram.WhyNot(link), StringComparison.Ordinal);
            Assert.Contains(words, (await RunAsync(hook, _time)).Error, StringComparison.Ordinal);
            (await Run.ProgramAsync(back[0], back[1..])).Succeeded();
            Assert.Null(HookProgram.WhyNot(hook));
        }
    }

    private async Task<HookResult> RunAsync(string hook, TimeProvider time, CancellationToken? ct = null)
    {
        using Secret secret = Secret.FromText("the new password");
        return await HookProcess.RunAsync(HookCommand.From([hook]).Value, _account, secret, time, ct ?? Ct);
    }

    // A process that has ended and that nobody has asked about is gone too.
    private static bool IsGone(int process)
    {
        try
        {
            string stat = File.ReadAllText(string.Create(CultureInfo.InvariantCulture, $"/proc/{process}/stat"));
            return stat[stat.LastIndexOf(')')..].StartsWith(") Z", StringComparison.Ordinal);
        }
        catch (IOException)
        {
            return true;
        }
    }
}
