using System.Globalization;
using System.Text;
using PamTui.Core.Model;
using PamTui.Core.Statements;
using PamTui.Core.Users;
using PamTui.Gateway.Databases.MySql;
using PamTui.Servers;

namespace PamTui.Tests.GatewayTests.MySql;

/// <summary>Commands one by one, and peers that do not keep to the protocol.</summary>
[Collection(nameof(MySqlGateway))]
public sealed class MySqlCommandsTests(MySqlGateway fixture)
{
    private static int s_names;

    [Theory]
    [InlineData(Command.ChangeUser, "changes the user of a brokered session")]
    [InlineData(Command.BinlogDump, "no replication")]
    [InlineData(Command.BinlogDumpGtid, "no replication")]
    [InlineData(Command.RegisterReplica, "no replication")]
    [InlineData(Command.TableDump, "no replication")]
    [InlineData(Command.StmtBulkExecute, "does not know this command")]
    [InlineData((Command)0, "does not know this command")]
    [InlineData((Command)5, "does not know this command")]
    [InlineData((Command)32, "does not know this command")]
    [InlineData((Command)254, "does not know this command")]
    public async Task G6_Command_that_does_not_pass_is_answered_and_the_connection_stays(object command, string told)
    {
        await using MySqlGateway.Tunnel tunnel = await fixture.TunnelAsync("shop");
        await using RawMySqlClient client = await RawMySqlClient.SignedInAsync(tunnel);
        string before = await fixture.Server.SqlAsync("SHOW GLOBAL STATUS LIKE 'Com_change_db'");

        byte[] answer = await client.AskAsync([(byte)(Command)command, .. "root\0\u0014and much more"u8]);

        Assert.Contains(told, ErrPacket.WordsOf(answer), StringComparison.Ordinal);
        Assert.Equal(ErrPacket.UnknownCommand, ErrPacket.CodeOf(answer));
        Assert.Equal(1, (await client.AskAsync("SELECT 1"))[0]);
        Assert.Equal(before, await fixture.Server.SqlAsync("SHOW GLOBAL STATUS LIKE 'Com_change_db'"));
    }

    [Fact]
    public async Task Refused_command_among_many_that_were_sent_ahead_is_answered_in_its_turn()
    {
        await using MySqlGateway.Tunnel tunnel = await fixture.TunnelAsync("shop");
        await using RawMySqlClient client = await RawMySqlClient.SignedInAsync(tunnel, RawMySqlClient.Usual | Capabilities.DeprecateEof);
        byte[] ping = PacketStream.Frame([(byte)Command.Ping], 0);
        byte[] query = PacketStream.Frame([(byte)Command.Query, .. "DO SLEEP(0.1)"u8], 0);
        byte[] change = PacketStream.Frame([(byte)Command.ChangeUser, 0], 0);
        byte[] ahead = [.. Enumerable.Repeat(ping, 200).SelectMany(one => one), .. query, .. change, .. query, .. ping];

        await client.Stream.WriteAsync(ahead);

        List<byte> firsts = [];
        for (int reply = 0; reply < 204; reply++)
        {
            byte[] head = new byte[PacketStream.HeadLength];
            await client.Stream.ReadExactlyAsync(head);
            Assert.Equal(1, head[3]);
            byte[] payload = new byte[PacketStream.LengthOf(head)];
            await client.Stream.ReadExactlyAsync(payload);
            firsts.Add(payload[0]);
        }

        Assert.Equal([.. Enumerable.Repeat((byte)0, 201), (byte)0xFF, 0, 0], firsts);
    }

    [Theory]
    [InlineData("0000000003")]
    [InlineData("0100000103")]
    [InlineData("010000ff0e")]
    public async Task Command_that_begins_where_none_can_ends_the_session_and_no_other(string bytes)
    {
        await using MySqlGateway.Tunnel tunnel = await fixture.TunnelAsync("shop");
        await using RawMySqlClient stays = await RawMySqlClient.SignedInAsync(tunnel);
        await using RawMySqlClient client = await RawMySqlClient.SignedInAsync(tunnel);

        await client.Stream.WriteAsync(Convert.FromHexString(bytes));

        Assert.Contains("session ended: the user broke the protocol", await client.RestAsync(), StringComparison.Ordinal);
        Assert.Equal(1, (await stays.AskAsync("SELECT 1"))[0]);
    }

