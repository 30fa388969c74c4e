using System.Text;
using Microsoft.Data.Sqlite;
using PamTui.Core.Model;
using PamTui.Core.Statements;
using PamTui.Core.Users;
using PamTui.Core.Vault;
using PamTui.Servers;
using static PamTui.Tests.CoreTests.TestVault;

namespace PamTui.Tests.CoreTests;

public sealed class StatementsTests
{
    [Fact]
    public async Task Statements_are_read_as_they_ran_with_their_values_rows_and_errors()
    {
        await using LoggedVault vault = await LoggedVault.OpenAsync();
        byte[] binary = [0, 0xff, 10];
        await vault.LogAsync(
            vault.Statement("SELECT $1, $2, $3", rows: 1) with { Duration = TimeSpan.FromMicroseconds(1500), Values = [StatementValue.OfText("Łódź\n'"), StatementValue.Null, StatementValue.OfBytes(binary)] },
            vault.Statement("SELECT 1/0", error: "22012"),
            vault.Statement("BEGIN\0\u202e"));

        StatementPage read = await vault.ReadAsync();

        Assert.Equal([1, 2, 3], read.Page.Items.Select(item => item.Number));
        Statement first = read.Page.Items[0].Statement;
        Assert.Equal((vault.Time.GetUtcNow(), TimeSpan.FromMicroseconds(1500), "SELECT $1, $2, $3", 1L, null, false), (first.At, first.Duration, first.Text, first.Rows, first.ErrorCode, first.Truncated));
        Assert.Equal("Łódź\n'", first.Values[0].Text);
        Assert.Equal(["'Łódź\\u{a}''", "NULL", "\\x00ff0a"], first.Values.Select(value => value.ToString()));
        Assert.Equal(binary, first.Values[2].Bytes.ToArray());
        Assert.Equal(("22012", null), (read.Page.Items[1].Statement.ErrorCode, read.Page.Items[1].Statement.Rows));
        Assert.Equal("BEGIN\0\u202e", read.Page.Items[2].Statement.Text);
        Assert.Equal((3L, 1L, true, null), (read.Summary.Statements, read.Summary.Errors, read.Summary.IsWhole, read.Summary.Removed));
    }

    [Fact]
    public async Task Statements_are_on_the_disk_a_second_after_they_ran()
    {
        await using LoggedVault vault = await LoggedVault.OpenAsync();
        await using StatementLog log = await vault.StartAsync();

        await log.AppendAsync(vault.Statement("SELECT 1"), Ct);
        await vault.WrittenAsync(1);

        Assert.False((await vault.ReadAsync()).Summary.IsWhole);
    }

    [Fact]
    public async Task Page_of_statements_begins_and_ends_anywhere_in_the_batches()
    {
        await using LoggedVault vault = await LoggedVault.OpenAsync();
        await vault.LogAsync(batches: 7, [.. Enumerable.Range(1, 2500).Select(number => vault.Statement($"SELECT {number}"))]);

        StatementPage read = Ok(await vault.Product.Statements.ReadAsync(vault.Alice, vault.Session, new StatementQuery(), new PageRequest(1200, 700), Ct));

        Assert.Equal((2500, 1200, 700), (read.Page.Total, read.Page.Offset, read.Page.Items.Count));
        Assert.Equal(Enumerable.Range(1201, 700).Select(number => (long)number), read.Page.Items.Select(item => item.Number));
        Assert.All(read.Page.Items, item => Assert.Equal($"SELECT {item.Number}", item.Statement.Text));
        Assert.InRange(vault.Count("statement_batches"), 7, 12);
    }

    [Fact]
    public async Task Statements_are_found_by_text_by_value_and_by_error()
    {
        await using LoggedVault vault = await LoggedVault.OpenAsync();
        await vault.LogAsync(
            vault.Statement("SELECT 1"),
            vault.Statement("DELETE FROM orders", error: "42501"),
            vault.Statement("INSERT INTO t VALUES ($1)") with { Values = [StatementValue.OfText("the Orders of alice")] });

        Assert.Equal([2, 3], await FoundAsync(new StatementQuery("ORDERS")));
        Assert.Equal([2], await FoundAsync(new StatementQuery(ErrorsOnly: true)));
        Assert.Equal([2], await FoundAsync(new StatementQuery("42501")));
        Assert.Empty(await FoundAsync(new StatementQuery("select", ErrorsOnly: true)));
        Assert.Equal(RefusalKind.Invalid, (await vault.Product.Statements.ReadAsync(Local, vault.Session, new StatementQuery(new string('x', 257)), new PageRequest(), Ct)).Refusal!.Kind);

        async Task<IEnumerable<long>> FoundAsync(StatementQuery query) =>
            Ok(await vault.Product.Statements.ReadAsync(Local, vault.Session, query, new PageRequest(), Ct)).Page.Items.Select(item => item.Number);
    }

