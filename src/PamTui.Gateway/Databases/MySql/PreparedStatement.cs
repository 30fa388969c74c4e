using PamTui.Core.Statements;

namespace PamTui.Gateway.Databases.MySql;

/// <summary>A statement that the server has prepared, and what the client has told of its parameters so far.</summary>
internal sealed class PreparedStatement(string text, bool truncated, int parameters)
{
    private readonly Dictionary<int, LongData> _long = [];

    public string Text => text;

    public bool Truncated => truncated;

    public int Parameters => parameters;

    /// <summary>In the text's literals, when it was prepared.</summary>
    public Backslash? Backslash { get; init; }

    /// <summary>Two bytes for each parameter, as the last execution that named them did; empty: none did.</summary>
    public byte[] Types { get; set; } = [];

    /// <summary>A piece of the value of a parameter, sent ahead ("COM_STMT_SEND_LONG_DATA").</summary>
    public void Add(int parameter, ReadOnlySpan<byte> kept, long length)
    {
        if (parameter >= parameters)
        {
            return;
        }

        _long.TryGetValue(parameter, out LongData sent);
        int room = Math.Max(0, StatementValue.MaxBytes - (sent.Kept?.Length ?? 0));
        _long[parameter] = new LongData([.. sent.Kept ?? [], .. kept[..Math.Min(room, kept.Length)]], sent.Length + length);
    }

    /// <summary>Null: it was not sent ahead.</summary>
    public StatementValue? SentAhead(int parameter) => _long.TryGetValue(parameter, out LongData sent) ? StatementValue.OfText(sent.Kept, sent.Length) : null;

    /// <summary>The server forgets what was sent ahead when the statement ran, or was reset.</summary>
    public void Forget() => _long.Clear();

    private readonly record struct LongData(byte[]? Kept, long Length);
}