    [Fact]
    public async Task Long_data_and_cursors_are_followed_with_and_without_eof_packets()
    {
        foreach (Capabilities eof in (Capabilities[])[0, Capabilities.DeprecateEof])
        {
            await using MySqlGateway.Tunnel tunnel = await fixture.TunnelAsync("shop");
            await using (RawMySqlClient client = await RawMySqlClient.SignedInAsync(tunnel, RawMySqlClient.Usual | eof))
            {
                byte[] prepared = await client.AskAsync([(byte)Command.StmtPrepare, .. "SELECT seq, ? FROM mysql.seq_1_to_5 WHERE seq < ?"u8]);
                Assert.Equal(0, prepared[0]);
                byte[] id = prepared[1..5];
                await client.DrainAsync((eof == 0 ? 2 : 0) + 4);
                for (int piece = 0; piece < 3; piece++)
                {
                    client.Packets.Restart();
                    await client.Packets.WriteAsync((byte[])[(byte)Command.StmtSendLongData, .. id, 0, 0, .. Encoding.ASCII.GetBytes(new string((char)('a' + piece), 3000))], CancellationToken.None);
                }

                // A cursor that only reads; no NULLs, types: a blob, a long.
                Assert.Equal(2, (await client.AskAsync([(byte)Command.StmtExecute, .. id, 1, 1, 0, 0, 0, 0, 1, 252, 0, 3, 0, 4, 0, 0, 0]))[0]);
                await client.DrainAsync(3);
                byte[] row = await client.AskAsync([(byte)Command.StmtFetch, .. id, 2, 0, 0, 0]);
                Assert.Equal(0, row[0]);
                await client.DrainAsync(2);
                client.Packets.Restart();
                await client.Packets.WriteAsync((byte[])[(byte)Command.StmtClose, .. id], CancellationToken.None);
                Assert.Equal(1, (await client.AskAsync("SELECT 'after'"))[0]);
            }

            Statement ran = Assert.Single(await fixture.LoggedAsync(), one => one.Values.Count > 0);
            Assert.Equal("SELECT seq, ? FROM mysql.seq_1_to_5 WHERE seq < ?", ran.Text);
            Assert.Null(ran.Rows);
            Assert.Equal((9000L, StatementValue.MaxBytes), (ran.Values[0].Length, ran.Values[0].Kept));
            Assert.Equal("4", ran.Values[1].Text);
        }
    }

    [Theory]
    [InlineData("fb2f6574632f706173737764", "LOCAL INFILE")]
    [InlineData("00", "broke the protocol")]
    [InlineData("00fc", "broke the protocol")]
    [InlineData("0000ff000000", "broke the protocol")]
    [InlineData("", "broke the protocol")]
    [InlineData("fdffff7f", "broke the protocol")]
    [InlineData("feffffffffffffffff", "broke the protocol")]
    public async Task G5_Server_that_answers_a_query_with_what_it_must_not_ends_the_session_and_the_client_sees_none_of_it(string answer, string told)
    {
        List<byte[]> asked = [];
        await using FakeMySql server = FakeMySql.Answering(async (peer, command, ct) =>
        {
            asked.Add(command);
            await peer.Packets.WriteAsync(asked.Count == 1 ? FakeMySql.OkPacket() : Convert.FromHexString(answer), ct);
        });
        await using MySqlGateway.Tunnel tunnel = await OpenAsync(server);
        await using RawMySqlClient client = await RawMySqlClient.SignedInAsync(tunnel, RawMySqlClient.Usual | Capabilities.LocalFiles);
        Assert.Equal(0, (await client.AskAsync("DO 1"))[0]);

        byte[] seen = await client.AskAsync("LOAD DATA LOCAL INFILE 'x' INTO TABLE t");

        Assert.Equal(ErrPacket.Header, seen[0]);
        Assert.Contains(told, ErrPacket.WordsOf(seen), StringComparison.Ordinal);
        Assert.Equal("", await client.RestAsync());
        Assert.Equal(2, asked.Count);
        await Poll.UntilAsync("the end in the row", async () => (await fixture.LastSessionAsync()).EndReason is { } reason && reason.Contains(told, StringComparison.Ordinal));
        Assert.Equal("unanswered", (await fixture.LoggedAsync())[^1].ErrorCode);
    }

