using System.Text;
using PamTui.Gateway.Databases.MySql;

namespace PamTui.Tests.GatewayTests.MySql;

/// <summary>What a session that may only read may not say; which of it a real server would obey is in MySqlReadOnlyTests.</summary>
public sealed class ReadOnlyRulesTests
{
    [Theory]
    [InlineData("SET SESSION TRANSACTION READ WRITE")]
    [InlineData("set  session\ttransaction\nread /* x */ write")]
    [InlineData("SET TRANSACTION ISOLATION LEVEL READ COMMITTED, READ WRITE")]
    [InlineData("START TRANSACTION WITH CONSISTENT SNAPSHOT, READ WRITE")]
    [InlineData("START TRANSACTION READ -- comment\nWRITE")]
    [InlineData("START TRANSACTION READ # comment\nWRITE")]
    [InlineData("/*!50000 START TRANSACTION READ*/ /*M!100100 WRITE*/")]
    [InlineData("/*!50000START*//*!50000TRANSACTION*//*!50000READ*//*!50000WRITE*/")]
    [InlineData("START TRANSACTION READ/*!99999 not for you */WRITE")]
    [InlineData("SELECT 1; SET tx_read_only=0")]
    [InlineData("SET @@tx_read_only=0")]
    [InlineData("SET @@`tx_read_only`=0")]
    [InlineData("SET @@session.\"tx_read_only\"=0")]
    [InlineData("SET @@local . TX_Read_Only := OFF")]
    [InlineData("SET GLOBAL transaction_read_only = 0")]
    [InlineData("SET PERSIST transaction_read_only = DEFAULT")]
    [InlineData("/*!50000SET*/ /*!50000transaction_read_only*/=0")]
    [InlineData("SET STATEMENT tx_read_only=0 FOR INSERT INTO t VALUES (1)")]
    [InlineData("SET @x='\\', tx_read_only=0, @y='")]
    [InlineData("SELECT 'a\\'; SET SESSION TRANSACTION READ WRITE; -- '")]
    [InlineData("SELECT 'a\\'' ; SET SESSION TRANSACTION READ WRITE; -- '")]
    [InlineData("SELECT /*+ SET_VAR(transaction_read_only=0) */ 1")]
    [InlineData("SET\u00a0tx_read_only=0")]
    [InlineData("SET\u00a0TRANSACTION\u00a0READ\u00a0WRITE")]
    [InlineData("PREPARE s FROM 'SET tx_read_only=0'")]
    [InlineData("PREPARE`s`FROM @x")]
    [InlineData("/*'*/PREPARE s/*'*/ FROM @x")]
    [InlineData("BEGIN NOT ATOMIC PREPARE s FROM @x; EXECUTE s; END")]
    [InlineData("EXECUTE IMMEDIATE @x")]
    [InlineData("execute/**/immediate concat('a', 'b')")]
    public void What_could_end_reading_only_is_refused_in_any_dress(string sql)
    {
        Assert.NotNull(ReadOnlyRules.WhyRefused(Encoding.Latin1.GetBytes(sql)));
        Assert.NotNull(ReadOnlyRules.WhyRefused(Encoding.UTF8.GetBytes(sql)));
    }

    [Theory]
    [InlineData("")]
    [InlineData("SELECT * FROM t WHERE state = 'prepare' AND note = \"prepare\"")]
    [InlineData("SELECT @@tx_read_only, @@session.transaction_read_only")]
    [InlineData("SHOW VARIABLES LIKE 'tx_read_only'")]
    [InlineData("SET SESSION TRANSACTION ISOLATION LEVEL READ COMMITTED")]
    [InlineData("SET NAMES utf8mb4; SET autocommit=0; SET @a = 1")]
    [InlineData("START TRANSACTION READ ONLY")]
    [InlineData("START TRANSACTION; SELECT read_at, written FROM transactions; COMMIT")]
    [InlineData("SHOW CHARACTER SET; SHOW PROCEDURE STATUS")]
    [InlineData("INSERT INTO t SET a = 1")]
    [InlineData("EXECUTE s")]
    public void What_only_reads_or_what_the_server_itself_refuses_passes(string sql) => Assert.Null(ReadOnlyRules.WhyRefused(Encoding.UTF8.GetBytes(sql)));
}
