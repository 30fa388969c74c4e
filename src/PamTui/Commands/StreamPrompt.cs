using System.Security.Cryptography;
using System.Text;
using PamTui.Core.Model;

namespace PamTui.Commands;

/// <summary>
/// Asks over a raw terminal stream (an SSH channel with a PTY): there is no line discipline at this end, so echo, backspace,
/// Ctrl-U, Ctrl-C and Ctrl-D are done here.
/// </summary>
/// <param name="flush">Sends what was written before the question.</param>
internal sealed class StreamPrompt(Stream input, Stream output, Func<CancellationToken, Task> flush) : Prompt
{
    private const byte Interrupt = 3;
    private const byte EndOfInput = 4;
    private const byte Backspace = 8;
    private const byte EraseLine = 21;
    private const byte Delete = 127;

    protected override async Task<Secret?> ReadAsync(string question, bool echo, CancellationToken ct)
    {
        await flush(ct);
        await SendAsync(Encoding.UTF8.GetBytes(question), ct);
        byte[] line = new byte[MaxAnswer];
        byte[] one = new byte[1];
        int length = 0;
        try
        {
            while (true)
            {
                if (await input.ReadAsync(one, ct) == 0 || (one[0] == EndOfInput && length == 0))
                {
                    await SendAsync("\r\n"u8.ToArray(), ct);
                    return null;
                }

                switch (one[0])
                {
                    case (byte)'\r' or (byte)'\n':
                        await SendAsync("\r\n"u8.ToArray(), ct);
                        return Secret.From(line.AsSpan(0, length));
                    case Interrupt:
                        await SendAsync("^C\r\n"u8.ToArray(), ct);
                        throw new OperationCanceledException("Interrupted at the prompt.");
                    case Backspace or Delete:
                        if (length > 0)
                        {
                            length = StartOfLast(line, length);
                            await SendAsync(echo ? "\b \b"u8.ToArray() : [], ct);
                        }

                        break;
                    case EraseLine:
                        await SendAsync(echo ? Encoding.ASCII.GetBytes(string.Concat(Enumerable.Repeat("\b \b", Runes(line, length)))) : [], ct);
                        length = 0;
                        break;
                    case < 0x20:
                        break;
                    default:
                        if (length < line.Length)
                        {
                            line[length++] = one[0];
                            await SendAsync(echo ? [.. one] : [], ct);
                        }

                        break;
                }
            }
        }
        finally
        {
            CryptographicOperations.ZeroMemory(line);
        }
    }

    private static int StartOfLast(byte[] line, int length)
    {
        int start = length - 1;
        while (start > 0 && (line[start] & 0xc0) == 0x80)
        {
            start--;
        }

        return start;
    }

    private static int Runes(byte[] line, int length) => line.AsSpan(0, length).ToArray().Count(b => (b & 0xc0) != 0x80);

    private async Task SendAsync(byte[] bytes, CancellationToken ct)
    {
        await output.WriteAsync(bytes, ct);
        await output.FlushAsync(ct);
    }
}
