using PamTui.Sql;
using PamTui.Sql.Prompt;

namespace PamTui.Tests.SqlTests;

public sealed class StatementSplitterTests
{
    [Theory]
    [InlineData("select 1; select 2", "select 1|select 2")]
    [InlineData("select ';' || 'it''s;'; x", "select ';' || 'it''s;'|x")]
    [InlineData("select E'\\';'; x", "select E'\\';'|x")]
    [InlineData("select '\\'; x", "select '\\'|x")]
    [InlineData("select \"a;\"\"b\"; x", "select \"a;\"\"b\"|x")]
    [InlineData("select $$;$$; select $a$;$$;$a$; select $1;", "select $$;$$|select $a$;$$;$a$|select $1")]
    [InlineData("-- a;b\nselect 1; /* ; /* ; */ ; */ select 2;", "-- a;b\nselect 1|/* ; /* ; */ ; */ select 2")]
    [InlineData("create rule r as on insert to t do (delete from a; delete from b); x", "create rule r as on insert to t do (delete from a; delete from b)|x")]
    [InlineData(";;\n; -- nothing\n; /* nothing */", "")]
    [InlineData("\\x\nselect 1;\n\\d t\n", "\\x|select 1|\\d t")]
    [InlineData("select 1 \\gx\nselect 2\\g\n", "select 1|select 2")]
    [InlineData("create function f() returns int begin atomic select 1; select case when 1=1 then 2 end; end; select 2", "create function f() returns int begin atomic select 1; select case when 1=1 then 2 end; end|select 2")]
    [InlineData("Create Or Replace Procedure p(a int default (case when true then 1 end))\nBegin Atomic\ninsert into t values (1);\nEND;\nx", "Create Or Replace Procedure p(a int default (case when true then 1 end))\nBegin Atomic\ninsert into t values (1);\nEND|x")]
    [InlineData("begin; select 1; end; create table begin_atomic (a int); create view function as select 1; end", "begin|select 1|end|create table begin_atomic (a int)|create view function as select 1|end")]
    public void Postgresql_ends_a_statement_where_psql_does(string script, string expected) => Assert.Equal(expected, Split(SqlKind.PostgreSql, script));

    [Theory]
    [InlineData("select 'a\\';'; x", "select 'a\\';'|x")]
    [InlineData("select \"a\\\";\"; x", "select \"a\\\";\"|x")]
    [InlineData("select `a;b`; # c;\nselect 1--2;", "select `a;b`|# c;\nselect 1--2")]
    [InlineData("/*!40101 SET a = 1 */; /* b */;", "/*!40101 SET a = 1 */")]
    [InlineData("delimiter //\ncreate procedure p() begin select 1; end//\nDELIMITER ;\nselect 2;", "create procedure p() begin select 1; end|select 2")]
    [InlineData("select 1\\G\nselect $$;\n", "select 1|select $$")]
    [InlineData("Delimiter\t$$\ncreate function f() returns int begin return 1; end $$\nselect ';' $$\ndelimiter ;\nselect 3", "create function f() returns int begin return 1; end|select ';'|select 3")]
    public void Mysql_ends_a_statement_where_its_program_does(string script, string expected) => Assert.Equal(expected, Split(SqlKind.MySql, script));

    [Fact]
    public void Statement_may_come_line_by_line_and_says_what_it_waits_for()
    {
        StatementSplitter splitter = new(SqlKind.PostgreSql);

        List<char?> waits = [];
        foreach (string line in (string[])["\n", "select (\n", "1), '\n", "', \"\n", "\" /* \n", "*/\n"])
        {
            splitter.Feed(line);
            Assert.Null(splitter.Next(final: false));
            waits.Add(splitter.Open);
        }

        Assert.Equal([null, '(', '\'', '"', '*', '-'], waits);
        splitter.Feed(";\n");
        Assert.EndsWith("*/", splitter.Next(final: false)?.Text, StringComparison.Ordinal);
        Assert.Null(splitter.Open);
    }

    private static string Split(SqlKind kind, string script)
    {
        using MemoryStream stream = new(System.Text.Encoding.UTF8.GetBytes(script));
        return string.Join('|', ScriptSource.ReadAsync(kind, stream, () => kind == SqlKind.MySql, CancellationToken.None).ToBlockingEnumerable().Select(piece => piece.Text));
    }
}
