using System.CommandLine;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using PamTui.Core.Model;

namespace PamTui.Commands;

/// <summary>What comes from files, stdin and a person: bounded, and over SSH never from the gateway's own files.</summary>
internal static class Inputs
{
    /// <summary>This in place of a file's name is stdin.</summary>
    public const string Stdin = "-";

    /// <summary>Everything on stdin; one final newline is removed when <paramref name="oneLine"/>, and nothing else.</summary>
    public static async Task<Result<Secret>> StdinAsync(this Invocation run, bool oneLine, CancellationToken ct)
    {
        byte[] buffer = new byte[Secret.MaxBytes + 2];
        try
        {
            int length = 0;
            for (int read; length < buffer.Length && (read = await run.Context.Input.ReadAsync(buffer.AsMemory(length), ct)) > 0;)
            {
                length += read;
            }

            if (oneLine && length > 0 && buffer[length - 1] == (byte)'\n')
            {
                length--;
            }

            return length > Secret.MaxBytes
                ? Refusal.Invalid($"More than {Secret.MaxBytes} bytes came on stdin.")
                : Secret.From(buffer.AsSpan(0, length));
        }
        finally
        {
            CryptographicOperations.ZeroMemory(buffer);
        }
    }

    /// <summary>The bytes of a file, or of stdin for "-".</summary>
    /// <param name="option">The option that names the file, for the refusal.</param>
    public static async Task<Result<Secret>> FileAsync(this Invocation run, string file, string option, CancellationToken ct)
    {
        if (file == Stdin)
        {
            return await run.StdinAsync(oneLine: false, ct);
        }

        if (run.Context.IsRemote)
        {
            return Refusal.NotAllowed($"Over SSH {option} would read a file of the gateway: write `{option} -` and send yours on stdin (`ssh … < FILE`).");
        }

        FileInfo info = new(file);
        if (!info.Exists)
        {
            return Refusal.NotFound($"The file {Text.Quote(file)} is not there.");
        }

        if (info.Length > Secret.MaxBytes)
        {
            return Refusal.Invalid($"The file {Text.Quote(file)} has more than {Secret.MaxBytes} bytes.");
        }

        byte[] content = await File.ReadAllBytesAsync(file, ct);
        try
        {
            return content.Length > Secret.MaxBytes ? Refusal.Invalid($"The file {Text.Quote(file)} has more than {Secret.MaxBytes} bytes.") : Secret.From(content);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(content);
        }
    }

    /// <summary>The text of a file that holds no secret (a public key, a CA, known_hosts).</summary>
    public static async Task<Result<string>> TextFileAsync(this Invocation run, string file, string option, CancellationToken ct)
    {
        Result<Secret> read = await run.FileAsync(file, option, ct);
        if (read.Refusal is { } refusal)
        {
            return refusal;
        }

        using Secret content = read.Value;
        return Encoding.UTF8.GetString(content.Bytes);
    }

    /// <summary>A secret from stdin when the flag was given, else from the person at the terminal, asked twice when it is a new one.</summary>
    public static async Task<Result<Secret>> SecretAsync(this Invocation run, Option<bool> stdin, string question, bool twice, CancellationToken ct)
    {
        if (run.Value(stdin))
        {
            return await run.StdinAsync(oneLine: true, ct);
        }

        if (run.Context.Prompt is not { } prompt)
        {
            return Refusal.Invalid($"Nobody is there to type it: send it on stdin with {stdin.Name}.");
        }

        Secret? first = await prompt.AskSecretAsync(question + ": ", ct);
        if (first is null)
        {
            return Refusal.Failed("Nothing was typed.");
        }

        if (twice)
        {
            using Secret? second = await prompt.AskSecretAsync(question + " once more: ", ct);
            if (second is null || !first.FixedTimeEquals(second))
            {
                first.Dispose();
                return Refusal.Failed("The two were not the same: nothing is changed.");
            }
        }

        return first;
    }

    /// <summary>Metadata of --meta k=v options; a key given twice is refused.</summary>
    public static Result<Metadata> MetadataOf(IEnumerable<string> pairs)
    {
        List<KeyValuePair<string, string>> parsed = [];
        foreach (string text in pairs)
        {
            Result<KeyValuePair<string, string>> pair = Metadata.ParsePair(text);
            if (pair.Refusal is { } refusal)
            {
                return refusal;
            }

            parsed.Add(pair.Value);
        }

        return Metadata.From(parsed);
    }

    /// <summary>A whole number in bounds, or the sentence that names the option.</summary>
    public static Result<int?> Number(string? text, string option, int min, int max) => text switch
    {
        null => (int?)null,
        _ when int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int number) && number >= min && number <= max => number,
        _ => Refusal.Invalid($"{option} takes a number from {min} to {max}, not {Text.Quote(text)}."),
    };
}
