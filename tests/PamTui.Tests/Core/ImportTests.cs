using System.Collections.Concurrent;
using System.Text;
using CsCheck;
using PamTui.Core.Accounts;
using PamTui.Core.Imports;
using PamTui.Core.Model;
using PamTui.Core.Resources;
using static PamTui.Tests.CoreTests.TestVault;

namespace PamTui.Tests.CoreTests;

public sealed class ImportTests
{
    private static readonly string[] s_words = ["Host ", "a", "*", "!b", "\n", "\"", "=", "#", "Include x", "User ", "Port", " 22", "\t", "Match all", "%h"];

    private const string Header = "resource,host,port,account,username,alias,description,meta.env,password";

    [Fact]
    public async Task Lines_become_resources_and_accounts_by_their_own_use_cases()
    {
        await using TestVault vault = await OpenAsync();
        using ImportFile file = Ok(await CsvAsync(
            """
            kind,resource,host,port,database,account,username,alias,privilege,description,meta.env,meta.team,password
            linux,web-1,10.0.0.1,2222,,,,,,The shop,prod,,
            ,web-1,10.0.0.1,2222,,deploy,dep,shop,read/write,"deploys, mostly",test,payments," p,""w
             "
            postgresql,db,db.example,,orders,app,,,,,,,pw
            """));

        IReadOnlyList<ImportOutcome> outcomes = Ok(await vault.Product.Imports.ApplyAsync(Local, file, new ImportOptions(CheckMode.Unverified, OnClash.Skip), null, Ct));

        Assert.All(outcomes, outcome => Assert.Equal(ImportResult.Added, outcome.Result));
        Resource web = Ok(await vault.Product.Resources.FindAsync(Local, "web-1", Ct));
        Assert.Equal(("10.0.0.1", 2222, "The shop", "prod"), (web.Host, web.Port, web.Description, web.Metadata["env"]));
        Account deploy = Ok(await vault.Product.Accounts.FindAsync(Local, new AccountRef("web-1", "deploy"), Ct));
        Assert.Equal(("dep", "shop", "read/write", "deploys, mostly"), (deploy.Username, deploy.Alias, deploy.Privilege, deploy.Description));
        Assert.Equal(Pairs("env=test team=payments"), deploy.Metadata);
        using RevealedCredential revealed = Ok(await vault.Product.Accounts.RevealAsync(Local, deploy.Reference, "test", Ct));
        Assert.Equal(" p,\"w\n ", revealed.Main.RevealText());
        Account app = Ok(await vault.Product.Accounts.FindAsync(Local, new AccountRef("db", "app"), Ct));
        Assert.Equal(("app", ResourceKind.PostgreSql), (app.Username, app.Kind));
        Assert.Equal(2, Ok(await vault.Product.Audit.ListAsync(Local, "action=account.add", new PageRequest(), Ct)).Total);
    }

    [Fact]
    public async Task Preview_says_what_each_line_comes_to_and_changes_nothing()
    {
        await using TestVault vault = await SampleAsync();
        using ImportFile file = Ok(await CsvAsync(
            $"""
            {Header}
            web-1,web-1.example,,deploy,deploy,,,,pw
            web-1,web-1.example,,root,root,,,,pw
            web-1,elsewhere,,new,new,,,,pw
            web-2,10.0.0.2,,app,app,,,,pw
            web-2,10.0.0.3,,app,app,,,,pw
            web-2,10.0.0.2,,app,app,,,,pw
            web-3,-oops,,,,,,,
            web-2,10.0.0.2,,other,other,boss,,,pw
            web-2,10.0.0.2,,none,none,,,,
            web-2,10.0.0.2
            """));
        long rows = await AuditAsync(vault);

        IReadOnlyList<ImportItem> items = Ok(await vault.Product.Imports.PreviewAsync(Local, file, Ct));

        Assert.Equal(
            [
                "2 account web-1/deploy Same", "3 account web-1/root Clash", "4 resource web-1 Wrong", "5 resource web-2 Add", "5 account web-2/app Add", "6 resource web-2 Wrong",
                "7 account web-2/app Wrong", "8 resource web-3 Wrong host", "9 account web-2/other Wrong alias", "10 account web-2/none Wrong password", "11 line Wrong",
            ],
            items.Select(item => $"{item.Line} {item.Subject} {item.Action} {(item.Column is "host" or "alias" or "password" ? item.Column : "")}".TrimEnd()));
        Assert.Equal("It is there and differs: its username is 'admin' and would be 'root'.", items[1].Message);
        Assert.Equal((rows, 0), (await AuditAsync(vault), vault.Checks));
    }

