using System.CommandLine;
using PamTui.Core.Model;
using PamTui.Core.Resources;

namespace PamTui.Commands;

/// <summary>The options of `resource add` and `resource edit`, read into a draft or a change.</summary>
internal sealed class ResourceOptions(bool isNew)
{
    private readonly Option<string?> _kind = new("--kind") { Description = "linux, postgresql or mysql", HelpName = "KIND", Required = true };
    private readonly Option<string?> _host = new("--host") { Description = "DNS name or address", HelpName = "HOST", Required = isNew };
    private readonly Option<string?> _port = new("--port") { Description = "1-65535; without it 22, 5432 or 3306", HelpName = "PORT" };
    private readonly Option<string?> _database = new("--database") { Description = "postgresql: the database to sign in to; mysql: optional", HelpName = "NAME" };
    private readonly Option<string?> _tlsMode = new("--tls-mode") { Description = "verify (certificate and host name; the default), require (encrypted only) or off", HelpName = "MODE" };
    private readonly Option<string?> _tlsCa = new("--tls-ca") { Description = "PEM file of the CA to trust; - is stdin; without it the machine's own CAs", HelpName = "FILE" };
    private readonly Option<string[]> _hostKey = new("--host-key") { Description = "Fingerprint of a host key as ssh-keygen -lf prints it; may be given again", HelpName = "SHA256:…" };
    private readonly Option<string?> _hostKeyFile = new("--host-key-file") { Description = "A known_hosts file that holds the host's keys; - is stdin", HelpName = "FILE" };
    private readonly Option<string[]> _hostCa = new("--host-ca") { Description = "Public key of a CA whose host certificates stand for a pinned key; may be given again", HelpName = "'TYPE BASE64'" };
    private readonly Option<bool> _firstUse = new("--trust-on-first-use") { Description = "Pin the first host key that is seen, without a question" };
    private readonly Option<string?> _description = new("--description") { Description = "A sentence about it", HelpName = "TEXT" };
    private readonly Option<string?> _rotation = new("--rotation-account") { Description = "The account that rotates the others; empty: none", HelpName = "ACCOUNT" };
    private readonly Option<string?> _source = new("--source-address") { Description = "linux: from where the target sees the gateway's certificates used, when address translation is between; none: from anywhere; '' for the gateway's own address", HelpName = "NETWORK,…|none" };
    private readonly PasswordOptions _passwords = new();
    private readonly MetadataOptions _metadata = new();

    public Verb On(Verb verb)
    {
        Option[] both = [_host, _port, _database, _tlsMode, _tlsCa, _hostKey, _hostKeyFile, _hostCa, _description, _source, _metadata.Set];
        foreach (Option option in isNew ? [_kind, .. both, _firstUse] : (IEnumerable<Option>)[.. both, _firstUse, _metadata.Unset, _rotation, .. _passwords.All])
        {
            verb.Add(option);
        }

        return verb;
    }

    public async Task<Result<ResourceDraft>> DraftAsync(Invocation run, string name, CancellationToken ct)
    {
        if (Words.Parse<ResourceKind>(run.Value(_kind) ?? "", Words.Of) is not { } kind)
        {
            return Refusal.Invalid($"{Text.Quote(run.Value(_kind) ?? "")} is no kind: use linux, postgresql or mysql.", "kind");
        }

        string? wrong = kind == ResourceKind.Linux ? Given(run, _database, _tlsMode, _tlsCa) : Given(run, _hostKey, _hostKeyFile, _hostCa, _firstUse, _source);
        if (wrong is not null)
        {
            return Refusal.Invalid($"A {Words.Of(kind)} resource has no {wrong}.");
        }

        string host = run.Value(_host) ?? "";
        Result<int?> port = Inputs.Number(run.Value(_port), "--port", 1, 65535);
        Result<TlsMode?> tls = ReadTls(run);
        Result<Metadata> metadata = _metadata.New(run);
        if ((port.Refusal ?? tls.Refusal ?? metadata.Refusal) is { } refusal)
        {
            return refusal;
        }

        Result<string?> ca = await ReadCaAsync(run, ct);
        Result<GivenHostKeys> keys = await ReadKeysAsync(run, host, port.Value ?? Fields.DefaultPort(kind), ct);
        if ((ca.Refusal ?? keys.Refusal) is { } refused)
        {
            return refused;
        }

        return new ResourceDraft(
            name, kind, host, port.Value, run.Value(_database), tls.Value ?? TlsMode.Verify, ca.Value, keys.Value.Pins, run.Value(_firstUse), run.Value(_description) ?? "", metadata.Value)
        {
            HostAuthorities = keys.Value.Authorities,
            SourceAddress = run.Value(_source) ?? "",
        };
    }

