using PamTui.Core.Access;
using PamTui.Core.Model;
using PamTui.Core.Resources;

namespace PamTui.Core.Imports;

/// <summary>Host keys of a known_hosts file, for resources that are there: the file tells no names that resources could be made of.</summary>
public static class KnownHostsImport
{
    /// <returns>Invalid: the file as a whole cannot be read. What is wrong with a line is among the notes.</returns>
    public static Result<ImportFile> Read(string text)
    {
        List<HostKeyRow> keys = [];
        List<ImportNote> notes = [];
        int number = 0;
        foreach (string line in text.TrimEnd('\n').Split('\n'))
        {
            number++;
            if (number > ImportFile.MaxRows)
            {
                return Refusal.Invalid($"The file has more than {ImportFile.MaxRows} lines: import it in parts.");
            }

            Result<HostKeyRow?> read = ReadLine(line, number);
            if (read.Refusal is { } wrong)
            {
                notes.Add(new ImportNote(number, null, wrong.Message, true));
            }
            else if (read.Value is { } key)
            {
                keys.Add(key);
            }
        }

        return new ImportFile([], notes) { HostKeys = keys };
    }

    private static Result<HostKeyRow?> ReadLine(string line, int number)
    {
        Result<KnownHostsLine?> read = KnownHostsLine.Read(line, number);
        if (read.Refusal is { } noLine)
        {
            return Refusal.Invalid(noLine.Message);
        }

        if (read.Value is not { } known)
        {
            return Result.Ok<HostKeyRow?>(null);
        }

        if (known.Marker is not ("" or KnownHostsLine.Revoked or KnownHostsLine.Authority))
        {
            return Refusal.Invalid($"The marker {Text.Quote(known.Marker)} is not known.");
        }

        if (known.Fingerprint() is not { } fingerprint || ResourceRules.CheckPin(new HostKeyPin(known.KeyType, fingerprint, KnownHostsLine.Source, default)) is not null)
        {
            return Refusal.Invalid("The line holds no sound public key.");
        }

        Refusal? noAuthority = known.Marker == KnownHostsLine.Authority ? AuthorizedKey.Parse(known.KeyLine).Refusal : null;
        return noAuthority is null ? new HostKeyRow(known, fingerprint) : noAuthority;
    }
}
