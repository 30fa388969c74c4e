using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text.RegularExpressions;
using PamTui.Core.Model;

namespace PamTui.Core.Resources;

/// <summary>What a resource must keep, whoever gives it.</summary>
internal static partial class ResourceRules
{
    public const int MaxHostKeys = 32;

    /// <summary>A target may hold as many keys as it likes; this many are shown to an admin.</summary>
    public const int MaxOfferedKeys = 16;

    /// <summary>The first rule that is broken, or null.</summary>
    public static Refusal? Check(Resource resource)
    {
        if (Names.Check(resource.Name, "resource", "name") is { } badName)
        {
            return badName;
        }

        if (Of("host", resource.Host) is { } badHost)
        {
            return badHost;
        }

        // A leading '-' or a space could become an option or a second word of something downstream (F4).
        if (!Host().IsMatch(resource.Host))
        {
            return Refusal.Invalid($"The host {Text.Quote(resource.Host)} is not a DNS name or an address.", "host");
        }

        if (resource.Port is < 1 or > 65535)
        {
            return Refusal.Invalid($"The port {resource.Port} is not between 1 and 65535.", "port");
        }

        if (Of("description", resource.Description) is { } badDescription)
        {
            return badDescription;
        }

        return resource.Kind == ResourceKind.Linux ? CheckLinux(resource) : CheckDatabase(resource);
    }

    public static Refusal? CheckPin(HostKeyPin pin)
    {
        if (!Fingerprint().IsMatch(pin.Fingerprint))
        {
            return Refusal.Invalid($"{Text.Quote(pin.Fingerprint)} is not a host key: give its fingerprint, SHA256: and 43 characters, as `ssh-keygen -lf` prints it.", "hostKey");
        }

        return pin.KeyType.Length > 64 || pin.TrustSource.Length > 255 || pin.KeyType.Any(char.IsControl)
            ? Refusal.Invalid("The host key's type or source is too long.", "hostKey")
            : null;
    }

    private static Refusal? CheckLinux(Resource resource)
    {
        if (resource.Database is not null || resource.TlsCa is not null)
        {
            return Refusal.Invalid("A linux resource has no database and no TLS CA.", resource.Database is not null ? "database" : "tlsCa");
        }

        return resource.HostKeys.Count > MaxHostKeys || resource.HostAuthorities.Count > MaxHostKeys
            ? Refusal.Invalid($"There are more than {MaxHostKeys} host keys or CAs of them.", "hostKey")
            : resource.HostKeys.Select(CheckPin).FirstOrDefault(refusal => refusal is not null);
    }

    private static Refusal? CheckDatabase(Resource resource)
    {
        if (resource.SourceAddress is not null)
        {
            return Refusal.Invalid("A source address is for the certificates of linux resources.", "sourceAddress");
        }

        if (resource.IsKnown || resource.TrustOnFirstUse)
        {
            return Refusal.Invalid("A database has no SSH host key: its identity is its TLS certificate.", "hostKey");
        }

        if (resource.Kind == ResourceKind.PostgreSql && resource.Database is null)
        {
            return Refusal.Invalid("Database is missing: PostgreSQL signs in to one.", "database");
        }

        if (resource.Database is { } database && Of("database", database) is { } badDatabase)
        {
            return badDatabase;
        }

        if (resource.TlsCa is not { } pem)
        {
            return null;
        }

        if (resource.TlsMode != TlsMode.Verify)
        {
            return Refusal.Invalid("A TLS CA is of use only when the certificate is verified: set the TLS mode to verify.", "tlsCa");
        }

        return Of("tlsCa", pem) ?? (HoldsCertificate(pem) ? null : Refusal.Invalid("The TLS CA is not a PEM certificate.", "tlsCa"));
    }

    private static bool HoldsCertificate(string pem)
    {
        X509Certificate2Collection certificates = [];
        try
        {
            certificates.ImportFromPem(pem);
            return certificates.Count > 0;
        }
        catch (CryptographicException)
        {
            return false;
        }
        finally
        {
            foreach (X509Certificate2 certificate in certificates)
            {
                certificate.Dispose();
            }
        }
    }

    private static Refusal? Of(string field, string value) => FieldCheck.Of(Fields.Of(Fields.Resource, field), value);

    // DNS names, IPv4, IPv6 without brackets (a zone may follow '%').
    [GeneratedRegex(@"\A[A-Za-z0-9_:][A-Za-z0-9_.:-]*(%[A-Za-z0-9._-]+)?\z", RegexOptions.CultureInvariant)]
    private static partial Regex Host();

    [GeneratedRegex(@"\ASHA256:[A-Za-z0-9+/]{43}\z", RegexOptions.CultureInvariant)]
    private static partial Regex Fingerprint();
}
