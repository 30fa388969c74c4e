using System.Security.Cryptography;
using System.Text;
using PamTui.Core.Model;

namespace PamTui.Core.Rotation;

/// <summary>The end of what a hook printed on one of its two outputs, without the secret that it was given, whole, line by line, or in a usual code.</summary>
internal sealed class HookOutput : IDisposable
{
    public const int Kept = 2048;

    private const string Mark = "***";

    // A shorter line of a key may be a word of any text.
    private const int MinLine = 16;

    private readonly Lock _gate = new();
    private readonly List<byte[]> _forms = [];
    private readonly byte[] _end;
    private int _length;

    public HookOutput(Secret secret)
    {
        ReadOnlySpan<byte> bytes = secret.Bytes;
        Add(bytes.ToArray());
        Add(Encoding.ASCII.GetBytes(Convert.ToBase64String(bytes)));
        Add(Encoding.ASCII.GetBytes(Convert.ToHexString(bytes)));
        Add(Encoding.ASCII.GetBytes(Convert.ToHexStringLower(bytes)));
        foreach (Range line in bytes.Split((byte)'\n'))
        {
            if (bytes[line].Length is >= MinLine and var length && length < bytes.Length)
            {
                Add(bytes[line].ToArray());
            }
        }

        // So much before the kept part that a form which reaches into it is seen whole.
        _end = GC.AllocateUninitializedArray<byte>(Kept + _forms.Max(form => form.Length), pinned: true);
    }

    /// <summary>To the end of the stream, however long, or until nobody wants more.</summary>
    public async Task ReadAsync(Stream stream, CancellationToken over)
    {
        byte[] buffer = GC.AllocateUninitializedArray<byte>(Kept, pinned: true);
        try
        {
            for (int read; (read = await stream.ReadAsync(buffer, over).ConfigureAwait(false)) > 0;)
            {
                Append(buffer.AsSpan(0, read));
            }
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException or OperationCanceledException)
        {
            // The process is gone, and what it left behind has had its time.
        }
        finally
        {
            CryptographicOperations.ZeroMemory(buffer);
        }
    }

    public string Text()
    {
        lock (_gate)
        {
            ReadOnlySpan<byte> all = _end.AsSpan(0, _length);
            StringBuilder text = new();
            int from = Math.Max(0, _length - Kept);
            int at = from;
            while (Next(all, at, from) is var (start, end) && start < _length)
            {
                text.Append(Encoding.UTF8.GetString(all[at..Math.Max(at, start)])).Append(Mark);
                at = end;
            }

            return text.Append(Encoding.UTF8.GetString(all[at..])).ToString().TrimEnd();
        }
    }

    public void Dispose()
    {
        lock (_gate)
        {
            CryptographicOperations.ZeroMemory(_end);
            _length = 0;
            _forms.ForEach(form => CryptographicOperations.ZeroMemory(form));
        }
    }

    private void Add(byte[] form)
    {
        if (form.Length > 0)
        {
            _forms.Add(form);
        }
    }

    private void Append(ReadOnlySpan<byte> bytes)
    {
        lock (_gate)
        {
            int excess = _length + bytes.Length - _end.Length;
            if (excess > 0)
            {
                _end.AsSpan(excess, _length - excess).CopyTo(_end);
                _length -= excess;
            }

            bytes.CopyTo(_end.AsSpan(_length));
            _length += bytes.Length;
        }
    }

    // The first form that ends after `at`; one may begin before the kept part.
    private (int Start, int End) Next(ReadOnlySpan<byte> all, int at, int from)
    {
        (int Start, int End) first = (int.MaxValue, int.MaxValue);
        foreach (byte[] form in _forms)
        {
            int search = at == from ? Math.Max(0, from - form.Length + 1) : at;
            int found = all[search..].IndexOf(form);
            if (found >= 0 && search + found < first.Start)
            {
                first = (search + found, search + found + form.Length);
            }
        }

        return first;
    }
}
