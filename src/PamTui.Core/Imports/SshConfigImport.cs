using System.Globalization;
using System.IO.Enumeration;
using PamTui.Core.Accounts;
using PamTui.Core.Model;
using PamTui.Core.Resources;

namespace PamTui.Core.Imports;

/// <summary>
/// Hosts of an ssh_config file (ssh_config(5)): each name of a Host line that is no pattern is a linux resource, its User an account with
/// the key of its IdentityFile. For each name the first value found counts, patterns included, as for ssh. Nothing is executed: Match
/// blocks are left out.
/// </summary>
public static class SshConfigImport
{
    private const int DefaultPort = 22;

    /// <returns>Invalid: the file as a whole cannot be read. What was left out is among the notes.</returns>
    public static async Task<Result<ImportFile>> ReadAsync(IReadOnlyList<SshConfigLine> lines, KeyFile keys, bool trustOnFirstUse, CancellationToken ct)
    {
        List<Block> blocks = [new Block(["*"], false)];
        List<ImportNote> notes = [];
        List<(string Name, int Line)> hosts = [];
        foreach (SshConfigLine line in lines)
        {
            switch (line.Keyword)
            {
                case "host":
                    blocks.Add(new Block(line.Words, false));
                    foreach (string word in line.Words.Where(word => !word.StartsWith('!')))
                    {
                        if (word.AsSpan().IndexOfAny('*', '?') >= 0)
                        {
                            notes.Add(new ImportNote(line.Line, null, $"The pattern {Text.Quote(word)} is no host; its settings count for the hosts that it covers.", false));
                        }
                        else if (!hosts.Exists(host => host.Name == word))
                        {
                            hosts.Add((word, line.Line));
                        }
                    }

                    break;
                case "match":
                    blocks.Add(new Block([], true));
                    notes.Add(new ImportNote(line.Line, null, "The Match block is left out.", false));
                    break;
                default:
                    blocks[^1].Settings.TryAdd(line.Keyword, line.Words);
                    break;
            }
        }

        if (hosts.Count > ImportFile.MaxRows)
        {
            return Refusal.Invalid($"The file has more than {ImportFile.MaxRows} hosts: import it in parts.");
        }

        List<ImportRow> rows = [];
        foreach ((string name, int line) in hosts)
        {
            await AddAsync(name, line).ConfigureAwait(false);
        }

        return new ImportFile(rows, notes);

        async Task AddAsync(string name, int line)
        {
            List<Block> covering = [.. blocks.Where(block => block.Covers(name))];
            string? Setting(string keyword) => covering.Select(block => block.Settings.GetValueOrDefault(keyword)).FirstOrDefault(words => words is { Count: > 0 })?[0];
            string resource = name.ToLowerInvariant();
            string? host = Expand(Setting("hostname") ?? name, name);
            if (!Names.IsValid(resource) || host is null || (Setting("port") is { } text && !int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out _)))
            {
                notes.Add(new ImportNote(
                    line,
                    null,
                    !Names.IsValid(resource) ? $"The host {Text.Quote(name)} has no name that a resource can have."
                        : host is null ? $"The HostName of {Text.Quote(name)} has a token that is not known here." : $"The port of {Text.Quote(name)} is not a number.",
                    true));
                return;
            }

            int port = Setting("port") is { } number ? int.Parse(number, CultureInfo.InvariantCulture) : DefaultPort;
            ResourceDraft draft = new(resource, ResourceKind.Linux, host, port, null, TlsMode.Verify, null, [], trustOnFirstUse, "", Metadata.Empty);
            if (Setting("proxyjump") is { } jump && jump != "none")
            {
                notes.Add(new ImportNote(line, null, $"The ProxyJump of {Text.Quote(name)} is left out: the gateway connects to its targets itself.", false));
            }

            (string? user, string? identity) = (Setting("user"), Setting("identityfile"));
            if (user is null || identity is null || identity == "none" || !Names.IsValid(user.ToLowerInvariant()))
            {
                string why = user is null ? "has no User" : identity is null or "none" ? "has no IdentityFile" : "has a User whose name no account can have";
                notes.Add(new ImportNote(line, null, $"The host {Text.Quote(name)} {why}: only the resource is imported.", false));
                rows.Add(new ImportRow(line, draft, null, ImportedFields.OfSshConfig));
                return;
            }

            Result<Secret> key = Expand(identity, name) is { } path ? await keys(path, ct).ConfigureAwait(false) : Refusal.Invalid($"The IdentityFile of {Text.Quote(name)} has a token that is not known here.");
            if (key.Refusal is { } unreadable)
            {
                notes.Add(new ImportNote(line, null, unreadable.Message, true));
                return;
            }

            NewCredential credential = new(CredentialType.PrivateKey, key.Value);
            rows.Add(new ImportRow(line, draft, null, ImportedFields.OfSshConfig));
            rows.Add(new ImportRow(line, draft, new ImportedAccount(user.ToLowerInvariant(), user, credential, "", "", "", Metadata.Empty), ImportedFields.OfSshConfig));
        }
    }

    // Of the tokens only those that need no machine and no user: %h and %%.
    private static string? Expand(string text, string name)
    {
        string expanded = text.Replace("%%", "\0", StringComparison.Ordinal).Replace("%h", name, StringComparison.Ordinal);
        return expanded.Contains('%', StringComparison.Ordinal) ? null : expanded.Replace('\0', '%');
    }

    private sealed class Block(IReadOnlyList<string> patterns, bool isMatch)
    {
        public Dictionary<string, IReadOnlyList<string>> Settings { get; } = new(StringComparer.Ordinal);

        public bool Covers(string name)
        {
            bool covers = false;
            foreach (string pattern in isMatch ? [] : patterns)
            {
                bool isNegated = pattern.StartsWith('!');
                if (FileSystemName.MatchesSimpleExpression((isNegated ? pattern[1..] : pattern).Replace("\\", "\\\\", StringComparison.Ordinal), name, ignoreCase: false))
                {
                    if (isNegated)
                    {
                        return false;
                    }

                    covers = true;
                }
            }

            return covers;
        }
    }
}
