using System.Security.Cryptography;
using System.Text;
using PamTui.Core.Connectors.Rotation;
using PamTui.Core.Model;

namespace PamTui.Core.Connectors;

/// <summary>Where a server's sshd has its files.</summary>
/// <param name="Config">The configuration that is read first.</param>
/// <param name="Keys">The file of trusted CA keys that is ours alone.</param>
/// <param name="DropIn">A file that the configuration includes, ours alone; it names <paramref name="Keys"/>.</param>
internal sealed record SshdFiles(string Config, string Keys, string DropIn)
{
    public static SshdFiles Usual { get; } = new("/etc/ssh/sshd_config", "/etc/ssh/pamtui_ca.pub", "/etc/ssh/sshd_config.d/10-pamtui.conf");
}

/// <summary>
/// Lets a Linux server trust the gateway's SSH CA, as root or through sudo: the keys' file, a word for it in sshd's configuration, a test of
/// that, a reload. What does not work out leaves both files as they were; a reload that nobody could be told of is said.
/// </summary>
internal sealed class AuthorityInstall(Connectors connectors, SshdFiles files, TimeProvider time)
{
    private const int NoSudo = 72;
    private const int NotWritten = 80;
    private const int OtherFile = 81;
    private const int NotIncluded = 82;
    private const int NotSound = 83;
    private const int NotReloaded = 84;
    private const int CutShort = 85;
    private const int NoTools = 86;

    private static readonly TimeSpan s_limit = TimeSpan.FromSeconds(30);

    // The listener that this very session came from is told; else the one of the configuration's pid file, else systemd's unit.
    // A name is looked at before the arguments, as those of this script hold the word as well.
    private const string Reload =
        "p=$$; while [ \"${p:-0}\" -gt 1 ]; do read -r name < \"/proc/$p/comm\" || break; "
        + "case \"$name\" in sshd*) grep -q -F \"[listener]\" \"/proc/$p/cmdline\" && kill -HUP \"$p\" && exit 0;; esac; "
        + "p=$(sed -n \"s/^PPid:[[:space:]]*//p\" \"/proc/$p/status\"); done 2>/dev/null; "
        + "file=$(sshd -T -C user=root,host=localhost,addr=127.0.0.1 -f \"$config\" 2>/dev/null | sed -n \"s/^pidfile //p\"); "
        + "if [ -s \"$file\" ] && read -r p < \"$file\" && read -r name < \"/proc/$p/comm\"; then case \"$name\" in sshd*) kill -HUP \"$p\" && exit 0;; esac; fi 2>/dev/null; "
        + "if [ -d /run/systemd/system ] && { systemctl reload ssh || systemctl reload sshd; } >/dev/null 2>&1; then exit 0; fi; ";

    // Reads the three names and the SHA-256 of the keys, then the keys, from stdin: a connection that broke in the middle of it is no end.
    // Nobody need hear what it says, or it would stop between two files. `back` undoes it all; sshd -T says what the configuration comes to.
    private static readonly string s_install = RemoteScript.AsRoot(
        "trap \"\" 1 13 15; umask 022; IFS= read -r config && IFS= read -r keys && IFS= read -r dropin && IFS= read -r sum || exit 85; new=\"$keys.new.$$\"; old=\"$keys.old.$$\"; "
        + "command -v sha256sum >/dev/null || exit 86; "
        + "back() { if [ -f \"$old\" ]; then mv -f \"$old\" \"$keys\"; else rm -f \"$keys\"; fi; [ -z \"$added\" ] || rm -f \"$dropin\"; exit \"$1\"; }; "
        + "named() { sshd -T -C user=root,host=localhost,addr=127.0.0.1 -f \"$config\" 2>/dev/null | sed -n \"s/^trustedusercakeys //p\"; }; "
        + "added=; if [ -f \"$keys\" ]; then cp -p \"$keys\" \"$old\" || { rm -f \"$old\"; exit 80; }; fi; "
        + "cat > \"$new\" || { rm -f \"$new\" \"$old\"; exit 80; }; is=$(sha256sum < \"$new\"); [ \"${is%% *}\" = \"$sum\" ] || { rm -f \"$new\" \"$old\"; exit 85; }; "
        + "mv -f \"$new\" \"$keys\" || { rm -f \"$new\" \"$old\"; exit 80; }; "
        + "now=$(named); [ -n \"$now\" ] || { sshd -t -f \"$config\"; back 83; }; "
        + "if [ \"$now\" = \"$keys\" ]; then :; else "
        + "[ \"$now\" = none ] || { echo \"$now\"; back 81; }; "
        + "[ -e \"$dropin\" ] && back 82; [ -d \"$(dirname \"$dropin\")\" ] || back 82; added=1; "
        + "{ echo \"TrustedUserCAKeys $keys\" > \"$dropin.new.$$\" && mv -f \"$dropin.new.$$\" \"$dropin\"; } || { rm -f \"$dropin.new.$$\"; back 80; }; "
        + "sshd -t -f \"$config\" || back 83; [ \"$(named)\" = \"$keys\" ] || back 82; "
        + "fi; rm -f \"$old\"; "
        + Reload + "exit 84");