    [Fact]
    public async Task Line_whose_account_is_wrong_brings_no_resource_and_another_may()
    {
        await using TestVault vault = await OpenAsync();
        using ImportFile file = Ok(await CsvAsync($"{Header}\nweb-1,h,,Bad Name,u,,,,pw\nweb-2,h,,Bad Name,u,,,,pw\nweb-2,h,,good,u,,,,pw\n"));

        IReadOnlyList<ImportOutcome> outcomes = Ok(await vault.Product.Imports.ApplyAsync(Local, file, new ImportOptions(CheckMode.Unverified, OnClash.Skip), null, Ct));

        Assert.Equal(
            ["2 account web-1/Bad Name Failed", "3 account web-2/Bad Name Failed", "4 resource web-2 Added", "4 account web-2/good Added"],
            outcomes.Select(outcome => $"{outcome.Line} {outcome.Subject} {outcome.Result}"));
        Assert.Equal(["web-2"], Ok(await vault.Product.Resources.ListAsync(Local, "", new PageRequest(), Ct)).Items.Select(resource => resource.Name));
    }

    [Theory]
    [InlineData(OnClash.Skip, "admin", ImportResult.Skipped)]
    [InlineData(OnClash.Update, "root", ImportResult.Updated)]
    public async Task What_is_there_and_differs_stays_or_becomes_what_the_file_says(OnClash onClash, string username, ImportResult result)
    {
        await using TestVault vault = await SampleAsync();
        using ImportFile file = Ok(await CsvAsync($"{Header}\nweb-1,web-1.example,,root,root,,,,pw\n"));

        ImportOutcome outcome = Ok(await vault.Product.Imports.ApplyAsync(Local, file, new ImportOptions(CheckMode.Check, onClash), null, Ct)).Single();

        Assert.Equal(result, outcome.Result);
        Assert.Equal(username, Ok(await vault.Product.Accounts.FindAsync(Local, new AccountRef("web-1", "root"), Ct)).Username);
    }

    [Fact]
    public async Task Nothing_is_imported_when_something_clashes_and_that_is_to_fail()
    {
        await using TestVault vault = await SampleAsync();
        using ImportFile file = Ok(await CsvAsync($"{Header}\nweb-2,h,,app,app,,,,pw\nweb-1,web-1.example,,root,root,,,,pw\n"));

        Refusal? refusal = (await vault.Product.Imports.ApplyAsync(Local, file, new ImportOptions(CheckMode.Check, OnClash.Fail), null, Ct)).Refusal;

        Assert.StartsWith("Nothing is imported: line 3, account web-1/root: It is there and differs", refusal?.Message, StringComparison.Ordinal);
        Assert.Equal(RefusalKind.NotFound, (await vault.Product.Resources.FindAsync(Local, "web-2", Ct)).Refusal?.Kind);
    }

    [Fact]
    public async Task Account_whose_sign_in_fails_leaves_the_others_alone_and_its_line_is_tried_again_alone()
    {
        await using TestVault vault = await OpenAsync();
        vault.Check = (username, _) => username == "bad" ? new CheckReport(new CheckFailure(CheckStage.SignIn, CheckCause.WrongPassword, "The password is wrong."), null, TimeSpan.Zero) : Passed;
        using ImportFile file = Ok(await CsvAsync($"{Header}\nweb-1,h,,a,good,,,,pw\nweb-1,h,,b,bad,,,,pw\nweb-1,h,,c,good,,,,pw\n"));

        IReadOnlyList<ImportOutcome> first = Ok(await vault.Product.Imports.ApplyAsync(Local, file, new ImportOptions(CheckMode.Check, OnClash.Skip), null, Ct));
        Assert.Equal("The password is wrong.", first.Single(outcome => outcome.Result == ImportResult.Failed).Message);
        Assert.Equal(["a", "c"], Ok(await vault.Product.Accounts.ListAsync(Local, "", new PageRequest(), Ct)).Items.Select(account => account.Name));

        vault.Check = (_, _) => Passed;
        HashSet<int> failed = [.. first.Where(outcome => outcome.Result == ImportResult.Failed).Select(outcome => outcome.Line)];
        IReadOnlyList<ImportOutcome> second = Ok(await vault.Product.Imports.ApplyAsync(Local, file, new ImportOptions(CheckMode.Check, OnClash.Skip, failed), null, Ct));
        Assert.Equal(["account web-1/b Added"], second.Select(outcome => $"{outcome.Subject} {outcome.Result}"));
    }

