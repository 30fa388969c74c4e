using System.Globalization;
using System.Text;
using MySqlConnector;
using PamTui.Core.Model;
using PamTui.Core.Statements;
using PamTui.Core.Users;
using PamTui.Gateway.Databases.MySql;

namespace PamTui.Tests.GatewayTests.MySql;

/// <summary>`grant add bob shop-db/writer --can connect --read-only`: an account that may do everything, for somebody who may only read.</summary>
[Collection(nameof(MySqlGateway))]
public sealed class MySqlReadOnlyTests(MySqlGateway fixture) : IAsyncLifetime
{
    private Grant _grant = null!;

    public async ValueTask InitializeAsync()
    {
        await fixture.Server.SqlAsync("CREATE OR REPLACE TABLE shop.stock (a INT) ENGINE=InnoDB; CREATE OR REPLACE TABLE shop.old (a INT) ENGINE=MyISAM; INSERT INTO shop.stock VALUES (1);");
        _grant = TestGateway.Ok(await fixture.Gateway.Product.Grants.AddAsync(
            TestGateway.Local, new GrantDraft("bob", "shop-db/writer", Capability.Connect) { ReadOnly = true }, CancellationToken.None));
    }

    public async ValueTask DisposeAsync() => TestGateway.Ok(await fixture.Gateway.Product.Grants.RemoveAsync(TestGateway.Local, _grant.Id, CancellationToken.None));

    [Theory]
    [InlineData("INSERT INTO shop.stock VALUES (2)")]
    [InlineData("INSERT INTO shop.old VALUES (2)")]
    [InlineData("CREATE TABLE shop.more (a INT)")]
    [InlineData("DROP TABLE shop.stock")]
    [InlineData("TRUNCATE shop.old")]
    [InlineData("CREATE USER somebody")]
    [InlineData("GRANT ALL ON *.* TO writer@'%' WITH GRANT OPTION")]
    [InlineData("CREATE FUNCTION shop.f() RETURNS INT RETURN 1")]
    [InlineData("BEGIN; INSERT INTO shop.stock VALUES (2); COMMIT")]
    [InlineData("SET TRANSACTION ISOLATION LEVEL READ COMMITTED; INSERT INTO shop.stock VALUES (2)")]
    [InlineData("LOCK TABLES shop.stock WRITE")]
    public async Task Server_refuses_what_would_change_anything(string sql)
    {
        await using MySqlGateway.Tunnel tunnel = await BobAsync();
        await using RawMySqlClient client = await RawMySqlClient.SignedInAsync(tunnel, RawMySqlClient.Usual | Capabilities.DeprecateEof);

        byte[] answer = await client.AskAsync(sql);
        for (int more = 0; more < sql.Split(';').Length - 1 && answer[0] == 0; more++)
        {
            answer = await client.Packets.ReadAsync(CancellationToken.None);
        }

        Assert.Equal(ErrPacket.ReadOnly, ErrPacket.CodeOf(answer));
        await NothingChangedAsync(client);
    }

    [Theory]
    [InlineData("SET SESSION TRANSACTION READ WRITE", "latin1")]
    [InlineData("SET\u00a0SESSION\u00a0TRANSACTION\u00a0READ\u00a0WRITE", "latin1")]
    [InlineData("SET\u00a0tx_read_only=0", "latin1")]
    [InlineData("SET @@`tx_read_only`=0", "utf8mb4")]
    [InlineData("START TRANSACTION READ WRITE; INSERT INTO shop.stock VALUES (2); COMMIT", "utf8mb4")]
    [InlineData("SET STATEMENT tx_read_only=0 FOR INSERT INTO shop.stock VALUES (2)", "utf8mb4")]
    [InlineData("/*!50000SET*//*M!100100tx_read_only*/=0", "utf8mb4")]
    [InlineData("EXECUTE IMMEDIATE CONCAT('SET tx_read', '_only=0')", "utf8mb4")]
    [InlineData("SET @x = CONCAT('SET tx_read', '_only=0'); PREPARE s FROM @x; EXECUTE s", "utf8mb4")]
    [InlineData("BEGIN NOT ATOMIC SET tx_read_only=0; INSERT INTO shop.stock VALUES (2); END", "utf8mb4")]
    public async Task Gateway_refuses_what_would_end_it_and_the_connection_stays(string sql, string charset)
    {
        await using MySqlGateway.Tunnel tunnel = await BobAsync();
        await using (RawMySqlClient client = await RawMySqlClient.SignedInAsync(tunnel))
        {
            Assert.Equal(0, (await client.AskAsync("SET NAMES " + charset))[0]);
            byte[] text = (charset == "latin1" ? Encoding.Latin1 : Encoding.UTF8).GetBytes(sql);
            foreach (Command command in (Command[])[Command.Query, Command.StmtPrepare])
            {
                byte[] answer = await client.AskAsync([(byte)command, .. text]);
                Assert.Equal(ErrPacket.ReadOnly, ErrPacket.CodeOf(answer));
                Assert.StartsWith("Your grant for this account is to read only", ErrPacket.WordsOf(answer), StringComparison.Ordinal);
            }

            await NothingChangedAsync(client);
        }

        Assert.Equal("1792", (await fixture.LoggedAsync()).First(one => one.Text.Contains("READ", StringComparison.OrdinalIgnoreCase) || one.Text.Contains("EXECUTE", StringComparison.Ordinal)).ErrorCode);
    }

