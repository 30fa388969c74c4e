using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Text.RegularExpressions;

namespace PamTui.Hosting;

/// <summary>How the system's ssh reaches a gateway: where, as whom, and which host keys it must show.</summary>
/// <param name="KnownHosts">A file that holds the gateway's own host keys and nothing else; null: ssh's own files.</param>
/// <param name="IdentityFile">Null: ssh's own choice of keys.</param>
internal sealed partial record GatewayDoor(string Host, int Port, string User, string? KnownHosts, string? IdentityFile)
{
    /// <summary>ADDR:PORT as the settings have it; null when it is none (F4: nothing that ssh could take for an option gets through).</summary>
    public static (string Host, int Port)? ParseAddress(string text)
    {
        int colon = text.LastIndexOf(':');
        string host = colon > 0 ? text[..colon] : "";
        bool bracketed = host is ['[', .. var inside, ']'] && IPAddress.TryParse(inside, out _);
        return int.TryParse(text.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out int port)
            && port is > 0 and <= 65535
            && (bracketed || HostPattern().IsMatch(host))
                ? (host.Trim('[', ']'), port)
                : null;
    }

    /// <summary>The words after "ssh". Nothing passes a shell; names of ours hold no '@', so the login splits one way.</summary>
    public IReadOnlyList<string> Arguments(string? login, params ReadOnlySpan<string> rest)
    {
        List<string> words =
        [
            "-p", Port.ToString(CultureInfo.InvariantCulture),
        ];
        if (KnownHosts is { } known)
        {
            words.AddRange(["-o", "UserKnownHostsFile=" + known, "-o", "GlobalKnownHostsFile=/dev/null", "-o", "StrictHostKeyChecking=yes"]);
        }

        if (IdentityFile is { } file)
        {
            words.AddRange(["-i", file, "-o", "IdentitiesOnly=yes"]);
        }

        words.Add(login is null ? $"{User}@{Host}" : $"{User}@{login}@{Host}");
        words.AddRange(rest);
        return words;
    }

    /// <summary>Runs ssh on this terminal until it ends. Returns its exit code, or null when there is no ssh.</summary>
    /// <param name="login">Of the account, as the gateway splits it.</param>
    /// <param name="command">What the session runs; empty: a shell, or a prompt.</param>
    public async Task<int?> RunAsync(string login, IReadOnlyList<string> command, CancellationToken ct)
    {
        ProcessStartInfo start = new("ssh") { UseShellExecute = false };
        foreach (string word in Arguments(login, command.Count == 0 ? [] : ["--", .. command]))
        {
            start.ArgumentList.Add(word);
        }

        try
        {
            using Process ssh = Process.Start(start) ?? throw new InvalidOperationException("No process was started.");
            await ssh.WaitForExitAsync(ct);
            return ssh.ExitCode;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return null;
        }
    }

    /// <summary>The command as a person pastes it.</summary>
    public string Line(string? login, params ReadOnlySpan<string> rest) => "ssh " + string.Join(' ', Arguments(login, rest).Select(Quoted));

    private static string Quoted(string word) => PlainWord().IsMatch(word) ? word : "'" + word.Replace("'", "'\\''", StringComparison.Ordinal) + "'";

    [GeneratedRegex(@"\A[A-Za-z0-9][A-Za-z0-9.-]{0,252}\z", RegexOptions.CultureInvariant)]
    private static partial Regex HostPattern();

    [GeneratedRegex(@"\A[A-Za-z0-9_@%+=:,./-]+\z", RegexOptions.CultureInvariant)]
    private static partial Regex PlainWord();
}