    [Fact]
    public async Task Targets_are_signed_in_to_at_once_and_each_by_one_at_a_time()
    {
        await using TestVault vault = await OpenAsync();
        using Barrier both = new(2);
        ConcurrentDictionary<char, int> now = new();
        vault.Check = (username, _) =>
        {
            bool isAlone = now.AddOrUpdate(username[0], 1, (_, count) => count + 1) == 1;
            bool isBeside = both.SignalAndWait(TimeSpan.FromSeconds(20), Ct);
            now.AddOrUpdate(username[0], 0, (_, count) => count - 1);
            return isAlone && isBeside ? Passed : new CheckReport(new CheckFailure(CheckStage.SignIn, CheckCause.TimedOut, "Not beside another target, or beside itself."), null, TimeSpan.Zero);
        };
        using ImportFile file = Ok(await CsvAsync($"{Header}\nweb-1,h1,,a,x1,,,,pw\nweb-1,h1,,b,x2,,,,pw\nweb-2,h2,,a,y1,,,,pw\nweb-2,h2,,b,y2,,,,pw\n"));

        IReadOnlyList<ImportOutcome> outcomes = Ok(await vault.Product.Imports.ApplyAsync(Local, file, new ImportOptions(CheckMode.Check, OnClash.Skip), null, Ct));

        Assert.All(outcomes, outcome => Assert.Equal(ImportResult.Added, outcome.Result));
    }

    [Fact]
    public async Task Cancelled_import_keeps_what_is_done_and_tells_what_was_not_reached()
    {
        await using TestVault vault = await OpenAsync();
        using CancellationTokenSource stop = new();
        using ImportFile file = Ok(await CsvAsync($"{Header}\nweb-1,h,,a,u,,,,pw\nweb-1,h,,b,u2,,,,pw\nweb-1,h,,c,u3,,,,pw\n"));
        Told told = new(outcome =>
        {
            if (outcome.Subject == "account web-1/a")
            {
                stop.Cancel();
            }
        });

        IReadOnlyList<ImportOutcome> outcomes = Ok(await vault.Product.Imports.ApplyAsync(Local, file, new ImportOptions(CheckMode.Check, OnClash.Skip), told, stop.Token));

        Assert.Equal(["Added", "Added", "Failed", "Failed"], outcomes.Select(outcome => outcome.Result.ToString()));
        Assert.Equal("The import was ended before its turn.", outcomes[^1].Message);
        Assert.Equal(1, Ok(await vault.Product.Accounts.ListAsync(Local, "", new PageRequest(), Ct)).Total);
    }

    [Theory]
    [InlineData("", "The file is empty")]
    [InlineData("resource,color\n", "The first line names the unknown column 'color'")]
    [InlineData("resource,resource\n", "The first line names the column 'resource' twice.")]
    [InlineData("host\n", "The first line names no column 'resource'.")]
    public async Task File_that_is_none_is_refused_in_words(string text, string sentence) =>
        Assert.StartsWith(sentence, (await CsvAsync(text)).Refusal?.Message, StringComparison.Ordinal);

