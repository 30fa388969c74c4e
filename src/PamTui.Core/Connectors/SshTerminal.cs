using System.Text;
using Renci.SshNet;

namespace PamTui.Core.Connectors;

/// <summary>A terminal on the target, as somebody who types and reads has it. What is said is bounded.</summary>
internal sealed class SshTerminal(ShellStream shell, TimeProvider time)
{
    private const int MaxSaid = 64 * 1024;

    private readonly byte[] _buffer = new byte[4096];
    private readonly StringBuilder _said = new();
    private readonly Decoder _utf8 = Encoding.UTF8.GetDecoder();
    private Task<int>? _reading;
    private int _total;

    /// <summary>What was said since the last <see cref="Forget"/>.</summary>
    public string Said => _said.ToString();

    public void Forget() => _said.Clear();

    public void Type(ReadOnlySpan<byte> line)
    {
        shell.Write(line);
        shell.Flush();
    }

    /// <summary>Waits until more was said, or until <paramref name="patience"/> is at its end; false: the terminal is gone, or says more than is read.</summary>
    public async Task<bool> HearAsync(TimeSpan patience, CancellationToken ct)
    {
        _reading ??= Task.Run(() => shell.Read(_buffer, 0, _buffer.Length), CancellationToken.None);
        try
        {
            int count = await _reading.WaitAsync(patience, time, ct).ConfigureAwait(false);
            _reading = null;
            _total += count;
            if (count == 0 || _total > MaxSaid)
            {
                return false;
            }

            char[] characters = new char[_utf8.GetCharCount(_buffer, 0, count, flush: false)];
            _said.Append(characters, 0, _utf8.GetChars(_buffer, 0, count, characters, 0));
            return true;
        }
        catch (TimeoutException)
        {
            return true;
        }
    }
}
