using System.Security.Cryptography;
using System.Text;
using PamTui.Core.Model;

namespace PamTui.Core.Connectors.Rotation;

/// <summary>
/// The authorized_keys file of a user on the target. It is read and replaced as that user, also by a rotation account: to root a folder
/// that another user owns is full of traps. A new file takes the old one's place in one step, and only while that is still as it was read.
/// </summary>
internal sealed class KeysFile(SshSession session, CredentialChange change, PublicKey? old)
{
    public const int NoUser = 70;
    public const int NoSudo = 72;
    public const int NoName = 73;
    public const int Missing = 80;
    public const int NotTheUsers = 81;
    public const int NoFile = 82;
    public const int NotWritable = 83;
    public const int Failed = 84;
    public const int CutShort = 86;
    public const int Changed = 87;
    public const int NoTools = 88;

    private const string None = "none";

    // In no file of keys.
    private const string NoKey = "pamtui-no-key";
    private const string Begin = "pamtui-begins\n";
    private const string End = "\npamtui-ends\n";

    // sshd reads two files if nothing else is configured: the second is meant when it alone holds one of the keys $3 and $4.
    // A file that is a link is the one it leads to, as it is for sshd.
    private const string Find = "f=\"$HOME/.ssh/authorized_keys\"; "
        + "if [ -f \"${f}2\" ]; then grep -q -F -e \"$3\" -e \"$4\" \"$f\" 2>/dev/null || { grep -q -F -e \"$3\" -e \"$4\" \"${f}2\" 2>/dev/null && f=\"${f}2\"; }; fi; if [ -L \"$f\" ]; then f=$(readlink -f \"$f\") || exit 82; fi; d=\"${f%/*}\"; ";

    private const string ReadScript = Find
        + "[ -e \"$f\" ] || exit 80; [ -f \"$f\" ] || exit 82; [ -O \"$f\" ] || exit 81; [ -w \"$d\" ] || exit 83; "
        + "echo pamtui-begins; cat \"$f\" || exit 84; echo; echo pamtui-ends";

    // $1: SHA-256 of the file as it was read, or none; $2: of the new one, which comes on stdin.
    private const string ReplaceScript = Find
        + "command -v sha256sum >/dev/null && command -v mktemp >/dev/null || exit 88; umask 077; "
        + "if [ \"$1\" = none ]; then [ -d \"$d\" ] || mkdir \"$d\" || exit 83; fi; "
        + "t=$(mktemp \"$d/.authorized_keys.XXXXXXXX\") || exit 83; clean() { rm -f \"$t\"; }; trap clean 0; trap \"exit 85\" 1 2 13 15; "
        + "if [ \"$1\" = none ]; then m=600; else m=$(stat -c %a \"$f\") && cp -p \"$f\" \"$t\" && chmod u+w \"$t\" || exit 84; chcon --reference=\"$f\" \"$t\" 2>/dev/null; fi; "
        + "cat > \"$t\" || exit 84; chmod \"$m\" \"$t\" || exit 84; "
        + "s=$(sha256sum < \"$t\") || exit 84; [ \"${s%% *}\" = \"$2\" ] || exit 86; sync \"$t\" 2>/dev/null || sync; "
        + "if [ \"$1\" = none ]; then if [ -e \"$f\" ]; then exit 87; fi; else s=$(sha256sum < \"$f\") || exit 87; [ \"${s%% *}\" = \"$1\" ] || exit 87; fi; "
        + "mv -f \"$t\" \"$f\" || exit 84; trap - 0; sync \"$d\" 2>/dev/null; exit 0";

    // As the user whose name is the first line. sudo takes #0 for the user 0.
    private const string AsUserScript = "IFS= read -r user; id -u -- \"$user\" >/dev/null 2>&1 || exit 70; "
        + "if [ \"$(id -u)\" = 0 ]; then exec su -s /bin/sh -c \"$1\" -- \"$user\" sh \"$2\" \"$3\" \"$4\" \"$5\"; fi; "
        + "case \"$user\" in [#]*) exit 73;; esac; command -v sudo >/dev/null || exit 72; exec sudo -n -H -u \"$user\" -- /bin/sh -c \"$1\" sh \"$2\" \"$3\" \"$4\" \"$5\"";

    /// <summary>The file as it is now; null in the answer's place of the text when there is none to read, and why.</summary>
    /// <param name="added">The new key, which may be in the file already; null: the file that holds the old one is meant.</param>
    public async Task<(byte[]? Text, SshAnswer Answer)> ReadAsync(PublicKey? added, CancellationToken ct)
    {
        SshAnswer answer = await session.RunAsync(Command(ReadScript, "-", "-", added), Input([]), ct).ConfigureAwait(false);
        ReadOnlySpan<byte> output = answer.Output;
        int begin = output.IndexOf(Encoding.ASCII.GetBytes(Begin));
        int end = output.LastIndexOf(Encoding.ASCII.GetBytes(End));
        return answer.Status == 0 && begin >= 0 && end >= begin + Begin.Length ? (output[(begin + Begin.Length)..end].ToArray(), answer) : (null, answer);
    }

    /// <param name="before">As it was read; null: there is none.</param>
    public Task<SshAnswer> ReplaceAsync(byte[]? before, byte[] after, PublicKey? added, CancellationToken ct) =>
        session.RunAsync(Command(ReplaceScript, before is null ? None : Sum(before), Sum(after), added), Input(after), ct);

    private static string Sum(byte[] text) => Convert.ToHexStringLower(SHA256.HashData(text));

    private string Command(string script, string first, string second, PublicKey? added)
    {
        (string oldKey, string newKey) = (old?.Base64 ?? NoKey, added?.Base64 ?? NoKey);
        return change.ByItself
            ? RemoteScript.Of(script, first, second, oldKey, newKey)
            : RemoteScript.Of(AsUserScript, script, first, second, oldKey, newKey);
    }

    private byte[] Input(byte[] text) => change.ByItself ? [.. text] : [.. Encoding.UTF8.GetBytes(change.Username + "\n"), .. text];
}