    [Fact]
    public async Task Hostile_files_are_bounded()
    {
        Assert.StartsWith("The file is not UTF-8.", (await ReadAsync([0x72, 0xff, 0xfe])).Refusal?.Message, StringComparison.Ordinal);
        using ImportFile large = Ok(await CsvAsync("resource\n" + new string('x', Secret.MaxBytes + 1)));
        Assert.Equal((0, "A field of the line has more than 65536 characters."), (large.Rows.Count, large.Notes.Single().Message));
        Assert.Contains("more than 10000 lines", (await CsvAsync("resource\n" + string.Concat(Enumerable.Repeat("x\n", ImportFile.MaxRows + 1)))).Refusal?.Message, StringComparison.Ordinal);
        Assert.Contains("more than 1000 columns", (await CsvAsync("resource" + string.Concat(Enumerable.Range(0, 1000).Select(i => ",meta.k" + i)))).Refusal?.Message, StringComparison.Ordinal);
        using ImportFile quoted = Ok(await CsvAsync("resource,host\na\"b,c\nweb-1,h\n"));
        Assert.Equal((1, 2), (quoted.Rows.Count, quoted.Notes.Single().Line));
    }

    [Fact]
    public async Task Whatever_the_bytes_are_a_reader_answers()
    {
        await Gen.Byte.Array[0, 300].SampleAsync(async bytes => (await ReadAsync(bytes)).Refusal is null or { Kind: RefusalKind.Invalid });
        Gen.Int[0, s_words.Length - 1].Select(i => s_words[i]).Array[0, 40].Sample(words =>
            SshConfigLine.Read(string.Concat(words)).Refusal is null or { Kind: RefusalKind.Invalid });
    }

    [Theory]
    [InlineData("=1+1")]
    [InlineData("@cmd")]
    [InlineData("'=x")]
    [InlineData("''-x")]
    [InlineData("plain, \"quoted\"")]
    public async Task Exported_file_computes_nothing_and_is_read_back_as_it_was(string text)
    {
        await using TestVault vault = await SampleAsync();
        AccountRef root = new("web-1", "root");
        Ok(await vault.Product.Accounts.EditAsync(Local, root, new AccountChange { Description = text, Metadata = Metadata.From([new("note", text)]).Value }, CheckMode.Unverified, null, Ct));
        IReadOnlyList<Resource> resources = Ok(await vault.Product.Resources.ListAsync(Local, "", new PageRequest(), Ct)).Items;
        IReadOnlyList<Account> accounts = Ok(await vault.Product.Accounts.ListAsync(Local, "", new PageRequest(), Ct)).Items;
        using StringWriter output = new();

        CsvExport.Write(output, resources, accounts);

        Assert.DoesNotContain(output.ToString().Split([',', '\n', '"']), cell => cell.StartsWith('=') || cell.StartsWith('@'));
        string withPasswords = string.Join('\n', output.ToString().TrimEnd().Split("\r\n").Select((line, i) => line + (i == 0 ? ",password" : ",pw")));
        using ImportFile file = Ok(await CsvAsync(withPasswords));
        ImportedAccount read = file.Rows.Single(row => row.Account?.Name == "root").Account!;
        Assert.Equal((text, text), (read.Description, read.Metadata["note"]));
        Assert.DoesNotContain(Ok(await vault.Product.Imports.PreviewAsync(Local, file, Ct)), item => item.Action is ImportAction.Clash or ImportAction.Add);
    }

    [Fact]
    public async Task Whatever_keys_values_and_fields_hold_they_come_back_as_they_were_and_blanks_typed_around_a_cell_do_not_count()
    {
        await using TestVault vault = await SampleAsync();
        Resource resource = Ok(await vault.Product.Resources.FindAsync(Local, "web-1", Ct));
        Account root = Ok(await vault.Product.Accounts.FindAsync(Local, new AccountRef("web-1", "root"), Ct));
        Gen<string> text = Gen.OneOf(((string[])[" ", "\u00a0", "'", "\"", ",", ";", "=", "-", "@", "a", "A", "ä", "\U0001F511", ".", "meta.", "owner"]).Select(Gen.Const).ToArray()).Array[1, 5].Select(string.Concat);
        await Gen.Select(text, text, text, text).SampleAsync(async (key, value, username, words) =>
        {
            Metadata pairs = Metadata.From([new(key, value), new("owner ", " bob "), new("owner", "bob")]) is { IsOk: true } three ? three.Value : Pairs("x=1");
            Account account = root with { Metadata = pairs, Username = username, Privilege = words, Description = value };
            using StringWriter output = new();
            CsvExport.Write(output, [resource with { Metadata = pairs, Description = words }], [account]);
            using ImportFile file = Ok(await CsvAsync(output.ToString()));
            ImportedAccount read = file.Rows.Single(row => row.Account is not null).Account!;
            ResourceDraft draft = file.Rows.Single(row => row.Account is null).Resource;
            Assert.Equal((username, words, value, words), (read.Username, read.Privilege, read.Description, draft.Description));
            Assert.Equal(pairs, read.Metadata);
            Assert.Equal(pairs, draft.Metadata);
        });

        using ImportFile typed = Ok(await CsvAsync(" resource , host, account ,username, meta.env\nweb-9, web-9.example , deploy, bob ,prod\n"));
        Assert.Equal(("web-9", "web-9.example", "bob", "prod"), (typed.Rows[0].Resource.Name, typed.Rows[0].Resource.Host, typed.Rows[0].Account!.Username, typed.Rows[0].Account!.Metadata["env"]));
    }

