using System.ComponentModel.DataAnnotations;
using System.Net;
using PamTui.Core.Model;

namespace PamTui.Gateway;

/// <summary>Section "Gateway" of the settings. The executable binds it; <see cref="Check"/> says once, at start, what is wrong by its key.</summary>
public sealed record GatewayOptions
{
    /// <summary>ADDRESS:PORT; an IPv6 address in brackets. Port 0 takes a free one.</summary>
    [Required]
    public string Listen { get; init; } = "127.0.0.1:2222";

    /// <summary>"compatible": every client of the interop list connects; "modern": AEAD ciphers, post-quantum first, no NIST curves.</summary>
    [AllowedValues("compatible", "modern")]
    public string AlgorithmProfile { get; init; } = "compatible";

    /// <summary>Whether users with a password may sign in with it; public keys always may.</summary>
    public bool PasswordSignIn { get; init; } = true;

    /// <summary>"compatible" or "modern", towards targets, which are as old as they are.</summary>
    [AllowedValues("compatible", "modern")]
    public string TargetAlgorithmProfile { get; init; } = "compatible";

    /// <summary>A file of public key lines: CAs whose user certificates sign in the user they name. A relative path is below the data folder. Empty: no certificates.</summary>
    [StringLength(4096)]
    public string TrustedUserCaKeys { get; init; } = "";

    /// <summary>A file of public key lines and fingerprints: keys and CAs that sign nobody in, whoever trusts them. A relative path is below the data folder. Empty: none.</summary>
    [StringLength(4096)]
    public string RevokedKeys { get; init; } = "";

    /// <summary>Computations of Diffie-Hellman groups and sntrup761 at once for clients that have not signed in yet; the others wait for their turn.</summary>
    [Range(1, 64)]
    public int MaxCostlyKeyExchanges { get; init; } = 2;

    /// <summary>Shown by the client before sign-in; empty: nothing.</summary>
    [StringLength(4096)]
    public string Banner { get; init; } = "";

    /// <summary>From the first byte to a finished sign-in.</summary>
    [Range(1, 3600)]
    public int LoginGraceSeconds { get; init; } = 60;

    /// <summary>Sign-in attempts on one connection.</summary>
    [Range(1, 64)]
    public int MaxAuthAttempts { get; init; } = 6;

    /// <summary>Connections that have not signed in yet: from this many on, some are dropped at random; at <see cref="MaxStartups"/> all are.</summary>
    [Range(1, 100_000)]
    public int StartDropping { get; init; } = 100;

    /// <summary>Percent dropped at <see cref="StartDropping"/>; grows to 100 at <see cref="MaxStartups"/>.</summary>
    [Range(1, 100)]
    public int DropPercent { get; init; } = 30;

    /// <summary>Connections that have not signed in yet, at most.</summary>
    [Range(1, 100_000)]
    public int MaxStartups { get; init; } = 300;

    /// <summary>Connections of one source (an IPv4 address, an IPv6 /64) that have not signed in yet.</summary>
    [Range(1, 100_000)]
    public int MaxStartupsPerSource { get; init; } = 20;

    /// <summary>All connections of this gateway.</summary>
    [Range(1, 100_000)]
    public int MaxConnections { get; init; } = 4096;

    /// <summary>A source whose connections keep failing to sign in is turned away for as long as its penalties last; false: never.</summary>
    public bool SourcePenalties { get; init; } = true;

    /// <summary>Networks (CIDR) that take no penalties: those behind which many people stand.</summary>
    public IReadOnlyList<string> PenaltyExempt { get; init; } = ["127.0.0.0/8", "::1/128"];

    /// <summary>Packets of a connection that has not signed in yet; one more ends it.</summary>
    [Range(64, 65_536)]
    public int MaxPacketsBeforeSignIn { get; init; } = 256;

    /// <summary>The same in KiB.</summary>
    [Range(64, 65_536)]
    public int MaxKilobytesBeforeSignIn { get; init; } = 1024;

    /// <summary>KiB of the gateway's own answers that a client or a target may leave untaken; then nothing more of it is read, or the connection ends.</summary>
    [Range(64, 65_536)]
    public int MaxQueuedKilobytes { get; init; } = 1024;

    /// <summary>Channels at once on one connection.</summary>
    [Range(1, 1024)]
    public int MaxChannels { get; init; } = 64;

