using PamTui.Ssh.Wire;

namespace PamTui.Ssh.Keys;

/// <summary>Critical options of a certificate (PROTOCOL.certkeys): whoever does not know one of them must refuse the certificate.</summary>
/// <param name="ForceCommand">The one command that may be run, whatever is asked for.</param>
/// <param name="SourceAddress">Comma-separated CIDR blocks the client must come from, as written: an empty text lets nobody in.</param>
/// <param name="VerifyRequired">Each signature must say that the authenticator has verified its user.</param>
/// <param name="Unknown">Names of all others, escaped.</param>
public sealed record CertificateOptions(string? ForceCommand, string? SourceAddress, bool VerifyRequired, IReadOnlyList<string> Unknown)
{
    private const int MaxCount = 32;
    private const int MaxName = 64;
    private const int MaxData = 4096;

    internal static CertificateOptions Read(ReadOnlySpan<byte> tuples)
    {
        string? forceCommand = null;
        string? sourceAddress = null;
        bool verifyRequired = false;
        List<string> unknown = [];
        ForEach(tuples, (name, data) =>
        {
            SshReader r = new(data);
            switch (name)
            {
                case "force-command":
                    forceCommand = r.Utf8(MaxData);
                    break;
                case "source-address":
                    sourceAddress = r.Utf8(MaxData);
                    break;
                case "verify-required":
                    verifyRequired = true;
                    break;
                default:
                    unknown.Add(name);
                    return;
            }

            r.End();
        });
        return forceCommand is { } command && (command.Length == 0 || command.Contains('\0', StringComparison.Ordinal))
            ? throw new SshProtocolException("A certificate forces a command that is none.")
            : new(forceCommand, sourceAddress, verifyRequired, unknown);
    }

    /// <summary>Extensions allow and never restrict, so unknown ones are passed over; of the known ones none has data.</summary>
    internal static IReadOnlyList<string> ReadExtensions(ReadOnlySpan<byte> tuples)
    {
        List<string> names = [];
        ForEach(tuples, (name, _) => names.Add(name));
        return names;
    }

    /// <summary>string name, string data, again and again, in the order of the names and each name once.</summary>
    private static void ForEach(ReadOnlySpan<byte> tuples, OptionTaker take)
    {
        SshReader r = new(tuples);
        string before = "";
        for (int count = 0; r.Remaining > 0; count++)
        {
            string name = r.AsciiName(MaxName);
            if (count == MaxCount || string.CompareOrdinal(before, name) >= 0)
            {
                throw new SshProtocolException("The options of a certificate are too many, twice there or out of order.");
            }

            take(name, r.String(MaxData + sizeof(uint)));
            before = name;
        }
    }

    private delegate void OptionTaker(string name, ReadOnlySpan<byte> data);
}