    [Fact]
    public async Task Server_that_speaks_unasked_ends_the_session_unless_it_takes_its_leave()
    {
        bool isLeave = false;
        await using FakeMySql server = FakeMySql.Answering(async (peer, _, ct) =>
        {
            await peer.Packets.WriteAsync(FakeMySql.OkPacket(), ct);
            peer.Packets.Restart();
            await peer.Packets.WriteAsync(isLeave ? ErrPacket.Write(4031, "The client was disconnected by the server because of inactivity.") : FakeMySql.OkPacket(), ct);
            peer.Stream.Socket.Shutdown(System.Net.Sockets.SocketShutdown.Send);
        });
        await using MySqlGateway.Tunnel tunnel = await OpenAsync(server);
        foreach ((bool leave, string told) in ((bool, string)[])[(false, "sends what nobody asked for"), (true, "because of inactivity")])
        {
            isLeave = leave;
            await using RawMySqlClient client = await RawMySqlClient.SignedInAsync(tunnel);
            Assert.Equal(0, (await client.AskAsync([(byte)Command.Ping]))[0]);
            Assert.Contains(told, await client.RestAsync(), StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Replies_in_pieces_of_one_byte_arrive_whole()
    {
        byte[] columns = [.. "\u0003def"u8, 0, 0, 0, 1, (byte)'a', 0, 12, 33, 0, 10, 0, 0, 0, 253, 0, 0, 0, 0, 0];
        await using FakeMySql server = FakeMySql.Answering(async (peer, _, ct) =>
        {
            byte[] reply =
            [
                .. PacketStream.Frame([1], 1), .. PacketStream.Frame(columns, 2), .. PacketStream.Frame([0xFE, 0, 0, 2, 0], 3),
                .. PacketStream.Frame([3, (byte)'r', (byte)'o', (byte)'w'], 4), .. PacketStream.Frame([0xFB], 5), .. PacketStream.Frame([0xFE, 0, 0, 2, 0], 6),
            ];
            foreach (byte one in reply)
            {
                await peer.Stream.WriteAsync(new[] { one }, ct);
            }
        });
        await using MySqlGateway.Tunnel tunnel = await OpenAsync(server);
        await using (RawMySqlClient client = await RawMySqlClient.SignedInAsync(tunnel))
        {
            for (int time = 0; time < 2; time++)
            {
                Assert.Equal([1], await client.AskAsync("SELECT a FROM t"));
                Assert.Equal(columns, (await client.DrainAsync(5))[0]);
            }
        }

        Assert.Equal([2L, 2], (await fixture.LoggedAsync()).Select(one => one.Rows));
    }

    [Fact]
    public async Task C13_Revoked_grant_ends_a_session_of_a_database_within_seconds()
    {
        Grant grant = TestGateway.Ok(await fixture.Gateway.Product.Grants.AddAsync(TestGateway.Local, new GrantDraft("bob", "shop-db/writer", Capability.Connect), CancellationToken.None));
        await using MySqlGateway.Tunnel tunnel = await fixture.TunnelAsync("shop", fixture.Gateway.BobKey, "bob");
        await using RawMySqlClient client = await RawMySqlClient.SignedInAsync(tunnel);

        TestGateway.Ok(await fixture.Gateway.Product.Grants.RemoveAsync(TestGateway.Local, grant.Id, CancellationToken.None));

        Assert.Contains("session ended: ", await client.RestAsync().WaitAsync(TimeSpan.FromSeconds(5)), StringComparison.Ordinal);
        string threads = await fixture.Server.SqlAsync(string.Create(CultureInfo.InvariantCulture, $"SELECT COUNT(*) FROM information_schema.processlist WHERE id = {client.Greeting.ConnectionId}"));
        Assert.Equal("0", threads);
    }

    private async Task<MySqlGateway.Tunnel> OpenAsync(FakeMySql server)
    {
        string name = $"odd-{Interlocked.Increment(ref s_names)}";
        await fixture.AddResourceAsync(name, server.Port, TlsMode.Off, null);
        await fixture.AddAccountAsync(name + "/app", "app", MySqlGateway.Password, null);
        return await fixture.TunnelAsync("app+" + name);
    }
}