    /// <summary>Null: the server trusts these keys and no other of ours.</summary>
    public async Task<CheckFailure?> RunAsync(Resource resource, Login by, IReadOnlyList<SshAuthority> keys, IProgress<CheckProgress>? progress, CancellationToken ct)
    {
        using CheckRun run = new(by, progress, time);
        using CancellationTokenSource limit = new(s_limit, time);
        using CancellationTokenSource either = CancellationTokenSource.CreateLinkedTokenSource(ct, limit.Token);
        try
        {
            CheckFailure? failure = await InstallAsync(run, resource, by, keys, either.Token).ConfigureAwait(false);
            run.Done(failure);
            return failure;
        }
        catch (OperationCanceledException) when (!ct.IsCancellationRequested)
        {
            return run.Fail(CheckCause.TimedOut, $"{Reach.Name(resource)} did not answer within {s_limit.TotalSeconds:0} s. What was begun there ends by itself, with {files.Keys} and {files.DropIn} in place or both as they were: try again. If the server went down meanwhile, {files.Keys}.old.* there, if any, is the file as it was.");
        }
    }

    private async Task<CheckFailure?> InstallAsync(CheckRun run, Resource resource, Login by, IReadOnlyList<SshAuthority> keys, CancellationToken ct)
    {
        (SshSession? session, CheckFailure? failure) = await connectors.OpenLinuxAsync(run, resource, by, ct).ConfigureAwait(false);
        if (session is null)
        {
            return failure;
        }

        await using (session.ConfigureAwait(false))
        {
            byte[] lines = Encoding.UTF8.GetBytes(string.Concat(keys.Select(key => key.KeyLine + "\n")));
            string first = $"{files.Config}\n{files.Keys}\n{files.DropIn}\n{Convert.ToHexStringLower(SHA256.HashData(lines))}\n";
            try
            {
                return Failure(run, resource, await session.RunAsync(s_install, [.. Encoding.UTF8.GetBytes(first), .. lines], ct).ConfigureAwait(false));
            }
            catch (Exception e) when (SshSession.IsFault(e))
            {
                ct.ThrowIfCancellationRequested();
                return SshSession.Failure(run, resource, e);
            }
        }
    }

    private CheckFailure? Failure(CheckRun run, Resource resource, SshAnswer answer)
    {
        string target = Reach.Name(resource);
        string said = run.Said(answer.Errors + " " + Encoding.UTF8.GetString(answer.Output));
        return answer.Status switch
        {
            0 => null,
            NoSudo => run.Fail(CheckCause.NotPermitted, $"The rotation account is not root on {target}, and sudo does not let it run sh without a password: let it, or put the lines there by hand (`pamtui resource trust-ca {resource.Name}`)."),
            NotWritten => run.Fail(CheckCause.NotPermitted, $"{files.Keys} cannot be written on {target}: it says {said}."),
            OtherFile => run.Fail(CheckCause.NotPermitted, $"The sshd of {target} trusts the CAs of another file already, and takes one: put the lines of `pamtui resource trust-ca {resource.Name}` into {said}. Nothing was changed."),
            NotIncluded => run.Fail(CheckCause.NotPermitted, $"The sshd of {target} does not include {files.DropIn}, or has another file there: put the lines of `pamtui resource trust-ca {resource.Name}` there by hand and name them in {files.Config}. Nothing was changed."),
            NotSound => run.Fail(CheckCause.NotPermitted, $"The configuration of sshd on {target} is not sound: it says {said}. Everything was put back."),
            NotReloaded => run.Fail(CheckCause.NotPermitted, $"Everything is in place on {target} and its configuration is sound, but no way was found to tell its sshd: reload it there (`systemctl reload ssh`, or SIGHUP to the sshd that listens)."),
            CutShort => run.Fail(CheckCause.ConnectionLost, $"The keys did not arrive whole on {target}, so {files.Keys} was left as it was: try again."),
            NoTools => run.Fail(CheckCause.NotPermitted, $"{target} has no sha256sum, without which {files.Keys} is not replaced safely: install coreutils."),
            _ => run.Fail(CheckCause.NotPermitted, $"The rotation account cannot run a command on {target}: it says {said}."),
        };
    }
}
