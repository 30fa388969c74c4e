using System.Globalization;
using System.Text;

namespace PamTui.Tui.Terminal;

/// <summary>The bytes of one frame.</summary>
internal sealed class FrameWriter
{
    private byte[] _bytes = new byte[16 * 1024];

    public int Length { get; private set; }

    public ReadOnlyMemory<byte> Written => _bytes.AsMemory(0, Length);

    public void Clear() => Length = 0;

    /// <summary>Drops what was written after <paramref name="length"/>.</summary>
    public void CutTo(int length) => Length = length;

    public FrameWriter Text(string text)
    {
        Grow(Encoding.UTF8.GetMaxByteCount(text.Length));
        Length += Encoding.UTF8.GetBytes(text, _bytes.AsSpan(Length));
        return this;
    }

    public FrameWriter Number(int number)
    {
        Grow(11);
        number.TryFormat(_bytes.AsSpan(Length), out int written, provider: CultureInfo.InvariantCulture);
        Length += written;
        return this;
    }

    private void Grow(int more)
    {
        if (_bytes.Length - Length < more)
        {
            Array.Resize(ref _bytes, Math.Max(_bytes.Length * 2, Length + more));
        }
    }
}
