using System.Buffers.Binary;
using System.Net.Sockets;
using System.Text;

namespace PamTui.Tests.GatewayTests.Databases;

/// <summary>A client that says what a test tells it, legal or not.</summary>
public sealed class RawPostgresClient : IDisposable
{
    public const int Version30 = 3 << 16;
    public const int Version32 = Version30 | 2;

    private readonly TcpClient _client = new();

    private Stream Stream => _client.GetStream();

    public static async Task<RawPostgresClient> ConnectAsync(int port)
    {
        RawPostgresClient raw = new();
        await raw._client.ConnectAsync("127.0.0.1", port, TestContext.Current.CancellationToken);
        return raw;
    }

    /// <summary>Connected, and in a session: up to ReadyForQuery.</summary>
    public static async Task<(RawPostgresClient Client, byte[] KeyData)> EnterAsync(int port, int version = Version30, params string[] parameters)
    {
        RawPostgresClient raw = await ConnectAsync(port);
        await raw.SendAsync(Startup(version, ["user", "x", .. parameters]));
        byte[] key = [];
        while (true)
        {
            (char type, byte[] body) = await raw.ReadAsync();
            key = type == 'K' ? body : key;
            if (type == 'Z')
            {
                return (raw, key);
            }

            Assert.True(type is 'R' or 'S' or 'K' or 'N' or 'v', type + " " + Encoding.UTF8.GetString(body));
        }
    }

    public static byte[] Startup(int version, params string[] parameters)
    {
        byte[] texts = [.. parameters.SelectMany(text => Encoding.UTF8.GetBytes(text + "\0")), 0];
        return [.. Int32(8 + texts.Length), .. Int32(version), .. texts];
    }

    public static byte[] Packet(int code, params byte[] rest) => [.. Int32(8 + rest.Length), .. Int32(code), .. rest];

    public static byte[] Message(char type, params byte[] body) => [(byte)type, .. Int32(4 + body.Length), .. body];

    public static byte[] Query(string sql) => Message('Q', Encoding.UTF8.GetBytes(sql + "\0"));

    public static byte[] Int32(int value)
    {
        byte[] bytes = new byte[4];
        BinaryPrimitives.WriteInt32BigEndian(bytes, value);
        return bytes;
    }

    public async Task SendAsync(params byte[] bytes) => await Stream.WriteAsync(bytes, TestContext.Current.CancellationToken);

    public async Task<byte> ReadByteAsync()
    {
        byte[] one = new byte[1];
        await Stream.ReadExactlyAsync(one, Limit());
        return one[0];
    }

    public async Task<(char Type, byte[] Body)> ReadAsync()
    {
        byte[] head = new byte[5];
        await Stream.ReadExactlyAsync(head, Limit());
        byte[] body = new byte[BinaryPrimitives.ReadInt32BigEndian(head.AsSpan(1)) - 4];
        await Stream.ReadExactlyAsync(body, Limit());
        return ((char)head[0], body);
    }

    /// <summary>The types of all messages up to ReadyForQuery, and of the first error its SQLSTATE and words.</summary>
    public async Task<(string Types, string? Code, string? Words)> AnswersAsync()
    {
        StringBuilder types = new();
        (string? code, string? words) = (null, null);
        while (true)
        {
            (char type, byte[] body) = await ReadAsync();
            types.Append(type);
            if (type == 'E' && code is null)
            {
                (code, words) = ErrorOf(body);
            }

            if (type == 'Z')
            {
                return (types.ToString(), code, words);
            }
        }
    }

    /// <summary>An error, and then the end.</summary>
    public async Task<(string Code, string Words)> FatalAsync()
    {
        (char type, byte[] body) = await ReadAsync();
        Assert.Equal('E', type);
        await EndedAsync();
        return ErrorOf(body);
    }

    /// <summary>The other end closes; what it says before is nobody's business.</summary>
    public async Task EndedAsync()
    {
        byte[] rest = new byte[4096];
        try
        {
            while (await Stream.ReadAsync(rest, Limit()) > 0)
            {
            }
        }
        catch (IOException)
        {
            // Closed with something of ours unread.
        }
    }

    public void Dispose() => _client.Dispose();

    private static (string Code, string Words) ErrorOf(byte[] body)
    {
        string[] fields = Encoding.UTF8.GetString(body).Split('\0');
        return (fields.First(field => field.StartsWith('C'))[1..], fields.First(field => field.StartsWith('M'))[1..]);
    }

    private static CancellationToken Limit() => new CancellationTokenSource(TimeSpan.FromSeconds(30)).Token;
}