    [Fact]
    public async Task Exported_file_that_is_read_back_changes_nothing_and_tries_nobody()
    {
        await using TestVault vault = await SampleAsync();
        Ok(await vault.Product.Accounts.SetMetadataAsync(Local, new AccountRef("web-1", "root"), Metadata.From([new("empty", ""), new("quote", "'"), new("sum", "=1"), new("spaced", " x "), new("owner ", "bob")]).Value, Ct));
        Ok(await vault.Product.Resources.EditAsync(Local, "web-1", new ResourceChange { Metadata = Pairs("env=prod") }, Ct));
        (long rows, int checks) = (await AuditAsync(vault), vault.Checks);
        using ImportFile file = Ok(await CsvAsync(await ExportAsync(vault)));

        Assert.All(Ok(await vault.Product.Imports.PreviewAsync(Local, file, Ct)), item => Assert.Equal((ImportAction.Same, false), (item.Action, item.IsUpdate)));
        IReadOnlyList<ImportOutcome> outcomes = Ok(await vault.Product.Imports.ApplyAsync(Local, file, new ImportOptions(CheckMode.Check, OnClash.Update), null, Ct));

        Assert.Equal(4, outcomes.Count);
        Assert.All(outcomes, outcome => Assert.Equal((ImportResult.Skipped, "It is there already."), (outcome.Result, outcome.Message)));
        Assert.Equal((rows, checks), (await AuditAsync(vault), vault.Checks));
    }

    [Fact]
    public async Task Line_without_a_credential_updates_what_is_there_and_keeps_its_credential()
    {
        await using TestVault vault = await SampleAsync();
        AccountRef deploy = new("web-1", "deploy");
        string before = await RevealAsync(vault, deploy);
        Ok(await vault.Product.Accounts.CheckAsync(Local, deploy, null, Ct));
        int checks = vault.Checks;
        using ImportFile file = Ok(await CsvAsync($"{Header}\nweb-1,web-1.example,,deploy,deploy,,said,test,\nweb-1,web-1.example,,fresh,fresh,,,,\n"));

        IReadOnlyList<ImportItem> items = Ok(await vault.Product.Imports.PreviewAsync(Local, file, Ct));
        IReadOnlyList<ImportOutcome> outcomes = Ok(await vault.Product.Imports.ApplyAsync(Local, file, new ImportOptions(CheckMode.Check, OnClash.Update), null, Ct));

        Assert.Equal(
            ["2 Clash Kept It is there and differs: its description is '' and would be 'said'.", "3 Wrong None The account is not there yet, and the line has neither a password nor a private key file to add it with."],
            items.Select(item => $"{item.Line} {item.Action} {item.Credential} {item.Message}"));
        Assert.Equal(["3 Failed", "2 Updated It keeps its credential."], outcomes.OrderBy(outcome => outcome.Result == ImportResult.Updated).Select(outcome => $"{outcome.Line} {outcome.Result} {(outcome.Line == 2 ? outcome.Message : "")}".TrimEnd()));
        Account now = Ok(await vault.Product.Accounts.FindAsync(Local, deploy, Ct));
        Assert.Equal(("said", "test", CheckState.Verified, checks), (now.Description, now.Metadata["env"], now.CheckState, vault.Checks));
        Assert.Equal(before, await RevealAsync(vault, deploy));
    }

