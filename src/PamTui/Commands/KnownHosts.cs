using PamTui.Core.Model;
using PamTui.Core.Resources;

namespace PamTui.Commands;

/// <summary>The keys of one host in a known_hosts file.</summary>
internal static class KnownHosts
{
    public const int MaxBytes = 1024 * 1024;

    public static Result<GivenHostKeys> Find(string content, string host, int port, DateTimeOffset now)
    {
        List<HostKeyPin> pins = [];
        HashSet<string> revoked = new(StringComparer.Ordinal);
        List<(HostAuthority Authority, string Fingerprint)> authorities = [];
        string wanted = KnownHostsLine.NameOf(host, port);
        int number = 0;
        foreach (string text in content.Split('\n'))
        {
            number++;
            Result<KnownHostsLine?> read = KnownHostsLine.Read(text, number);
            if (read.Refusal is { } bad)
            {
                return bad;
            }

            if (read.Value is not { } line || !line.Covers(wanted))
            {
                continue;
            }

            if (line.Fingerprint() is not { } fingerprint)
            {
                return Refusal.Invalid($"Line {number} of the known_hosts file holds no sound public key.", "hostKey");
            }

            switch (line.Marker)
            {
                case "":
                    pins.Add(new HostKeyPin(line.KeyType, fingerprint, KnownHostsLine.Source, now));
                    break;
                case KnownHostsLine.Revoked:
                    revoked.Add(fingerprint);
                    break;
                case KnownHostsLine.Authority:
                    authorities.Add((new HostAuthority(line.KeyLine, KnownHostsLine.Source), fingerprint));
                    break;
                default:
                    return Refusal.Invalid($"Line {number} of the known_hosts file has the unknown marker {Text.Quote(line.Marker)}.", "hostKey");
            }
        }

        // A revoked key stays revoked, whatever another line says (ssh does the same).
        IReadOnlyList<HostKeyPin> kept = [.. pins.Where(pin => !revoked.Contains(pin.Fingerprint)).DistinctBy(pin => pin.Fingerprint)];
        IReadOnlyList<HostAuthority> trusted = [.. authorities.Where(pair => !revoked.Contains(pair.Fingerprint)).Select(pair => pair.Authority)];
        return kept.Count > 0 || trusted.Count > 0
            ? new GivenHostKeys(kept, trusted)
            : Refusal.Failed(
                $"The known_hosts file has {(revoked.Count > 0 ? "only revoked keys" : "no key")} for {Text.Quote(wanted)}: give --host-key SHA256:… instead.", "hostKey");
    }
}