    [Fact]
    public async Task Text_and_values_are_cut_where_they_are_too_long_and_say_so()
    {
        await using LoggedVault vault = await LoggedVault.OpenAsync();
        string longText = new('ł', StatementValue.MaxBytes);
        StatementValue[] many = [.. Enumerable.Repeat(StatementValue.OfBytes(new byte[StatementValue.MaxBytes]), 65)];
        await vault.LogAsync(
            vault.Statement(new string('x', Statement.MaxText + 1)) with { Values = [StatementValue.OfText(longText), StatementValue.OfText(Encoding.UTF8.GetBytes(longText)), StatementValue.OfBytes([1, 2], 1L << 40)] },
            vault.Statement("many") with { Values = many });

        Statement[] read = [.. (await vault.ReadAsync()).Page.Items.Select(item => item.Statement)];

        Assert.Equal((Statement.MaxText, true), (read[0].Text.Length, read[0].Truncated));
        Assert.All(read[0].Values.Take(2), value => Assert.Equal((2048, 4096, 8192L, true), (value.Text!.Length, value.Kept, value.Length, value.IsCut)));
        Assert.Equal("\\x0102 (1099511627776 bytes)", read[0].Values[2].ToString());
        Assert.Equal("bytes (4096 bytes)", read[1].Values[64].ToString());
        Assert.False(read[1].Values[63].IsCut);
    }

    [Theory]
    [InlineData("statement-values=mask", "")]
    [InlineData("", "statement-values=mask")]
    [InlineData("statement-values=mask", "statement-values=keep")]
    public async Task Values_are_masked_where_the_account_or_its_resource_says_so(string ofResource, string ofAccount)
    {
        await using LoggedVault vault = await LoggedVault.OpenAsync(ofResource, ofAccount);
        await vault.LogAsync(vault.Statement("SELECT $1") with { Values = [StatementValue.OfText("canary value"), StatementValue.Null] });

        Statement read = (await vault.ReadAsync()).Page.Items[0].Statement;

        Assert.Equal(["text (12 bytes)", "NULL"], read.Values.Select(value => value.ToString()));
        Assert.Equal("", read.Values[0].Text);
    }

    [Fact]
    public async Task Who_may_not_see_the_session_sees_no_statement_and_who_reads_is_told_of_in_the_audit()
    {
        await using LoggedVault vault = await LoggedVault.OpenAsync();
        Actor eve = await vault.Vault.AddUserAsync("eve");
        await vault.LogAsync(vault.Statement("SELECT 1"));

        Assert.Equal(RefusalKind.NotFound, (await vault.Product.Statements.ReadAsync(eve, vault.Session, new StatementQuery(), new PageRequest(), Ct)).Refusal!.Kind);
        Assert.DoesNotContain(await AuditAsync(), row => row.Action == "statements.read");

        Ok(await vault.Product.Grants.AddAsync(Local, new GrantDraft("eve", "db-1/app", Capability.Audit), Ct));
        Assert.Equal(1, Ok(await vault.Product.Statements.ReadAsync(eve, vault.Session, new StatementQuery("select"), new PageRequest(), Ct)).Page.Total);
        Assert.Contains(await AuditAsync(), row => (row.Actor, row.Action, row.Target, row.Details) == ("eve", "statements.read", "db-1/app", "session=1 text=select"));

        async Task<IReadOnlyList<AuditRow>> AuditAsync() => Ok(await vault.Product.Audit.ListAsync(Local, "", new PageRequest(), Ct)).Items;
    }

