using System.Text;
using PamTui.Core.Statements;
using PamTui.Gateway.Databases;
using PamTui.Gateway.Databases.PostgreSql;

namespace PamTui.Tests.GatewayTests.Databases;

/// <summary>The order of questions and answers, where real servers take long to be brought into it.</summary>
public sealed class StatementTrackerTests
{
    private readonly StatementTracker _tracker = new(TimeProvider.System, new ClientEncoding());
    private readonly List<Statement> _ran = [];

    [Fact]
    public void Name_that_is_taken_keeps_the_text_that_the_server_has()
    {
        Ask(Parse("s", "first"), Parse("s", "second"), Of(Asked.Sync));
        Answer("1");
        Error("42P05");
        Answer("Z");
        Ask(Bind("", "s"), Of(Asked.Execute), Of(Asked.Sync));

        Answer("2C Z");

        Assert.Equal([("second", "42P05"), ("first", null)], _ran.Select(one => (one.Text, one.ErrorCode)));
    }

    [Fact]
    public void Names_are_told_apart_by_as_many_bytes_as_the_server_looks_at() =>
        Assert.Equal(StatementName.Of(Encoding.ASCII.GetBytes(new string('a', 63) + "b")), StatementName.Of(Encoding.ASCII.GetBytes(new string('a', 63) + "c")));

    [Fact]
    public void What_was_sent_before_the_server_said_no_is_not_said_to_have_run()
    {
        Ask(Parse("", "wrong"), Bind("", ""), Of(Asked.Execute));
        Error("42601");
        Ask(Parse("", "never"), Bind("", ""), Of(Asked.Execute), Of(Asked.Sync), Query("then"));

        Answer("Z");
        Answer("C Z");

        Assert.Equal([("wrong", "42601"), ("then", null)], _ran.Select(one => (one.Text, one.ErrorCode)));
    }

    [Fact]
    public void Syncs_that_come_while_data_is_copied_are_the_servers_to_drop()
    {
        Ask(Parse("", "copy"), Bind("", ""), Of(Asked.Execute), Of(Asked.Sync));
        Answer("12G");
        Ask(Of(Asked.Sync), Of(Asked.CopyEnd), Of(Asked.Sync), Query("next"));

        Answer("C Z");
        Answer("C Z");

        Assert.Equal(["copy", "next"], _ran.Select(one => one.Text));
    }

    [Fact]
    public void Copy_that_fails_before_it_reads_answers_the_sync_it_seemed_to_have_dropped()
    {
        Ask(Parse("", "copy"), Bind("", ""), Of(Asked.Execute), Of(Asked.Sync));
        Answer("12G");
        Error("P0001");
        Answer("Z");
        Ask(Of(Asked.CopyEnd), Of(Asked.Sync), Query("next"));

        Answer("Z");
        Answer("C Z");

        Assert.Equal([("copy", "P0001"), ("next", null)], _ran.Select(one => (one.Text, one.ErrorCode)));
    }

    [Fact]
    public void Commit_that_fails_at_the_sync_is_kept()
    {
        Ask(Parse("", "insert"), Bind("", ""), Of(Asked.Execute), Of(Asked.Sync));
        Answer("12C ");
        Error("23503");
        Answer("Z");

        Assert.Equal([null, "23503"], _ran.Select(one => one.ErrorCode));
    }

    [Theory]
    [InlineData("1")]
    [InlineData("2")]
    [InlineData("C ")]
    [InlineData("Z")]
    [InlineData("s")]
    [InlineData("n")]
    [InlineData("V")]
    [InlineData("G")]
    [InlineData("R")]
    [InlineData("K")]
    [InlineData("W")]
    [InlineData("?")]
    public void Answer_to_nothing_that_was_asked_breaks_the_protocol(string types)
    {
        Assert.Throws<BrokenProtocolException>(() => Answer(types));
        Ask(Of(Asked.DescribePortal));
        Assert.True(types == "n" || Assert.Throws<BrokenProtocolException>(() => Answer(types)) is not null);
    }

    [Fact]
    public void What_has_no_answer_at_the_end_is_kept_as_such()
    {
        Ask(Query("one"), Parse("", "two"), Bind("", ""), Of(Asked.Execute));

        Assert.Equal(["one"], _tracker.Abandon().Where(one => one.ErrorCode == "unanswered").Select(one => one.Text).Take(1));
    }

    [Fact]
    public async Task Client_waits_when_too_much_has_no_answer()
    {
        Task last = Task.CompletedTask;
        for (int i = 0; i < 16 * 1024; i++)
        {
            Assert.True(last.IsCompleted);
            last = _tracker.AskAsync(Of(Asked.Sync));
        }

        Assert.False(last.IsCompleted);
        for (int i = 0; i < 9 * 1024; i++)
        {
            Answer("Z");
        }

        await last;
    }

    [Fact]
    public void What_a_backslash_is_is_unsure_about_the_time_when_a_statement_sets_it()
    {
        Ask(Query("select 1"));
        Answer("C Z");
        Ask(Parse("", "set standard_conforming_strings = off"), Bind("", ""), Of(Asked.Execute), Parse("", "alter"), Bind("", ""), Of(Asked.Execute), Of(Asked.Sync));
        Answer("12C 12C Z");
        Ask(Query("select 2"));
        Answer("C Z");

        Assert.Equal([Backslash.Usual, Backslash.Unsure, Backslash.Unsure, Backslash.Usual], _ran.Select(one => one.Backslash));
    }

    private static Pending Of(Asked what) => new(what, DateTimeOffset.UnixEpoch, 0);

    private static Pending Query(string text) => Of(Asked.Query) with { Text = new SqlText(text, false) };

    private static Pending Parse(string name, string text) => Of(Asked.Parse) with { Name = name, Text = new SqlText(text, false), Bytes = [0, 0] };

    private static Pending Bind(string portal, string statement) =>
        Of(Asked.Bind) with { Name = portal, Bytes = [.. Encoding.ASCII.GetBytes(portal + "\0" + statement + "\0"), 0, 0, 0, 0, 0, 0] };

    private void Ask(params Pending[] all)
    {
        foreach (Pending pending in all)
        {
            Assert.True(_tracker.AskAsync(pending).IsCompleted);
        }
    }

    /// <summary>By types; a blank behind C is its tag's.</summary>
    private void Answer(string types)
    {
        foreach (char type in types.Where(type => type != ' '))
        {
            _tracker.Answer((byte)type, type switch { 'C' => "SELECT 1\0"u8, 'Z' => "I"u8, _ => default }, cut: false, _ran);
        }
    }

    private void Error(string code) => _tracker.Answer((byte)'E', Encoding.ASCII.GetBytes($"SERROR\0VERROR\0C{code}\0Mno\0\0"), cut: false, _ran);
}
