using System.Text;

namespace PamTui.Sql.Output;

/// <summary>Text on its way to a stream: kept until there is enough of it or somebody waits; on a terminal a line ends in CR LF.</summary>
internal sealed class TextOut(Stream stream, bool onTerminal)
{
    private const int Enough = 32 * 1024;

    private readonly StringBuilder _kept = new();

    /// <summary>Text of ours, or what was escaped. '\n' ends a line.</summary>
    public ValueTask WriteAsync(ReadOnlySpan<char> text, CancellationToken ct)
    {
        if (onTerminal && text.Contains('\n'))
        {
            _kept.Append(text.ToString().Replace("\n", "\r\n", StringComparison.Ordinal));
        }
        else
        {
            _kept.Append(text);
        }

        return _kept.Length >= Enough ? FlushAsync(ct) : ValueTask.CompletedTask;
    }

    public ValueTask LineAsync(string line, CancellationToken ct) => WriteAsync(line + "\n", ct);

    /// <summary>Bytes as they are, behind the text before them.</summary>
    public async ValueTask BytesAsync(ReadOnlyMemory<byte> bytes, CancellationToken ct)
    {
        await FlushAsync(ct);
        await stream.WriteAsync(bytes, ct);
    }

    public async ValueTask FlushAsync(CancellationToken ct)
    {
        if (_kept.Length > 0)
        {
            byte[] bytes = Encoding.UTF8.GetBytes(_kept.ToString());
            _kept.Clear();
            await stream.WriteAsync(bytes, ct);
        }
    }
}