    [Fact]
    public async Task Nothing_of_a_statement_is_in_the_file_and_it_opens_after_a_rekey()
    {
        await using LoggedVault vault = await LoggedVault.OpenAsync();
        await using (StatementLog log = await vault.StartAsync())
        {
            await log.AppendAsync(vault.Statement("canary statement") with { Values = [StatementValue.OfText("canary value")] }, Ct);
        }

        Ok(await vault.Product.Keys.RekeyAsync(Local, MasterKeyForm.File, new VaultUnlock(), null, Ct));

        Assert.Equal("canary statement", (await vault.ReadAsync()).Page.Items[0].Statement.Text);
        foreach (string file in Directory.GetFiles(vault.Vault.Folder.Path))
        {
            using FileStream stream = new(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
            using MemoryStream bytes = new();
            await stream.CopyToAsync(bytes, Ct);
            Assert.DoesNotContain("canary s", Encoding.Latin1.GetString(bytes.ToArray()), StringComparison.Ordinal);
        }
    }

    public static TheoryData<string> Attacks => new()
    {
        // Dropped: one in the middle, the last one, all of them.
        "DELETE FROM statement_batches WHERE session_id = 1 AND first = (SELECT first FROM statement_batches WHERE session_id = 1 ORDER BY first LIMIT 1 OFFSET 1)",
        "DELETE FROM statement_batches WHERE session_id = 1 AND first = (SELECT max(first) FROM statement_batches WHERE session_id = 1)",
        "DELETE FROM statement_batches; DELETE FROM statement_logs; DELETE FROM secrets WHERE owner_kind = 'session'",

        // The last one, and what tells of it.
        """
        UPDATE statement_logs SET batches = batches - 1, statements = (SELECT max(first) FROM statement_batches WHERE session_id = 1) WHERE session_id = 1;
        DELETE FROM statement_batches WHERE session_id = 1 AND first = (SELECT max(first) FROM statement_batches WHERE session_id = 1)
        """,
        """
        UPDATE statement_logs SET closed = NULL, batches = batches - 1, statements = (SELECT max(first) FROM statement_batches WHERE session_id = 1) WHERE session_id = 1;
        DELETE FROM statement_batches WHERE session_id = 1 AND first = (SELECT max(first) FROM statement_batches WHERE session_id = 1)
        """,

        // Reordered, taken from another session, edited.
        """
        UPDATE statement_batches SET first = -1 WHERE session_id = 1 AND first = 0;
        UPDATE statement_batches SET first = 0, statements = (SELECT statements FROM statement_batches WHERE session_id = 1 AND first = -1)
        WHERE session_id = 1 AND first = (SELECT min(first) FROM statement_batches WHERE session_id = 1 AND first > 0)
        """,
        "UPDATE statement_batches SET sealed = (SELECT o.sealed FROM statement_batches o WHERE o.session_id = 2 AND o.first = statement_batches.first) WHERE session_id = 1",
        "UPDATE statement_batches SET session_id = 3 WHERE session_id = 1; UPDATE statement_batches SET session_id = 1 WHERE session_id = 2",
        "UPDATE statement_batches SET sealed = CAST(substr(sealed, 1, length(sealed) - 1) || x'00' AS BLOB) WHERE session_id = 1 AND first = 0",
        "UPDATE statement_batches SET sealed = x'00' WHERE session_id = 1 AND first = 0",
        "UPDATE statement_logs SET closed = (SELECT closed FROM statement_logs WHERE session_id = 2) WHERE session_id = 1",
    };

    [Theory]
    [MemberData(nameof(Attacks))]
    public async Task Log_that_was_changed_outside_the_vault_is_not_shown_as_whole(string sql)
    {
        await using LoggedVault vault = await LoggedVault.OpenAsync();
        Statement[] same = [.. Enumerable.Range(1, 1200).Select(number => vault.Statement($"SELECT {number}"))];
        await vault.LogAsync(batches: 3, same);
        await vault.EndAsync();
        await vault.LogAsync(batches: 3, same);
        await vault.EndAsync();
        Assert.True(vault.Count("statement_batches WHERE session_id = 1") > 2);
        Assert.Equal(1200, await ReadAllAsync());

        vault.Run(sql);

        await Assert.ThrowsAsync<InvalidOperationException>(ReadAllAsync);

        async Task<int> ReadAllAsync()
        {
            int count = 0;
            for (Page<LoggedStatement>? page = null; page is null || count < page.Total; count += page.Items.Count)
            {
                page = Ok(await vault.Product.Statements.ReadAsync(Local, 1, new StatementQuery(), new PageRequest(count, 1000), Ct)).Page;
            }

            return count;
        }
    }

    [Fact]
    public async Task Log_of_a_gateway_that_died_is_read_and_not_called_whole()
    {
        await using LoggedVault vault = await LoggedVault.OpenAsync();
        await using StatementLog log = await vault.StartAsync();
        await log.AppendAsync(vault.Statement("SELECT 1"), Ct);
        await vault.WrittenAsync(1);

        Assert.Equal(1, await vault.Product.Sessions.RecoverAsync("node", [], Ct));

        StatementPage read = await vault.ReadAsync();
        Assert.Equal((1L, false), (read.Summary.Statements, read.Summary.IsWhole));
        Assert.Contains("may be missing", StatementText.Note(read.Session, read.Summary), StringComparison.Ordinal);
    }

    [Fact]
    public async Task When_all_logs_are_too_large_the_oldest_that_are_over_go_and_the_audit_says_so()
    {
        await using LoggedVault vault = await LoggedVault.OpenAsync(options: new StatementOptions { TotalMegabytes = 1 });
        await vault.LogAsync(vault.Random(300_000));
        await vault.LogAsync(vault.Random(300_000));
        await vault.EndAsync();
        await vault.LogAsync(vault.Random(300_000));
        await vault.EndAsync();
        await vault.LogAsync(vault.Random(300_000));

        long[] there = [.. (await Task.WhenAll(Enumerable.Range(1, 4).Select(async id => (Id: (long)id, Log: Ok(await vault.Product.Statements.SummaryAsync(Local, id, Ct)))))).Where(one => one.Log.Removed is null).Select(one => one.Id)];

        Assert.Equal([1, 3, 4], there);
        StatementPage gone = Ok(await vault.Product.Statements.ReadAsync(Local, 2, new StatementQuery(), new PageRequest(), Ct));
        Assert.Equal((0, vault.Time.GetUtcNow()), (gone.Page.Total, gone.Summary.Removed));
        Assert.Contains("went at 2026-03-01", StatementText.Note(gone.Session, gone.Summary), StringComparison.Ordinal);
        Assert.Contains(Ok(await vault.Product.Audit.ListAsync(Local, "action=statements.remove", new PageRequest(), Ct)).Items, row => row.Actor == "system" && row.Details.StartsWith("session=2 ", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Session_whose_log_is_full_ends_in_words_and_all_of_it_is_kept()
    {
        await using LoggedVault vault = await LoggedVault.OpenAsync(options: new StatementOptions { SessionMegabytes = 1 });
        Statement[] much = vault.Random(1_200_000);
        int taken;
        await using (StatementLog log = await vault.StartAsync())
        {
            taken = await AppendUntilItFailsAsync(log, much);
            await vault.WrittenAsync(taken);
            Assert.Equal("the log of its statements has reached 1 MB (Statements:SessionMegabytes)", await log.Failed);
        }

        Assert.Equal((taken, true), ((await vault.ReadAsync()).Page.Total, (await vault.ReadAsync()).Summary.IsWhole));
    }

    [Fact]
    public async Task Live_sessions_end_when_no_other_log_is_left_to_go()
    {
        await using LoggedVault vault = await LoggedVault.OpenAsync(options: new StatementOptions { TotalMegabytes = 1 });
        Statement[] much = vault.Random(1_200_000);
        await using StatementLog log = await vault.StartAsync();

        await vault.WrittenAsync(await AppendUntilItFailsAsync(log, much));

        Assert.StartsWith("the logs of all live sessions have reached 1 MB", await log.Failed, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Log_that_cannot_be_written_ends_the_session_in_words()
    {
        await using LoggedVault vault = await LoggedVault.OpenAsync();
        await using StatementLog log = await vault.StartAsync();
        vault.Run("DROP TABLE statement_batches");

        await log.AppendAsync(vault.Statement("SELECT 1"), Ct);
        await Poll.UntilAsync("the log has failed", () =>
        {
            vault.Time.Advance(TimeSpan.FromSeconds(1));
            return Task.FromResult(log.Failed.IsCompleted);
        });

        Assert.Equal("the log of its statements cannot be written", await log.Failed);
        await Assert.ThrowsAsync<IOException>(async () => await log.AppendAsync(vault.Statement("SELECT 2"), Ct));
    }

    [Fact]
    public async Task Whoever_appends_waits_while_the_disk_is_behind()
    {
        await using LoggedVault vault = await LoggedVault.OpenAsync();
        Statement large = vault.Statement(new string('x', Statement.MaxText));
        ValueTask waiting;
        await using (StatementLog log = await vault.StartAsync())
        {
            using (SqliteConnection other = vault.Lock())
            {
                int appended = 0;
                for (waiting = ValueTask.CompletedTask; waiting.IsCompletedSuccessfully && appended < 100; appended++)
                {
                    waiting = log.AppendAsync(large, Ct);
                }

                Assert.InRange(appended, 8, 20);
            }

            await waiting;
        }

        Assert.InRange((await vault.ReadAsync()).Page.Total, 8, 20);
    }

    /// <summary>How many the log took: it fails as soon as what made it full is on the disk, perhaps before the last of them.</summary>
    private static async Task<int> AppendUntilItFailsAsync(StatementLog log, Statement[] statements)
    {
        for (int taken = 0; taken < statements.Length; taken++)
        {
            try
            {
                await log.AppendAsync(statements[taken], Ct);
            }
            catch (IOException)
            {
                return taken;
            }
        }

        return statements.Length;
    }
}
