using System.Security.Cryptography;
using System.Text;
using PamTui.Core.Imports;
using PamTui.Core.Model;

namespace PamTui.Commands;

/// <summary>The files of an import: bounded, and over SSH none but what comes on stdin.</summary>
internal sealed class ImportSource(Invocation run)
{
    private const int MaxIncludes = 100;
    private const int MaxDepth = 8;

    private readonly Dictionary<string, byte[]> _keys = new(StringComparer.Ordinal);
    private int _included;

    public async Task<Result<ImportFile>> ReadAsync(string file, string format, bool trustOnFirstUse, CancellationToken ct)
    {
        Result<byte[]> content = await BytesAsync(Home(file), ct);
        if (content.Refusal is { } refusal)
        {
            return refusal;
        }

        try
        {
            if (format == ImportFormats.Csv)
            {
                return await CsvImport.ReadAsync(content.Value, KeyAsync, trustOnFirstUse, run.Context.Time, ct);
            }

            if (format == ImportFormats.KnownHosts)
            {
                return KnownHostsImport.Read(Encoding.UTF8.GetString(content.Value));
            }

            Result<IReadOnlyList<SshConfigLine>> lines = await WithIncludesAsync(Encoding.UTF8.GetString(content.Value), null, 0, ct);
            return lines.Refusal is { } bad ? bad : await SshConfigImport.ReadAsync(lines.Value, KeyAsync, trustOnFirstUse, ct);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(content.Value);
            foreach (byte[] key in _keys.Values)
            {
                CryptographicOperations.ZeroMemory(key);
            }
        }
    }

    // Many hosts have one key: its file is read once.
    private async Task<Result<Secret>> KeyAsync(string path, CancellationToken ct)
    {
        string file = Home(path);
        if (!_keys.TryGetValue(file, out byte[]? known))
        {
            if (IsStdin(file))
            {
                return Refusal.Invalid("A private key of an import comes from a file of its own.");
            }

            Result<Secret> read = await run.FileAsync(file, "private_key_file", ct);
            if (read.Refusal is { } refusal)
            {
                return run.Context.IsRemote ? Refusal.NotAllowed("Over SSH a private key file would be the gateway's: import it at the machine itself.") : refusal;
            }

            using Secret key = read.Value;
            known = key.Bytes.ToArray();
            _keys.Add(file, known);
        }

        return Secret.From(known);
    }

    private async Task<Result<IReadOnlyList<SshConfigLine>>> WithIncludesAsync(string text, int? at, int depth, CancellationToken ct)
    {
        Result<IReadOnlyList<SshConfigLine>> lines = SshConfigLine.Read(text, at);
        if (lines.Refusal is { } bad)
        {
            return bad;
        }

        List<SshConfigLine> all = [];
        foreach (SshConfigLine line in lines.Value)
        {
            if (line.Keyword != "include")
            {
                all.Add(line);
                continue;
            }

            if (run.Context.IsRemote)
            {
                return Refusal.NotAllowed($"Line {line.Line} includes another file, which over SSH would be the gateway's: import it at the machine itself.");
            }

            foreach (string file in line.Words.SelectMany(Matching))
            {
                if (++_included > MaxIncludes || depth >= MaxDepth)
                {
                    return Refusal.Invalid($"Line {line.Line}: the file includes more than {MaxIncludes} others, or more than {MaxDepth} deep.");
                }

                Result<byte[]> content = await BytesAsync(file, ct);
                Result<IReadOnlyList<SshConfigLine>> included = content.Refusal is { } unreadable ? unreadable : await WithIncludesAsync(Encoding.UTF8.GetString(content.Value), line.Line, depth + 1, ct);
                if (included.Refusal is { } refusal)
                {
                    return refusal;
                }

                all.AddRange(included.Value);
            }

            if (all.Count > SshConfigLine.Max)
            {
                return Refusal.Invalid($"The file has more than {SshConfigLine.Max} lines with those it includes.");
            }
        }

        return Result.Ok<IReadOnlyList<SshConfigLine>>(all);
    }

    private static bool IsStdin(string file) => file == Inputs.Stdin;

    // A relative name is one of ~/.ssh, as for ssh. What is not there is no error to ssh either.
    private static string[] Matching(string pattern)
    {
        string path = Path.Combine(Home("~/.ssh"), Home(pattern));
        string folder = Path.GetDirectoryName(path) ?? "/";
        return Directory.Exists(folder) ? [.. Directory.EnumerateFiles(folder, Path.GetFileName(path)).Order(StringComparer.Ordinal).Take(MaxIncludes + 1)] : [];
    }

    private static string Home(string path) => path.StartsWith("~/", StringComparison.Ordinal)
        ? Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), path[2..])
        : path;

    private async Task<Result<byte[]>> BytesAsync(string file, CancellationToken ct)
    {
        if (file != Inputs.Stdin && run.Context.IsRemote)
        {
            return Refusal.NotAllowed("Over SSH FILE would be a file of the gateway: write `-` and send yours on stdin (`ssh … < FILE`).");
        }

        if (file != Inputs.Stdin && !File.Exists(file))
        {
            return Refusal.NotFound($"The file {Text.Quote(file)} is not there.");
        }

        await using FileStream? opened = file == Inputs.Stdin ? null : File.OpenRead(file);
        Stream stream = opened ?? run.Context.Input;
        byte[] buffer = new byte[64 * 1024];
        int length = 0;
        for (int read; (read = await stream.ReadAsync(buffer.AsMemory(length), ct)) > 0;)
        {
            length += read;
            if (length > ImportFile.MaxBytes)
            {
                CryptographicOperations.ZeroMemory(buffer);
                return Refusal.Invalid($"The file has more than {ImportFile.MaxBytes / 1024 / 1024} MiB: import it in parts.");
            }

            if (length == buffer.Length)
            {
                byte[] larger = new byte[2 * buffer.Length];
                buffer.CopyTo(larger, 0);
                CryptographicOperations.ZeroMemory(buffer);
                buffer = larger;
            }
        }

        byte[] content = buffer[..length];
        CryptographicOperations.ZeroMemory(buffer);
        return content;
    }
}