    /// <summary>Environment variables that reach the target; a final * stands for any rest.</summary>
    public IReadOnlyList<string> AcceptEnvironment { get; init; } = ["LANG", "LC_*", "TERM", "COLORTERM"];

    /// <summary>A client that has said nothing for this long is asked whether it is still there; 0: never.</summary>
    [Range(0, 86_400)]
    public int ClientAliveSeconds { get; init; } = 30;

    /// <summary>After this many unanswered questions, each waited for as long, the connection ends.</summary>
    [Range(1, 100)]
    public int ClientAliveCount { get; init; } = 3;

    /// <summary>A target that has said nothing for this long is asked whether it is still there; 0: never.</summary>
    [Range(0, 86_400)]
    public int TargetAliveSeconds { get; init; } = 30;

    /// <summary>After this many unanswered questions, each waited for as long, the session ends.</summary>
    [Range(1, 100)]
    public int TargetAliveCount { get; init; } = 3;

    /// <summary>From the name look-up to a finished sign-in on the target.</summary>
    [Range(1, 300)]
    public int TargetTimeoutSeconds { get; init; } = 15;

    /// <summary>Fresh keys after this many MiB on a leg.</summary>
    [Range(1, 65_536)]
    public int RekeyMegabytes { get; init; } = 1024;

    /// <summary>Fresh keys after this long on a leg.</summary>
    [Range(1, 1440)]
    public int RekeyMinutes { get; init; } = 60;

    /// <summary>MiB that a client or a target may still send after it was asked for fresh keys and before it answers; more ends the connection. Its channel windows must fit in.</summary>
    [Range(8, 4096)]
    public int MaxMegabytesBeforeNewKeys { get; init; } = 64;

    /// <summary>Of those, MiB that are kept in memory while the other end takes nothing; the windows of the busiest channels must fit in.</summary>
    [Range(4, 1024)]
    public int MaxHeldMegabytes { get; init; } = 16;

    /// <summary>How long SIGTERM waits for open sessions.</summary>
    [Range(0, 86_400)]
    public int DrainSeconds { get; init; } = 30;

    /// <summary>Which gateway a session row belongs to, when several share a vault: unlike the others', and the same after a restart. Empty: the machine's name and the port of <see cref="Listen"/>.</summary>
    [StringLength(64)]
    public string Node { get; init; } = "";

    internal string NodeName => Node.Length > 0 ? Node : Environment.MachineName + Listen[Math.Max(0, Listen.LastIndexOf(':'))..];

    /// <summary>Null when every value is in its range; else a refusal that names the key.</summary>
    public Refusal? Check()
    {
        if (Annotations.Broken(this) is (var key, var why))
        {
            return Invalid(key, why);
        }

        if (ListenEndPoint() is null)
        {
            return Invalid(nameof(Listen), $"{Text.Quote(Listen)} is no ADDRESS:PORT (IPv6 in brackets: [::1]:2222).");
        }

        if (MaxStartups < StartDropping)
        {
            return Invalid(nameof(MaxStartups), $"{MaxStartups} is less than {nameof(StartDropping)}, {StartDropping}.");
        }

        if (PenaltyExempt.FirstOrDefault(cidr => !IPNetwork.TryParse(cidr, out _)) is { } network)
        {
            return Invalid(nameof(PenaltyExempt), $"{Text.Quote(network)} is no network such as 10.0.0.0/8.");
        }

        return AcceptEnvironment.FirstOrDefault(name => name.TrimEnd('*').Length == 0) is { } all
            ? Invalid(nameof(AcceptEnvironment), $"{Text.Quote(all)} would let every variable through (LD_PRELOAD, BASH_ENV): name them.")
            : null;
    }

    internal IPEndPoint? ListenEndPoint() =>
        Listen.LastIndexOf(':') is var colon and > 0
        && int.TryParse(Listen.AsSpan(colon + 1), System.Globalization.NumberStyles.None, System.Globalization.CultureInfo.InvariantCulture, out int port)
        && port <= IPEndPoint.MaxPort
        && IPAddress.TryParse(Listen.AsSpan(0, colon).Trim("[]"), out IPAddress? address)
            ? new IPEndPoint(address, port)
            : null;

    private static Refusal Invalid(string key, string why) => Refusal.Invalid($"Gateway:{key}: {why}", key);
}
