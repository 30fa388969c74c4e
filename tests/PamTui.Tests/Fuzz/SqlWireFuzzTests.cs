using System.Buffers.Binary;
using System.Text;
using PamTui.Core.Model;
using PamTui.Gateway.Databases.MySql;
using PamTui.Sql;
using PamTui.Ssh.Tests.Fuzz;
using PamTui.Tests.GatewayTests.Databases;
using PamTui.Tests.GatewayTests.MySql;

namespace PamTui.Tests.Fuzz;

/// <summary>What a server that is not one says to the prompt: a script of one statement ends with its status, whatever came, and in bounded memory.</summary>
public sealed class SqlWireFuzzTests
{
    private const int Lost = 2;

    private const long Allowance = 1024 * 1024;

    private static readonly byte[][] s_signedIn =
    [
        RawPostgresClient.Message('R', 0, 0, 0, 0),
        RawPostgresClient.Message('S', [.. "server_version\017.2 (Debian)\0"u8]),
        RawPostgresClient.Message('K', 0, 0, 0, 7, 1, 2, 3, 4),
        RawPostgresClient.Message('Z', (byte)'I'),
    ];

    private static readonly byte[][] s_rows =
    [
        .. s_signedIn,
        RawPostgresClient.Message('T', [0, 2, .. Field("a"), .. Field("b")]),
        RawPostgresClient.Message('N', [.. "SNOTICE\0Mhear\0\0"u8]),
        RawPostgresClient.Message('D', 0, 2, 0, 0, 0, 1, (byte)'1', 255, 255, 255, 255),
        RawPostgresClient.Message('A', [0, 0, 0, 9, .. "channel\0words\0"u8]),
        RawPostgresClient.Message('C', [.. "SELECT 1\0"u8]),
        RawPostgresClient.Message('Z', (byte)'T'),
    ];

    private static readonly byte[][] s_copied =
    [
        .. s_signedIn,
        RawPostgresClient.Message('G', 0, 0, 0),
        RawPostgresClient.Message('H', 0, 0, 0),
        RawPostgresClient.Message('d', 1, 2, 10),
        RawPostgresClient.Message('c'),
        RawPostgresClient.Message('C', [.. "COPY 1\0"u8]),
        RawPostgresClient.Message('Z', (byte)'I'),
    ];

    private static readonly byte[][] s_failed =
    [
        .. s_signedIn,
        RawPostgresClient.Message('E', [.. "SERROR\0VERROR\0C42703\0Mno\0Dd\0Hh\0P1\0Ww\0\0"u8]),
        RawPostgresClient.Message('Z', (byte)'E'),
    ];

    private static readonly byte[] s_column = [.. "\u0003def"u8, 0, 0, 0, 1, (byte)'a', 0, 12, 33, 0, 10, 0, 0, 0, 253, 0, 0, 0, 0, 0];

    private static readonly byte[][] s_welcomed =
    [
        PacketStream.Frame(FakeMySql.Greeting(PluginName.Native).Write().Span, 0),
        PacketStream.Frame([0, 0, 0, 2, 0, 0, 0], 2),
    ];

    private static readonly byte[][] s_results =
    [
        .. s_welcomed,
        PacketStream.Frame([1], 1),
        PacketStream.Frame(s_column, 2),
        PacketStream.Frame([0xFE, 0, 0, 2, 0], 3),
        PacketStream.Frame([1, (byte)'x'], 4),
        PacketStream.Frame([0xFB], 5),
        PacketStream.Frame([0xFE, 0, 0, 10, 0], 6),
        PacketStream.Frame([0, 1, 0, 2, 0, 0, 0], 7),
    ];

    private static readonly byte[][] s_error = [.. s_welcomed, PacketStream.Frame(ErrPacket.Write(1064, "no").Span, 1)];

    [Fact]
    public void Altered_conversations_of_PostgreSql_end_the_script_in_bounded_memory() => FuzzRun.Holds(
        [Whole(s_rows), Whole(s_copied), Whole(s_failed)], said => StatusOf(SqlKind.PostgreSql, said), inputs: 3000, Allowance);

    [Fact]
    public void Altered_conversations_of_MySql_end_the_script_in_bounded_memory() => FuzzRun.Holds(
        [Whole(s_results), Whole(s_error)], said => StatusOf(SqlKind.MySql, said), inputs: 3000, Allowance);