    public async Task<Result<ResourceChange>> ChangeAsync(Invocation run, Resource before, CancellationToken ct)
    {
        Result<int?> port = Inputs.Number(run.Value(_port), "--port", 1, 65535);
        Result<TlsMode?> tls = ReadTls(run);
        Result<Metadata> metadata = _metadata.Changed(run, before.Metadata);
        Result<PasswordChange?> passwords = _passwords.Read(run);
        if ((port.Refusal ?? tls.Refusal ?? metadata.Refusal ?? passwords.Refusal) is { } refusal)
        {
            return refusal;
        }

        Result<string?> ca = await ReadCaAsync(run, ct);
        if (ca.Refusal is { } refused)
        {
            return refused;
        }

        return new ResourceChange
        {
            Host = run.Value(_host),
            Port = port.Value,
            Database = run.Value(_database),
            TlsMode = tls.Value,
            TlsCa = ca.Value,
            TrustOnFirstUse = run.Value(_firstUse) ? true : null,
            Description = run.Value(_description),
            Metadata = _metadata.IsGiven(run) ? metadata.Value : null,
            RotationAccount = run.Value(_rotation),
            SourceAddress = run.Value(_source),
            Passwords = passwords.Value,
        };
    }

    /// <summary>The keys that an edit adds.</summary>
    public Task<Result<GivenHostKeys>> NewKeysAsync(Invocation run, Resource before, ResourceChange change, CancellationToken ct) =>
        ReadKeysAsync(run, change.Host ?? before.Host, change.Port ?? before.Port, ct);

    private static string? Given(Invocation run, params ReadOnlySpan<Option> options)
    {
        foreach (Option option in options)
        {
            if (run.Has(option))
            {
                return option.Name;
            }
        }

        return null;
    }

    private Result<TlsMode?> ReadTls(Invocation run) => run.Value(_tlsMode) switch
    {
        null => (TlsMode?)null,
        { } word when Words.Parse<TlsMode>(word, Words.Of) is { } mode => mode,
        { } word => Refusal.Invalid($"{Text.Quote(word)} is no TLS mode: use verify, require or off.", "tlsMode"),
    };

    private async Task<Result<string?>> ReadCaAsync(Invocation run, CancellationToken ct)
    {
        if (run.Value(_tlsCa) is not { } file)
        {
            return (string?)null;
        }

        Result<string> text = await run.TextFileAsync(file, "--tls-ca", ct);
        return text.Refusal is { } refusal ? refusal : text.Value;
    }

    private async Task<Result<GivenHostKeys>> ReadKeysAsync(Invocation run, string host, int port, CancellationToken ct)
    {
        DateTimeOffset now = run.Context.Time.GetUtcNow();
        List<HostKeyPin> pins = [.. (run.Value(_hostKey) ?? []).Select(fingerprint => new HostKeyPin("", fingerprint, "option", now))];
        List<HostAuthority> authorities = [.. (run.Value(_hostCa) ?? []).Select(line => new HostAuthority(line, "option"))];
        if (run.Value(_hostKeyFile) is { } file)
        {
            Result<string> text = await run.TextFileAsync(file, "--host-key-file", ct);
            if (text.Refusal is { } unread)
            {
                return unread;
            }

            Result<GivenHostKeys> found = KnownHosts.Find(text.Value, host, port, now);
            if (found.Refusal is { } refusal)
            {
                return refusal;
            }

            pins.AddRange(found.Value.Pins);
            authorities.AddRange(found.Value.Authorities);
        }

        return new GivenHostKeys(pins, authorities);
    }
}
