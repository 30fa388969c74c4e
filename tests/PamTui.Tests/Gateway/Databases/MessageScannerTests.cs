using System.Buffers.Binary;
using System.Text;
using CsCheck;
using PamTui.Gateway.Databases;
using PamTui.Gateway.Databases.PostgreSql;

namespace PamTui.Tests.GatewayTests.Databases;

public sealed class MessageScannerTests
{
    [Fact]
    public void Messages_are_found_however_the_stream_is_cut() =>
        Gen.Select(Gen.Select(Gen.Byte[(byte)'A', (byte)'z'], Gen.Byte.Array[0, 60]).List[1, 12], Gen.Int[1, 40].List[1, 60]).Sample((messages, cuts) =>
        {
            byte[] stream = [.. messages.SelectMany(message => RawPostgresClient.Message((char)message.Item1, message.Item2))];
            using MessageScanner scanner = new((_, _) => 20);
            List<(byte Type, int Length, string Body)> found = [];
            List<byte> raws = [];
            ReadOnlySpan<byte> rest = stream;
            for (int i = 0; !rest.IsEmpty; i++)
            {
                ReadOnlySpan<byte> piece = rest[..Math.Min(cuts[i % cuts.Count], rest.Length)];
                rest = rest[piece.Length..];
                while (!piece.IsEmpty)
                {
                    bool complete = scanner.Next(ref piece, out ReadOnlySpan<byte> raw, out ReadOnlySpan<byte> body);
                    raws.AddRange(raw);
                    if (complete)
                    {
                        found.Add((scanner.Type, scanner.BodyLength, Convert.ToHexString(body)));
                    }
                }
            }

            Assert.True(scanner.AtBoundary);
            Assert.Equal(stream, raws);
            Assert.Equal(messages.Select(message => (message.Item1, message.Item2.Length, Convert.ToHexString(message.Item2.AsSpan(0, Math.Min(20, message.Item2.Length))))), found);
        });

    [Theory]
    [InlineData(3)]
    [InlineData(0)]
    [InlineData(-1)]
    [InlineData(int.MinValue)]
    public void Length_that_does_not_count_itself_breaks_the_protocol(int length)
    {
        byte[] head = new byte[5];
        BinaryPrimitives.WriteInt32BigEndian(head.AsSpan(1), length);
        using MessageScanner scanner = new((_, _) => 0);

        Assert.Throws<BrokenProtocolException>(() =>
        {
            ReadOnlySpan<byte> rest = head;
            scanner.Next(ref rest, out _, out _);
        });
    }

    [Fact]
    public void Nothing_is_kept_before_it_came()
    {
        using MessageScanner scanner = new((_, _) => 16);
        byte[] head = [(byte)'d', .. RawPostgresClient.Int32(int.MaxValue), .. Encoding.ASCII.GetBytes("only this came")];
        long before = GC.GetAllocatedBytesForCurrentThread();

        ReadOnlySpan<byte> rest = head;
        Assert.False(scanner.Next(ref rest, out _, out _));

        Assert.True(GC.GetAllocatedBytesForCurrentThread() - before < 64 * 1024);
    }
}