    [Fact]
    public async Task Reset_of_the_connection_does_not_end_it_nor_does_a_statement_that_nobody_has_seen()
    {
        await using MySqlGateway.Tunnel tunnel = await BobAsync();
        await using RawMySqlClient client = await RawMySqlClient.SignedInAsync(tunnel);

        for (int time = 0; time < 3; time++)
        {
            Assert.Equal(0, (await client.AskAsync([(byte)Command.ResetConnection]))[0]);
            await NothingChangedAsync(client);
        }

        Assert.Contains("not prepared in a way that the gateway sees", ErrPacket.WordsOf(await client.AskAsync([(byte)Command.StmtExecute, 1, 0, 0, 0, 0, 1, 0, 0, 0])), StringComparison.Ordinal);
        Assert.Contains("read only", ErrPacket.WordsOf(await client.AskAsync([(byte)Command.Shutdown, 0])), StringComparison.Ordinal);
        await NothingChangedAsync(client);
    }

    [Fact]
    public async Task Reading_of_every_kind_goes_on_as_ever()
    {
        await using MySqlGateway.Tunnel tunnel = await BobAsync();
        await using MySqlConnection connection = new(tunnel.ConnectionString + "IgnorePrepare=false");
        await connection.OpenAsync();
        await using MySqlCommand prepared = new("SELECT ? + 1, @@tx_read_only", connection);
        prepared.Parameters.Add(new MySqlParameter { Value = 41 });
        await prepared.PrepareAsync();
        Assert.Equal(42, Convert.ToInt32(await prepared.ExecuteScalarAsync(), CultureInfo.InvariantCulture));
        await using MySqlCommand wide = new("SELECT LENGTH('" + new string('x', 700_000) + "')", connection);
        Assert.Equal(700_000, Convert.ToInt32(await wide.ExecuteScalarAsync(), CultureInfo.InvariantCulture));
        await using MySqlCommand tooWide = new("SELECT LENGTH('" + new string('x', 3_000_000) + "')", connection);
        Assert.Contains("1 MiB at most", (await Assert.ThrowsAsync<MySqlException>(() => tooWide.ExecuteScalarAsync())).Message, StringComparison.Ordinal);
        await using MySqlTransaction transaction = await connection.BeginTransactionAsync();
        await using MySqlCommand count = new("SELECT COUNT(*) FROM shop.stock", connection, transaction);
        Assert.Equal(1, Convert.ToInt32(await count.ExecuteScalarAsync(), CultureInfo.InvariantCulture));
    }

    private Task<MySqlGateway.Tunnel> BobAsync() => fixture.TunnelAsync("shop", fixture.Gateway.BobKey, "bob");

    private async Task NothingChangedAsync(RawMySqlClient client)
    {
        Assert.Equal(ErrPacket.ReadOnly, ErrPacket.CodeOf(await client.AskAsync("INSERT INTO shop.stock VALUES (3)")));
        Assert.Equal("1", await fixture.Server.SqlAsync("SELECT GROUP_CONCAT(a) FROM shop.stock"));
    }
}
