using System.Buffers;
using System.IO.Compression;
using System.Text.Encodings.Web;
using System.Text.Json;
using PamTui.Core.Vault;

namespace PamTui.Core.Statements;

/// <summary>Statements on their way to the store: a line of JSON each, compressed as one piece. Times are microseconds.</summary>
internal sealed class StatementBatch : IDisposable
{
    // A statement at its largest, each character escaped, on top of what waited already.
    private const int MaxPlain = 64 * 1024 * 1024;

    private static readonly JsonWriterOptions s_compact = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, SkipValidation = true };

    private readonly ArrayBufferWriter<byte> _lines = new();
    private readonly Utf8JsonWriter _json;

    public StatementBatch() => _json = new Utf8JsonWriter(_lines, s_compact);

    public int Statements { get; private set; }

    public int Errors { get; private set; }

    public int Bytes => _lines.WrittenCount;

    public void Add(Statement statement)
    {
        _json.WriteStartObject();
        _json.WriteNumber("at"u8, (statement.At - DateTimeOffset.UnixEpoch).Ticks / TimeSpan.TicksPerMicrosecond);
        _json.WriteNumber("took"u8, statement.Duration.Ticks / TimeSpan.TicksPerMicrosecond);
        _json.WriteString("text"u8, statement.Text);
        if (statement.Truncated)
        {
            _json.WriteBoolean("cut"u8, true);
        }

        if (statement.Rows is { } rows)
        {
            _json.WriteNumber("rows"u8, rows);
        }

        if (statement.ErrorCode is { } code)
        {
            _json.WriteString("error"u8, code);
            Errors++;
        }

        if (statement.Values.Count > 0)
        {
            _json.WriteStartArray("values"u8);
            foreach (StatementValue value in statement.Values)
            {
                Add(value);
            }

            _json.WriteEndArray();
        }

        _json.WriteEndObject();
        _json.Flush();
        _json.Reset();
        _lines.Write("\n"u8);
        Statements++;
    }

    public byte[] Compress()
    {
        using MemoryStream packed = new();
        using (BrotliStream brotli = new(packed, CompressionLevel.Fastest, leaveOpen: true))
        {
            brotli.Write(_lines.WrittenSpan);
        }

        return packed.ToArray();
    }

    /// <summary>For the next statements.</summary>
    public void Clear()
    {
        _lines.ResetWrittenCount();
        (Statements, Errors) = (0, 0);
    }

    public void Dispose() => _json.Dispose();

    /// <summary>What <see cref="Compress"/> made. It was sealed, so it is ours; its length is bounded all the same.</summary>
    public static IReadOnlyList<Statement> Read(byte[] packed)
    {
        using MemoryStream source = new(packed);
        using BrotliStream brotli = new(source, CompressionMode.Decompress);
        using MemoryStream lines = new();
        byte[] some = new byte[16 * 1024];
        for (int count; (count = brotli.Read(some)) > 0;)
        {
            if (lines.Length + count > MaxPlain)
            {
                throw new VaultException("A piece of a session's statements is larger than this program writes them.");
            }

            lines.Write(some, 0, count);
        }

        List<Statement> statements = [];
        ReadOnlyMemory<byte> rest = lines.GetBuffer().AsMemory(0, (int)lines.Length);
        for (int end; (end = rest.Span.IndexOf((byte)'\n')) >= 0; rest = rest[(end + 1)..])
        {
            using JsonDocument line = JsonDocument.Parse(rest[..end]);
            statements.Add(Read(line.RootElement));
        }

        return statements;
    }

    private void Add(StatementValue value)
    {
        switch (value)
        {
            case { Kind: StatementValueKind.Null }:
                _json.WriteNullValue();
                break;
            case { Kind: StatementValueKind.Text, IsCut: false }:
                _json.WriteStringValue(value.Text);
                break;
            case { Kind: StatementValueKind.Text }:
                _json.WriteStartObject();
                _json.WriteString("text"u8, value.Text);
                _json.WriteNumber("of"u8, value.Length);
                _json.WriteEndObject();
                break;
            default:
                _json.WriteStartObject();
                _json.WriteBase64String("bytes"u8, value.Bytes.Span);
                _json.WriteNumber("of"u8, value.Length);
                _json.WriteEndObject();
                break;
        }
    }

    private static Statement Read(JsonElement line) => new(
        DateTimeOffset.UnixEpoch.AddTicks(line.GetProperty("at").GetInt64() * TimeSpan.TicksPerMicrosecond),
        TimeSpan.FromTicks(line.GetProperty("took").GetInt64() * TimeSpan.TicksPerMicrosecond),
        line.GetProperty("text").GetString()!,
        line.TryGetProperty("values", out JsonElement values) ? [.. values.EnumerateArray().Select(ReadValue)] : [],
        line.TryGetProperty("rows", out JsonElement rows) ? rows.GetInt64() : null,
        line.TryGetProperty("error", out JsonElement error) ? error.GetString() : null,
        line.TryGetProperty("cut", out _));

    private static StatementValue ReadValue(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Null => StatementValue.Null,
        JsonValueKind.String => StatementValue.OfText(value.GetString()!),
        _ when value.TryGetProperty("text", out JsonElement text) => StatementValue.OfText(System.Text.Encoding.UTF8.GetBytes(text.GetString()!), value.GetProperty("of").GetInt64()),
        _ => StatementValue.OfBytes(value.GetProperty("bytes").GetBytesFromBase64(), value.GetProperty("of").GetInt64()),
    };
}