    [Fact]
    public void Conversation_that_breaks_off_anywhere_is_a_lost_connection()
    {
        Assert.Equal((0, 0, 1), (StatusOf(SqlKind.PostgreSql, Whole(s_rows)), StatusOf(SqlKind.PostgreSql, Whole(s_copied)), StatusOf(SqlKind.PostgreSql, Whole(s_failed))));
        Assert.Equal((0, 1), (StatusOf(SqlKind.MySql, Whole(s_results)), StatusOf(SqlKind.MySql, Whole(s_error))));
        foreach ((SqlKind kind, byte[][] talk) in Talks())
        {
            byte[] whole = Whole(talk);
            for (int length = 0; length < whole.Length; length++)
            {
                Assert.True(StatusOf(kind, whole[..length]) == Lost, $"{kind}, broken off behind {length} of {whole.Length} bytes");
            }
        }
    }

    [Fact]
    public void Message_that_says_it_is_longer_than_all_that_comes_is_waited_for_in_no_more_memory_than_came()
    {
        foreach ((SqlKind kind, byte[][] talk) in Talks())
        {
            for (int at = 0; at < talk.Length; at++)
            {
                byte[] longer = [.. talk[at]];
                if (kind == SqlKind.MySql)
                {
                    (longer[0], longer[1], longer[2]) = (0xFE, 0xFF, 0xFF);
                }
                else
                {
                    BinaryPrimitives.WriteInt32BigEndian(longer.AsSpan(1), 0x3FFFFFF);
                }

                byte[] said = Whole([.. talk[..at], longer, .. talk[(at + 1)..]]);
                long before = GC.GetAllocatedBytesForCurrentThread();
                Assert.Equal(Lost, StatusOf(kind, said));
                Assert.True(GC.GetAllocatedBytesForCurrentThread() - before < Allowance, $"{kind}, message {at}");
            }
        }
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(-1)]
    public void Row_with_other_values_than_its_heading_has_columns_is_no_row(short values)
    {
        byte[] row = [(byte)(values >> 8), (byte)values, .. Enumerable.Repeat(new byte[] { 255, 255, 255, 255 }, Math.Max((short)0, values)).SelectMany(one => one)];

        Assert.Equal(Lost, StatusOf(SqlKind.PostgreSql, Whole([.. s_rows[..6], RawPostgresClient.Message('D', row), .. s_rows[7..]])));
    }

    [Fact]
    public void What_comes_out_of_its_turn_ends_the_script()
    {
        byte[][] orders = [Whole([.. s_rows[..4], s_rows[6], .. s_rows[8..]]), Whole([.. s_rows[..5], .. s_rows[4..]]), Whole([.. s_rows[..4], s_rows[6], s_rows[4], .. s_rows[8..]])];

        Assert.All(orders, said => Assert.Equal(Lost, StatusOf(SqlKind.PostgreSql, said)));
        Assert.Equal(Lost, StatusOf(SqlKind.MySql, Whole([.. s_welcomed, s_results[2], s_results[4], s_results[5]])));
        Assert.Equal(Lost, StatusOf(SqlKind.MySql, Whole([.. s_welcomed, PacketStream.Frame([0xFB, (byte)'/'], 1)])));
        Assert.Equal(Lost, StatusOf(SqlKind.MySql, Whole([.. s_welcomed, PacketStream.Frame([], 1)])));
    }

    private static IEnumerable<(SqlKind Kind, byte[][] Talk)> Talks() =>
        [(SqlKind.PostgreSql, s_rows), (SqlKind.PostgreSql, s_copied), (SqlKind.PostgreSql, s_failed), (SqlKind.MySql, s_results), (SqlKind.MySql, s_error)];

    private static byte[] Whole(byte[][] messages) => [.. messages.SelectMany(message => message)];

    private static byte[] Field(string name) => [.. Encoding.ASCII.GetBytes(name), 0, .. new byte[6], 0, 0, 0, 23, .. new byte[8]];

    /// <summary>All in memory, so that it runs on this thread, whose allocations are counted.</summary>
    private static int StatusOf(SqlKind kind, byte[] said)
    {
        using HostileServer server = new(said);
        PromptRequest request = new(kind, new AccountRef("db", "app"), _ => Task.FromResult<Stream>(server), null, "select 1", Stream.Null, Stream.Null, Stream.Null, TimeProvider.System);
        Task<int> running = SqlPrompt.RunAsync(request, CancellationToken.None);
        Assert.True(running.IsCompleted);
        int status = running.GetAwaiter().GetResult();
        Assert.InRange(status, 0, Lost);
        return status;
    }

    /// <summary>Says what it was told to, whatever it hears.</summary>
    private sealed class HostileServer(byte[] said) : MemoryStream(said, writable: false)
    {
        public override bool CanWrite => true;

        public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default) => ValueTask.CompletedTask;
    }
}
