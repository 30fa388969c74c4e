using System.Text;
using PamTui.Core.Imports;
using PamTui.Core.Model;
using PamTui.Tests.CoreTests;
using PamTui.Tui;

namespace PamTui.Tests.Tui;

public sealed class ImportPageTests
{
    private const string CtrlS = "\u0013";
    private const string Canary = "canary-Pa55-word";

    private const string File = $"""
        resource,host,account,username,password,meta.env
        web-1,10.0.0.1,deploy,deploy,{Canary},prod
        web-1,10.0.0.1,root,root,wrong password,prod
        web-2,10.0.0.2,,,,
        web-3,10.0.0.3,No Name,x,pw,
        """;

    [Fact]
    public async Task Pasted_text_is_looked_over_imported_and_what_failed_is_tried_again()
    {
        await using TestVault vault = await TestVault.OpenAsync();
        vault.Check = (username, _) => username == "root" ? Rejected : TestVault.Passed;
        await using ShellRun run = await OpenAsync(vault);
        await PasteAsync(run, File);
        await run.SeesAsync("4 new, 0 differ, 0 there already, 1 wrong");
        await run.SeesAsync("✗ wrong");
        Assert.Equal(0, TestVault.Ok(await vault.Product.Resources.ListAsync(TestVault.Local, "", new PageRequest(), TestVault.Ct)).Total);

        await run.TypeAsync("i", "4 are added; each account signs in first.");
        await run.TypeAsync("\t\r", "3 added, 0 updated, 0 skipped, 2 failed");
        await run.SeesAsync("● added");
        await run.SeesAsync("✗ failed");
        vault.Check = (_, _) => TestVault.Passed;
        await run.TypeAsync("t", "4 added, 0 updated, 0 skipped, 1 failed");
        Page<Account> accounts = TestVault.Ok(await vault.Product.Accounts.ListAsync(TestVault.Local, "env=prod", new PageRequest(), TestVault.Ct));
        Assert.Equal(["deploy", "root"], accounts.Items.Select(account => account.Name));
        Assert.All(accounts.Items, account => Assert.Equal(CheckState.Verified, account.CheckState));
        Assert.DoesNotContain(Canary, Encoding.UTF8.GetString(run.Channel.Everything), StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_was_added_is_still_said_to_be_when_the_rest_of_its_line_is_tried_again()
    {
        await using TestVault vault = await TestVault.OpenAsync();
        vault.Check = (_, _) => Rejected;
        await using ShellRun run = await OpenAsync(vault);
        await PasteAsync(run, "resource,host,account,username,password\nweb-1,10.0.0.1,root,root,pw\n");
        await run.TypeAsync("i", "2 are added; each account signs in first.");
        await run.TypeAsync("\t\r", "1 added, 0 updated, 0 skipped, 1 failed");

        // The reason of the row at hand is read whole below the rows.
        await run.SeesAsync("does not accept");
        vault.Check = (_, _) => TestVault.Passed;
        await run.TypeAsync("t", "2 added, 0 updated, 0 skipped, 0 failed");
    }

    [Fact]
    public async Task What_differs_stays_unless_it_is_told_to_change_and_that_takes_a_typed_number()
    {
        await using TestVault vault = await TestVault.OpenAsync();
        await vault.AddResourceAsync("web-1");
        await using ShellRun run = await OpenAsync(vault);
        await PasteAsync(run, "resource,host\nweb-1,10.9.9.9\n");
        await run.SeesAsync("○ stays");
        await run.TypeAsync("w", "↻ is changed");
        await run.TypeAsync("w", "✗ stops it all");
        await run.TypeAsync("i\t\r", "Nothing is imported: line 2, resource web-1");
        await run.TypeAsync("ww", "↻ is changed");
        await run.TypeAsync("i", "1 that is there");
        await run.TypeAsync("\r", "Type update 1 to go on.");
        await run.TypeAsync("update 1\r", "0 added, 1 updated, 0 skipped, 0 failed");
        Assert.Equal("10.9.9.9", TestVault.Ok(await vault.Product.Resources.FindAsync(TestVault.Local, "web-1", TestVault.Ct)).Host);
    }

    [Fact]
    public async Task What_becomes_of_a_credential_is_said_before_an_update()
    {
        await using TestVault vault = await TestVault.OpenAsync();
        await vault.AddResourceAsync("web-1");
        await vault.AddAccountAsync("web-1/deploy");
        await vault.AddAccountAsync("web-1/root");
        await using ShellRun run = await OpenAsync(vault);
        await PasteAsync(run, "resource,host,account,meta.env,password\nweb-1,web-1.example,deploy,test,\nweb-1,web-1.example,root,,new\n");
        await run.SeesAsync("0 new, 1 differ, 1 there already, 0 wrong");
        await run.TypeAsync("w", "Its credential becomes the file's.");
        await run.TypeAsync("\r", "account web-1/deploy  ↻ is changed");
        await run.TypeAsync("\e", "It keeps its credential.");
        await run.SeesNoMoreAsync("Esc closes this.");
        await run.TypeAsync("i", "2 that are there");
        await run.TypeAsync("update 2\r", "0 added, 2 updated, 0 skipped, 0 failed");
    }

    [Fact]
    public async Task Host_keys_of_a_pasted_known_hosts_are_pinned_on_the_resources_that_they_are_of()
    {
        const string Key = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJZ2zXwNQ3yIlqnbTqk5sp0b7EcyPYYyS7YJrOBJlmUl";
        await using TestVault vault = await TestVault.OpenAsync();
        await vault.AddResourceAsync("web-1");
        await using ShellRun run = await OpenAsync(vault);
        await PasteAsync(run, $"# mine\nweb-1.example,10.0.0.1 {Key}\nelsewhere {Key}\n");
        await run.SeesAsync("1 new, 0 differ, 0 there already, 0 wrong");
        await run.SeesAsync("host key web-1 ssh-ed25519");
        await run.SeesAsync("No linux resource has the host of this line.");
        await run.TypeAsync("i\t\r", "1 added, 0 updated, 1 skipped, 0 failed");
        HostKeyPin pin = Assert.Single(TestVault.Ok(await vault.Product.Resources.FindAsync(TestVault.Local, "web-1", TestVault.Ct)).HostKeys);
        Assert.Equal(("ssh-ed25519", "known_hosts"), (pin.KeyType, pin.TrustSource));
    }

    [Fact]
    public async Task Over_ssh_no_file_of_the_server_is_read_whatever_the_text_names()
    {
        await using TestVault vault = await TestVault.OpenAsync();
        await using ShellRun run = await OpenAsync(vault);
        await PasteAsync(run, "Host web-1\n  HostName 10.0.0.1\n  User deploy\n  IdentityFile /etc/passwd\n");
        await run.SeesAsync("A private key file would be one of the gateway's");
        await run.TypeAsync("o", "Import");
        run.Paste("Include /etc/passwd\nHost web-1\n");
        await run.SeesAsync("2 lines");
        await run.TypeAsync(CtrlS, "Line 1 includes another file");
    }

    [Fact]
    public async Task A_paste_that_was_cut_is_not_imported_without_its_end()
    {
        await using TestVault vault = await TestVault.OpenAsync();
        await using ShellRun run = await OpenAsync(vault);
        await run.TypeAsync("o", "First key");
        run.Paste("resource,host,description\n" + string.Concat(Enumerable.Range(0, 6000).Select(i => $"web-{i},10.0.0.1,{new string('x', 90)}\n")));
        await run.SeesAsync("lines, ");
        await run.TypeAsync(CtrlS, "its end is missing");
    }

    [Fact]
    public async Task At_the_machine_a_file_is_named_by_its_path()
    {
        await using TestVault vault = await TestVault.OpenAsync();
        List<(string Path, string Form, bool FirstUse)> asked = [];
        async Task<Result<ImportFile>> ReadAsync(string path, string form, bool firstUse, CancellationToken ct)
        {
            asked.Add((path, form, firstUse));
            return path == "servers.csv"
                ? await CsvImport.ReadAsync(Encoding.UTF8.GetBytes(File), (_, _) => throw new InvalidOperationException(), firstUse, vault.Time, ct)
                : Refusal.NotFound("The file is not there.");
        }

        await using ShellRun run = ShellRun.Start(vault, place: "import", options: new ShellOptions { ReadImport = ReadAsync });
        await run.SeesAsync("No file yet: press o, name a file of this machine");
        await run.TypeAsync("o", "File");
        await run.TypeAsync("nowhere.csv" + CtrlS, "The file is not there.");
        await run.TypeAsync("\u0015servers.csv" + CtrlS, "4 new");
        Assert.Equal([("nowhere.csv", "", false), ("servers.csv", "", false)], asked);
        await run.TypeAsync("u", "are saved unchecked");
        await run.TypeAsync("i\t\r", "4 added");
        Assert.Equal(0, vault.Checks);
    }

    [Fact]
    public async Task An_import_is_ended_by_Esc_and_what_was_done_stays_done()
    {
        await using TestVault vault = await TestVault.OpenAsync();
        TaskCompletionSource begun = new(TaskCreationOptions.RunContinuationsAsynchronously);
        await using ShellRun run = await ShellRun.StartAsync(
            vault,
            async (_, ct) =>
            {
                begun.TrySetResult();
                await Task.Delay(Timeout.InfiniteTimeSpan, ct);
                return TestVault.Passed;
            },
            place: "import");
        await run.SeesAsync("No file yet");
        await PasteAsync(run, File);
        await run.TypeAsync("i", "4 are added");
        await run.TypeAsync("\t\r", "Importing…");
        await begun.Task.WaitAsync(TimeSpan.FromSeconds(20), TestVault.Ct);
        await run.TypeAsync("i", "The import is under way: Esc ends it.");
        await run.TypeAsync("\e", "2 added, 0 updated, 0 skipped, 3 failed");
        await run.TypeAsync("\r", "account web-1/deploy  ✗ failed");
        Assert.Equal(2, TestVault.Ok(await vault.Product.Resources.ListAsync(TestVault.Local, "", new PageRequest(), TestVault.Ct)).Total);
    }

    [Fact]
    public async Task A_member_is_told_that_importing_is_not_his()
    {
        await using TestVault vault = await TestVault.OpenAsync();
        await using ShellRun run = ShellRun.Start(vault, await vault.AddUserAsync("alice"));
        await run.SeesAsync("Nothing is granted to you yet.");
        await run.TypeAsync(":", "Go to, or do");
        await run.TypeAsync("import", "Only an admin may do that.");
    }

    private static CheckReport Rejected { get; } = new(new CheckFailure(CheckStage.SignIn, CheckCause.WrongPassword, "web-1 does not accept the password."), null, TimeSpan.Zero);

    private static async Task<ShellRun> OpenAsync(TestVault vault)
    {
        ShellRun run = ShellRun.Start(vault, columns: 120, place: "import");
        await run.SeesAsync("No file yet: press o, paste the text");
        return run;
    }

    private static async Task PasteAsync(ShellRun run, string text)
    {
        await run.TypeAsync("o", "First key");
        run.Paste(text.ReplaceLineEndings("\n"));
        await run.SeesAsync("lines, ");
        run.Type(CtrlS);
        await run.SeesNoMoreAsync("First key");
    }
}
