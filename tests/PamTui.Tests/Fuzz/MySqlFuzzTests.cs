using System.Buffers;
using CsCheck;
using PamTui.Core.Statements;
using PamTui.Gateway.Databases;
using PamTui.Gateway.Databases.MySql;
using PamTui.Ssh.Tests.Fuzz;
using PamTui.Tests.GatewayTests.MySql;

namespace PamTui.Tests.Fuzz;

/// <summary>What clients and servers of MySQL send: it is understood, or it breaks the protocol, and pieces make no difference.</summary>
public sealed class MySqlFuzzTests
{
    private static readonly byte[] s_column = [.. "\u0003def"u8, 0, 0, 0, 1, (byte)'a', 0, 12, 33, 0, 10, 0, 0, 0, 253, 0, 0, 0, 0, 0];

    private static readonly byte[][] s_replies =
    [
        PacketStream.Frame([0, 1, 0, 2, 0, 0, 0], 1),
        PacketStream.Frame(ErrPacket.Write(1064, "no").Span, 1),
        [.. PacketStream.Frame([1], 1), .. PacketStream.Frame(s_column, 2), .. PacketStream.Frame([0xFE, 0, 0, 2, 0], 3), .. PacketStream.Frame([1, (byte)'x'], 4), .. PacketStream.Frame([0xFE, 0, 0, 10, 0], 5), .. PacketStream.Frame([0, 0, 0, 2, 0, 0, 0], 6)],
        [.. PacketStream.Frame([0, 7, 0, 0, 0, 1, 0, 1, 0, 0, 0, 0], 1), .. PacketStream.Frame(s_column, 2), .. PacketStream.Frame([0xFE, 0, 0, 2, 0], 3), .. PacketStream.Frame(s_column, 4), .. PacketStream.Frame([0xFE, 0, 0, 2, 0], 5)],
        PacketStream.Frame([0xFB, (byte)'/', (byte)'x'], 1),
    ];

    [Fact]
    public void Altered_greetings_and_responses_are_read_or_refused()
    {
        FuzzRun.Holds([FakeMySql.Greeting(PluginName.Native).Write().ToArray(), FakeMySql.Greeting("x", Capabilities.OfSignIn | Capabilities.Progress).Write().ToArray()], Refusing(bytes => ServerGreeting.Read(bytes)));
        FuzzRun.Holds(
            [RawMySqlClient.Response(database: "shop"), RawMySqlClient.Response(Capabilities.Protocol41), RawMySqlClient.Response(RawMySqlClient.Usual | Capabilities.ConnectAttributes)],
            Refusing(bytes => HandshakeResponse.Read(bytes, Capabilities.Offered)));
    }

    [Fact]
    public void Altered_replies_are_followed_or_break_the_protocol_and_in_pieces_the_same() => Gen.Select(Mutations.Of(s_replies), Gen.Int[1, 9], Gen.Bool).Sample(
        (bytes, piece, deprecatesEof) =>
        {
            Capabilities can = deprecatesEof ? Capabilities.DeprecateEof : 0;
            foreach ((Command command, ReplyKind kind) in ((Command, ReplyKind)[])[(Command.Query, ReplyKind.Results), (Command.StmtPrepare, ReplyKind.Prepared), (Command.StmtFetch, ReplyKind.Rows), (Command.FieldList, ReplyKind.Fields), (Command.Ping, ReplyKind.Single)])
            {
                Assert.Equal(Follow(bytes, bytes.Length, command, kind, can), Follow(bytes, piece, command, kind, can));
            }
        },
        iter: FuzzRun.Seconds > 0 ? -1 : 3000,
        time: FuzzRun.Seconds > 0 ? FuzzRun.Seconds : -1,
        threads: 1);

    [Fact]
    public void Altered_executions_are_read_without_a_fault_and_in_pieces_the_same()
    {
        byte[][] seeds =
        [
            [23, 1, 0, 0, 0, 0, 1, 0, 0, 0, 0b100, 1, 3, 0, 253, 0, 6, 0, 12, 0, 5, 0, 0, 0, 2, (byte)'h', (byte)'i', 7, 234, 7, 2, 3, 4, 5, 6],
            [23, 1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 252, 0, 8, 128, 11, 0, 5, 0, 0xFC, 3, 0, 1, 2, 3, 1, 2, 3, 4, 5, 6, 7, 8, 0, 0, 0, 0, 0, 0, 0, 224, 63],
            [23, 1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0],
        ];
        Gen.Select(Mutations.Of(seeds), Gen.Int[1, 9]).Sample(
            (bytes, piece) => Assert.Equal(Values(bytes, Math.Max(1, bytes.Length)), Values(bytes, piece)),
            iter: FuzzRun.Seconds > 0 ? -1 : 5000,
            time: FuzzRun.Seconds > 0 ? FuzzRun.Seconds : -1,
            threads: 1);
    }

    private static Action<byte[]> Refusing(Action<byte[]> read) => bytes =>
    {
        try
        {
            read(bytes);
        }
        catch (BrokenProtocolException)
        {
            // Its own refusal.
        }
    };

    private static string Values(byte[] bytes, int piece)
    {
        OpenCommand command = new(Command.StmtExecute, new ArrayBufferWriter<byte>(), new PreparedStatement("INSERT", truncated: false, 4));
        foreach (byte[] part in bytes.Chunk(piece))
        {
            command.Feed(part);
        }

        return string.Join(", ", command.End(ReplyKind.Results, TimeProvider.System).Values);
    }

    /// <summary>What passes, and how it ends.</summary>
    private static string Follow(byte[] bytes, int piece, Command command, ReplyKind kind, Capabilities can)
    {
        Conversation talk = new();
        talk.Ask(new PendingReply(command, kind, isHidden: false) { Text = "?" });
        ReplyFollower follower = new(talk, new PreparedStatements(), can, TimeProvider.System);
        List<Statement> done = [];
        List<byte> waiting = [];
        int passed = 0;
        int replies = 0;
        try
        {
            foreach (byte[] part in bytes.Chunk(Math.Max(1, piece)))
            {
                waiting.AddRange(part);
                while (follower.Walk(waiting.ToArray(), done, out bool isHidden) is > 0 and int walked)
                {
                    Assert.False(isHidden);
                    waiting.RemoveRange(0, walked);
                    passed += walked;
                    replies += follower.TakeReplies();
                }

                // Only the head of a packet and what is looked at of it may wait.
                Assert.True(waiting.Count <= 36);
            }
        }
        catch (BrokenProtocolException broken)
        {
            // How much had passed of what came in the same piece differs, and is not seen by the client.
            return broken.Message;
        }

        return $"{passed} {replies} {string.Join(',', done.Select(one => $"{one.Rows} {one.ErrorCode}"))}";
    }
}