    [Fact]
    public async Task Line_without_a_credential_that_names_another_user_signs_in_as_that_one_with_the_credential_of_the_vault()
    {
        await using TestVault vault = await SampleAsync();
        AccountRef deploy = new("web-1", "deploy");
        List<string> tried = [];
        vault.Check = (username, _) =>
        {
            tried.Add(username);
            return username == "other" ? Passed : new CheckReport(new CheckFailure(CheckStage.SignIn, CheckCause.WrongPassword, "The password is wrong."), null, TimeSpan.Zero);
        };
        async Task<ImportOutcome> ImportAsync(string username)
        {
            using ImportFile file = Ok(await CsvAsync($"resource,host,account,username\nweb-1,web-1.example,deploy,{username}\n"));
            return Ok(await vault.Product.Imports.ApplyAsync(Local, file, new ImportOptions(CheckMode.Check, OnClash.Update), null, Ct)).Single();
        }

        Assert.Equal((ImportResult.Failed, "The password is wrong."), (await ImportAsync("stranger") is var no ? (no.Result, no.Message) : default));
        Assert.Equal("deploy", Ok(await vault.Product.Accounts.FindAsync(Local, deploy, Ct)).Username);
        Assert.Equal(ImportResult.Updated, (await ImportAsync("other")).Result);
        Assert.Equal("other", Ok(await vault.Product.Accounts.FindAsync(Local, deploy, Ct)).Username);
        Assert.Equal(["stranger", "other"], tried);
    }

    [Fact]
    public async Task What_a_file_has_no_column_for_stays_as_it_is()
    {
        await using TestVault vault = await OpenAsync();
        using ImportFile whole = Ok(await CsvAsync(
            "resource,host,port,account,username,alias,privilege,description,meta.env,meta.team,password\nweb-1,h,2222,,,,,The shop,prod,,\nweb-1,h,2222,root,toor,boss,root,all,test,ops,pw\n"));
        Ok(await vault.Product.Imports.ApplyAsync(Local, whole, new ImportOptions(CheckMode.Unverified, OnClash.Skip), null, Ct));
        using ImportFile part = Ok(await CsvAsync("resource,host,account,meta.team,meta.new\nweb-1,h,,web,\nweb-1,h,root,,x\n"));

        IReadOnlyList<ImportOutcome> outcomes = Ok(await vault.Product.Imports.ApplyAsync(Local, part, new ImportOptions(CheckMode.Check, OnClash.Update), null, Ct));

        Assert.All(outcomes, outcome => Assert.Equal(ImportResult.Updated, outcome.Result));
        Resource web = Ok(await vault.Product.Resources.FindAsync(Local, "web-1", Ct));
        Assert.Equal((2222, "The shop", Pairs("env=prod team=web")), (web.Port, web.Description, web.Metadata));
        Account root = Ok(await vault.Product.Accounts.FindAsync(Local, new AccountRef("web-1", "root"), Ct));
        Assert.Equal(("toor", "boss", "root", "all", Pairs("env=test new=x")), (root.Username, root.Alias, root.Privilege, root.Description, root.Metadata));

        using ImportFile hosts = Ok(await SshConfigImport.ReadAsync(Ok(SshConfigLine.Read("Host web-1\n HostName h2\n Port 2222\n")), Key, false, Ct));
        Ok(await vault.Product.Imports.ApplyAsync(Local, hosts, new ImportOptions(CheckMode.Unverified, OnClash.Update), null, Ct));
        web = Ok(await vault.Product.Resources.FindAsync(Local, "web-1", Ct));
        Assert.Equal(("h2", "The shop", Pairs("env=prod team=web")), (web.Host, web.Description, web.Metadata));
    }

