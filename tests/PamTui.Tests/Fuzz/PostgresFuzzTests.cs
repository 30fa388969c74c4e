using System.Text;
using CsCheck;
using PamTui.Core.Statements;
using PamTui.Gateway.Databases;
using PamTui.Gateway.Databases.PostgreSql;
using PamTui.Ssh.Tests.Fuzz;
using PamTui.Tests.GatewayTests.Databases;

namespace PamTui.Tests.Fuzz;

/// <summary>What clients and servers of PostgreSQL send: it is understood, or it breaks the protocol.</summary>
public sealed class PostgresFuzzTests
{
    private static readonly byte[][] s_asked =
    [
        RawPostgresClient.Query("select 1; set transaction read write"),
        RawPostgresClient.Message('P', [.. "s\0select $1\0"u8, 0, 1, 0, 0, 0, 23]),
        RawPostgresClient.Message('B', [.. "p\0s\0"u8, 0, 1, 0, 1, 0, 2, 0, 0, 0, 4, 0, 0, 0, 9, 255, 255, 255, 255, 0, 0]),
        RawPostgresClient.Message('D', [.. "Ss\0"u8]),
        RawPostgresClient.Message('E', [.. "p\0"u8, 0, 0, 0, 0]),
        RawPostgresClient.Message('C', [.. "Pp\0"u8]),
        RawPostgresClient.Message('F', 0, 0, 3, 189, 0, 0, 0, 1, 0, 0, 0, 1, 65, 0, 0),
        RawPostgresClient.Message('S'),
        RawPostgresClient.Message('H'),
        RawPostgresClient.Message('d', 1, 2, 3),
        RawPostgresClient.Message('c'),
        RawPostgresClient.Message('f', 0),
        RawPostgresClient.Message('X'),
    ];

    private static readonly byte[][] s_answered =
    [
        RawPostgresClient.Message('1'),
        RawPostgresClient.Message('2'),
        RawPostgresClient.Message('3'),
        RawPostgresClient.Message('t', 0, 1, 0, 0, 0, 23),
        RawPostgresClient.Message('T', 0, 0),
        RawPostgresClient.Message('D', 0, 1, 0, 0, 0, 1, 65),
        RawPostgresClient.Message('C', [.. "SELECT 1\0"u8]),
        RawPostgresClient.Message('I'),
        RawPostgresClient.Message('s'),
        RawPostgresClient.Message('G', 0, 0, 0),
        RawPostgresClient.Message('V', 255, 255, 255, 255),
        RawPostgresClient.Message('S', [.. "client_encoding\0LATIN1\0"u8]),
        FakePostgres.Error("ERROR", "42601", "no"),
        RawPostgresClient.Message('Z', (byte)'I'),
    ];

    [Fact]
    public void Altered_starts_are_a_start_or_refused() => FuzzRun.Holds(
        [RawPostgresClient.Startup(RawPostgresClient.Version30, "user", "x", "options", "-c a=b --c-d=\\ e")[8..], RawPostgresClient.Startup(RawPostgresClient.Version32, "_pq_.x", "y", "database", "d")[8..]],
        bytes => Breaks(() =>
        {
            StartupPacket packet = StartupPacket.Read(RawPostgresClient.Version30, bytes);
            StartupOptions.Parse(string.Join(' ', packet.Parameters.Select(pair => pair.Value)), []);
            MessageWriter writer = new();
            packet.WriteNegotiation(writer);
        }));

    [Fact]
    public void Altered_errors_and_keys_are_read_or_refused() => FuzzRun.Holds(
        [FakePostgres.Error("FATAL", "28P01", "words")[5..], RawPostgresClient.Int32(7)],
        bytes => Breaks(() =>
        {
            Assert.Equal(5, ErrorMessage.Read(bytes).Code.PadRight(5).Length);
            CancelKey.Read(bytes);
        }));

    [Fact]
    public void Altered_statements_are_judged_without_a_fault() => FuzzRun.Holds(
        [.. ((string[])["select $a$ x $a$, E'\\'', U&\"a\", \"b\"\"c\" -- d", "/* /* */ */ set x = $1; begin read write"]).Select(Encoding.UTF8.GetBytes)],
        bytes => ReadOnlyRule.WhyRefused(Encoding.Latin1.GetString(bytes)));

    [Fact]
    public void Any_conversation_is_followed_or_breaks_the_protocol_and_passes_as_it_came() =>
        Gen.Select(Gen.Select(Gen.Bool, Mutations.Of(s_asked), Mutations.Of(s_answered)).Array[1, 40], Gen.Int[1, 9], Gen.Bool).Sample(
            (talk, piece, readOnly) =>
            {
                StatementTracker tracker = new(TimeProvider.System, new ClientEncoding());
                int logged = 0;
                using ClientFollower client = new(tracker, new ClientEncoding(), readOnly, TimeProvider.System);
                using TargetFollower server = new(tracker, new ClientEncoding(), readOnly, (_, _) =>
                {
                    logged++;
                    return ValueTask.CompletedTask;
                });
                Breaks(() =>
                {
                    foreach ((bool asks, byte[] question, byte[] answer) in talk)
                    {
                        foreach (byte[] part in (asks ? question : answer).Chunk(piece))
                        {
                            ValueTask<ReadOnlyMemory<byte>> following = asks ? client.FollowAsync(part, default) : server.FollowAsync(part, default);
                            Assert.True(following.IsCompleted);
                            ReadOnlyMemory<byte> passed = following.GetAwaiter().GetResult();
                            Assert.True(readOnly || passed.Span.SequenceEqual(part));
                        }
                    }
                });
                IReadOnlyList<Statement> left = tracker.Abandon();
                Assert.True(left.Count + logged <= talk.Length * 16);
            },
            iter: FuzzRun.Seconds > 0 ? -1 : 20_000,
            time: FuzzRun.Seconds > 0 ? FuzzRun.Seconds : -1,
            threads: 1);

    private static void Breaks(Action read)
    {
        try
        {
            read();
        }
        catch (BrokenProtocolException)
        {
            // Its peer's session ends.
        }
    }
}
