using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;
using PamTui.Core.Model;

namespace PamTui.Core.Connectors.Rotation;

/// <summary>What `passwd` came to.</summary>
internal enum PasswdEnd
{
    /// <summary>It asked for the new password, and got none: nothing is changed.</summary>
    Asked,

    Changed,

    /// <summary>It was over before it had the new password twice: nothing is changed.</summary>
    Refused,

    /// <summary>It had the new password twice, and said no.</summary>
    Ended,

    /// <summary>It had the new password twice, and no answer came.</summary>
    Lost,
}

/// <summary>
/// `passwd` on a terminal, answered prompt by prompt: of PAM, shadow, pwquality, passwdqc, sssd, BusyBox. No password is typed before
/// it is asked for, and none where something else is asked.
/// </summary>
internal sealed partial class PasswdDialogue(SshTerminal terminal)
{
    private const string Begins = "pamtui-begins";
    private const string Ends = "pamtui-ends-";

    // The words in quotes come out whole and are whole in no echo. Every byte but the line feed must reach passwd as it is typed.
    // Of two names of one user it takes the first unless it is told; only then, as some take a name from root alone.
    private static readonly string s_command = " exec " + RemoteScript.Of(
        "stty -echo -isig -ixon -ixoff -iexten -istrip -icrnl -inlcr -igncr erase undef kill undef eof undef eol undef 2>/dev/null; "
        + "echo pamtui-\"\"begins; if [ \"$(id -un)\" = \"$LOGNAME\" ]; then passwd; else passwd -- \"$LOGNAME\"; fi; echo pamtui-\"\"ends-$?") + "\r";

    // PAM throws away what was typed until a moment after its prompt: an answer waits for that, and one that was lost all the same
    // (nothing at all comes back) is given again.
    private static readonly TimeSpan s_settle = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(2);

    private bool _current;
    private bool _new;
    private bool _again;
    private byte[] _typed = [];

    private enum Prompt
    {
        None,
        Current,
        New,
        Again,
        Other,
    }

    /// <summary>What it said since the last answer, for a person.</summary>
    public string Words { get; private set; } = "";

    /// <param name="replacement">Null: to see whether it would be asked for.</param>
    public async Task<PasswdEnd> RunAsync(Secret current, Secret? replacement, CancellationToken ct)
    {
        try
        {
            // A shell that says something first is there to read; a login that asks for something first is no shell.
            if (!await terminal.HearAsync(s_patience, ct).ConfigureAwait(false) || LoginWords.CauseOf(terminal.Said) is not null)
            {
                Words = terminal.Said;
                return PasswdEnd.Refused;
            }

            terminal.Type(Encoding.ASCII.GetBytes(s_command));
            return await AnswerAsync(current, replacement, ct).ConfigureAwait(false);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(_typed);
        }
    }

    private async Task<PasswdEnd> AnswerAsync(Secret current, Secret? replacement, CancellationToken ct)
    {
        string? doubted = null;
        TimeSpan patience = s_patience;
        while (true)
        {
            int heard = terminal.Said.Length;
            bool more = await terminal.HearAsync(patience, ct).ConfigureAwait(false);
            bool quiet = terminal.Said.Length == heard;
            string said = Heard();
            if (Status(said) is { } status)
            {
                return End(status);
            }

            if (!more)
            {
                return _again ? PasswdEnd.Lost : PasswdEnd.Refused;
            }

            Prompt prompt = Of(said);
            patience = prompt == Prompt.None ? s_patience : s_settle;
            if (quiet && said.Length == 0 && _typed.Length > 0)
            {
                terminal.Type(_typed);
                CryptographicOperations.ZeroMemory(_typed);
                _typed = [];
                continue;
            }

            if (prompt == Prompt.None || !quiet)
            {
                continue;
            }

            patience = s_patience;
            switch (prompt)
            {
                case Prompt.Current when !_current && !_new:
                    _current = true;
                    Answer(current);
                    break;
                case Prompt.New when replacement is null:
                    return PasswdEnd.Asked;
                case Prompt.New when !_new:
                    _new = true;
                    Answer(replacement);
                    break;
                case Prompt.Again when _new && !_again:
                    _again = true;
                    Answer(replacement!);
                    break;
                case var _ when doubted == said:
                    // It asks for something again, or for something else, and waits.
                    return _again ? PasswdEnd.Ended : PasswdEnd.Refused;
                default:
                    // Half of a line that ends in a colon looks like a prompt: nothing more comes after a real one.
                    doubted = said;
                    break;
            }
        }
    }

    // The last line, not ended: "(current) UNIX password: ".
    [GeneratedRegex(@"(^|\n)(?<words>[^\r\n]{1,200}[:?]) ?\z", RegexOptions.NonBacktracking)]
    private static partial Regex LastPrompt();

    [GeneratedRegex("re-?(type|enter)|again|repeat|confirm|verify", RegexOptions.IgnoreCase | RegexOptions.NonBacktracking)]
    private static partial Regex SaysAgain();

    [GeneratedRegex("password|passphrase", RegexOptions.IgnoreCase | RegexOptions.NonBacktracking)]
    private static partial Regex SaysPassword();

    private static Prompt Of(string said)
    {
        Match match = LastPrompt().Match(said);
        string words = match.Groups["words"].Value;
        return !match.Success
            ? Prompt.None
            : !SaysPassword().IsMatch(words)
                ? Prompt.Other
                : SaysAgain().IsMatch(words)
                    ? Prompt.Again
                    : words.Contains("new", StringComparison.OrdinalIgnoreCase) ? Prompt.New : Prompt.Current;
    }

    // Of the line "pamtui-ends-0", when it has come whole.
    private static int? Status(string said)
    {
        int start = said.IndexOf(Ends, StringComparison.Ordinal) + Ends.Length;
        int length = start < Ends.Length ? -1 : said.AsSpan(start).IndexOfAny('\r', '\n');
        return length < 0 ? null : int.TryParse(said.AsSpan(start, length), NumberStyles.None, CultureInfo.InvariantCulture, out int status) ? status : 255;
    }

    private PasswdEnd End(int status) => (status, _again) switch
    {
        (0, true) => PasswdEnd.Changed,
        (_, true) => PasswdEnd.Ended,
        _ => PasswdEnd.Refused,
    };

    // Nothing before the first word of ours is passwd's: messages of the day, the shell's prompt, its echo.
    private string Heard()
    {
        string said = terminal.Said;
        if (!_current && !_new)
        {
            int begin = said.IndexOf(Begins + "\r", StringComparison.Ordinal);
            begin = begin < 0 ? said.IndexOf(Begins + "\n", StringComparison.Ordinal) : begin;
            if (begin < 0)
            {
                Words = said;
                return "";
            }

            said = said[(begin + Begins.Length)..].TrimStart('\r', '\n');
        }

        int end = said.IndexOf(Ends, StringComparison.Ordinal);
        Words = string.Join(' ', (end < 0 ? said : said[..end]).Split(['\r', '\n'], StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)
            .Where(line => !line.StartsWith("Changing password for", StringComparison.Ordinal) && !line.EndsWith(':')));
        return said;
    }

    private void Answer(Secret secret)
    {
        byte[] line = GC.AllocateArray<byte>(secret.Length + 1, pinned: true);
        secret.Bytes.CopyTo(line);
        line[^1] = (byte)'\n';
        terminal.Forget();
        terminal.Type(line);
        CryptographicOperations.ZeroMemory(_typed);
        _typed = line;
    }
}