    [Fact]
    public async Task Ssh_config_gives_each_host_its_first_values_and_tells_what_it_leaves_out()
    {
        using ImportFile file = Ok(await SshConfigImport.ReadAsync(
            Ok(SshConfigLine.Read(
                """
                # before all
                Host web-1 db-*
                    HostName=%h.example.com
                    User deploy   # comment
                    IdentityFile "~/my keys/id"
                Host Web2 !web-1
                    Port 2222
                    User root
                    IdentityFile none
                    ProxyJump bastion
                Match exec "rm -rf /"
                    User evil
                Host bad%name x\*
                Host *
                    User late
                    Port 2022
                """)),
            Key,
            trustOnFirstUse: true,
            Ct));

        Assert.Equal(["resource web-1 web-1.example.com:2022", "account web-1/deploy web-1.example.com:2022", "resource web2 Web2:2222"], file.Rows.Select(row => $"{row.Subject} {row.Resource.Host}:{row.Resource.Port}"));
        Assert.Equal("~/my keys/id", Encoding.UTF8.GetString(file.Rows[1].Account!.Credential!.Main.Bytes));
        Assert.True(file.Rows[0].Resource.TrustOnFirstUse);
        string notes = string.Join('\n', file.Notes.Select(note => $"{note.Line}{(note.IsError ? "!" : "")} {note.Message}"));
        Assert.Contains("2 The pattern 'db-*' is no host", notes, StringComparison.Ordinal);
        Assert.Contains("11 The Match block is left out.", notes, StringComparison.Ordinal);
        Assert.Contains("6 The ProxyJump of 'Web2' is left out", notes, StringComparison.Ordinal);
        Assert.Contains("6 The host 'Web2' has no IdentityFile: only the resource is imported.", notes, StringComparison.Ordinal);
        Assert.Contains("13! The host 'bad%name' has no name that a resource can have.", notes, StringComparison.Ordinal);
        Assert.DoesNotContain("evil", notes, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Host_whose_key_cannot_be_read_is_not_imported_at_all()
    {
        IReadOnlyList<SshConfigLine> lines = Ok(SshConfigLine.Read("Host web-1\n User root\n IdentityFile gone\nHost web-2\n User root\n IdentityFile there\n"));

        using ImportFile file = Ok(await SshConfigImport.ReadAsync(lines, (path, ct) => path == "gone" ? Task.FromResult<Result<Secret>>(Refusal.NotFound("It is gone.")) : Key(path, ct), false, Ct));

        Assert.Equal(["resource web-2", "account web-2/root"], file.Rows.Select(row => row.Subject));
        Assert.Equal((1, "It is gone.", true), (file.Notes.Single().Line, file.Notes.Single().Message, file.Notes.Single().IsError));
    }

    private static async Task<string> ExportAsync(TestVault vault)
    {
        using StringWriter output = new();
        CsvExport.Write(output, Ok(await vault.Product.Resources.ListAsync(Local, "", new PageRequest(), Ct)).Items, Ok(await vault.Product.Accounts.ListAsync(Local, "", new PageRequest(), Ct)).Items);
        return output.ToString();
    }

    private static async Task<string> RevealAsync(TestVault vault, AccountRef account)
    {
        using RevealedCredential revealed = Ok(await vault.Product.Accounts.RevealAsync(Local, account, "test", Ct));
        return revealed.Main.RevealText();
    }

    private static Task<Result<Secret>> Key(string path, CancellationToken ct) => Task.FromResult<Result<Secret>>(Secret.FromText(path));

    private static Task<Result<ImportFile>> CsvAsync(string text) => ReadAsync(Encoding.UTF8.GetBytes(text));

    private static Task<Result<ImportFile>> ReadAsync(byte[] bytes) => CsvImport.ReadAsync(bytes, Key, false, TimeProvider.System, Ct);

    private static async Task<long> AuditAsync(TestVault vault) => Ok(await vault.Product.Audit.ListAsync(Local, "", new PageRequest(), Ct)).Total;

    // web-1 with deploy, root (as admin) and boss, whose alias that is.
    private static async Task<TestVault> SampleAsync()
    {
        TestVault vault = await OpenAsync();
        await vault.AddResourceAsync("web-1");
        await vault.AddAccountAsync("web-1/deploy");
        await vault.AddAccountAsync("web-1/root", username: "admin");
        await vault.AddAccountAsync("web-1/chief", alias: "boss");
        return vault;
    }

    private sealed class Told(Action<ImportOutcome> tell) : IProgress<ImportOutcome>
    {
        public void Report(ImportOutcome value) => tell(value);
    }
}
