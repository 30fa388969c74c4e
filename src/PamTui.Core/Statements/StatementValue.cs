using System.Text;
using System.Text.Unicode;
using PamTui.Core.Model;

namespace PamTui.Core.Statements;

public enum StatementValueKind
{
    Null,
    Text,
    Bytes,
}

/// <summary>A value that was bound to a statement: null, text or bytes. The first <see cref="MaxBytes"/> are kept, and how long it was.</summary>
public readonly record struct StatementValue
{
    public const int MaxBytes = 4096;

    private StatementValue(StatementValueKind kind, string text, ReadOnlyMemory<byte> bytes, int kept, long length) =>
        (Kind, Text, Bytes, Kept, Length) = (kind, text, bytes, kept, length);

    public static StatementValue Null => default;

    public StatementValueKind Kind { get; }

    /// <summary>What is kept of a text; null: it is none.</summary>
    public string? Text { get; }

    /// <summary>What is kept of bytes; empty: it is none.</summary>
    public ReadOnlyMemory<byte> Bytes { get; }

    /// <summary>How many bytes of it are kept (of a text: of its UTF-8).</summary>
    public int Kept { get; }

    /// <summary>The length of the whole value in bytes.</summary>
    public long Length { get; }

    public bool IsCut => Kept < Length;

    /// <param name="utf8">The value, or its beginning. What is not UTF-8 is kept as bytes.</param>
    /// <param name="length">Of the whole value; null: it was all given.</param>
    public static StatementValue OfText(ReadOnlySpan<byte> utf8, long? length = null)
    {
        ReadOnlySpan<byte> kept = WholeRunes(utf8, isWhole: length is null || length == utf8.Length);
        return Utf8.IsValid(kept) ? new StatementValue(StatementValueKind.Text, Encoding.UTF8.GetString(kept), default, kept.Length, length ?? utf8.Length) : OfBytes(utf8, length);
    }

    public static StatementValue OfText(string text)
    {
        int kept = text.Length;
        int length = Encoding.UTF8.GetByteCount(text);
        if (length <= MaxBytes)
        {
            return new StatementValue(StatementValueKind.Text, text, default, length, length);
        }

        byte[] utf8 = new byte[Encoding.UTF8.GetMaxByteCount(Math.Min(kept, MaxBytes))];
        int some = Encoding.UTF8.GetBytes(text.AsSpan(0, Math.Min(kept, MaxBytes)), utf8);
        return OfText(utf8.AsSpan(0, some), length);
    }

    /// <param name="bytes">The value, or its beginning.</param>
    /// <param name="length">Of the whole value; null: it was all given.</param>
    public static StatementValue OfBytes(ReadOnlySpan<byte> bytes, long? length = null)
    {
        byte[] kept = bytes[..Math.Min(bytes.Length, MaxBytes)].ToArray();
        return new StatementValue(StatementValueKind.Bytes, null!, kept, kept.Length, length ?? bytes.Length);
    }

    /// <summary>Its kind and its length, and nothing of what it was.</summary>
    public StatementValue Masked() => Kind == StatementValueKind.Null ? this : new StatementValue(Kind, Kind == StatementValueKind.Text ? "" : null!, default, 0, Length);

    /// <summary>NULL, 'text', \x0aff, and in brackets how long it was where not all of it is here. Escaped.</summary>
    public override string ToString()
    {
        string shown = Kind switch
        {
            StatementValueKind.Null => "NULL",
            StatementValueKind.Text => Kept == 0 && IsCut ? "text" : Model.Text.Quote(Text!, MaxBytes),
            _ => Kept == 0 && IsCut ? "bytes" : "\\x" + Convert.ToHexStringLower(Bytes.Span),
        };
        return IsCut ? $"{shown} ({Length} bytes)" : shown;
    }

    // A text that is cut is cut between two characters.
    private static ReadOnlySpan<byte> WholeRunes(ReadOnlySpan<byte> utf8, bool isWhole)
    {
        if (isWhole && utf8.Length <= MaxBytes)
        {
            return utf8;
        }

        int end = Math.Min(utf8.Length, MaxBytes);
        int begin = end;
        while (begin > 0 && end - begin < 3 && (utf8[begin - 1] & 0xC0) == 0x80)
        {
            begin--;
        }

        return begin > 0 && Rune.DecodeFromUtf8(utf8[(begin - 1)..end], out _, out _) == System.Buffers.OperationStatus.NeedMoreData ? utf8[..(begin - 1)] : utf8[..end];
    }
}
