namespace PamTui.Core.Model;

/// <summary>The table of fields: what each kind asks for, in the order a form shows it.</summary>
public static class Fields
{
    private static readonly string[] s_kinds = [.. Enum.GetValues<ResourceKind>().Select(Words.Of)];
    private static readonly string[] s_tlsModes = [.. Enum.GetValues<TlsMode>().Select(Words.Of)];

    public static IReadOnlyList<FieldDescriptor> Resource { get; } =
    [
        new("name", "Name", "a-z, 0-9, '.', '_', '-'", Required: true, MaxLength: Names.MaxLength),
        new("kind", "Kind", "linux, postgresql or mysql", FieldInput.Choice, Required: true, Default: "linux", Choices: s_kinds),
        new("host", "Host", "DNS name or address", Required: true),
        new("port", "Port", "1-65535; empty: the kind's own (22, 5432, 3306)", FieldInput.Number, MaxLength: 5),
        new("database", "Database", "the database to sign in to; mysql: may be empty", MaxLength: 64, ShownWhen: IsDatabase),
        new("tlsMode", "TLS", "verify: certificate and host name; require: encrypted only; off", FieldInput.Choice, Default: "verify", Choices: s_tlsModes, ShownWhen: IsDatabase),
        new("tlsCa", "TLS CA", "PEM of the CA; empty: the machine's own", FieldInput.Lines, MaxLength: 64 * 1024, ShownWhen: v => IsDatabase(v) && v["tlsMode"] is "verify" or ""),
        new("hostKey", "Host key", "SHA256:… as `ssh-keyscan HOST | ssh-keygen -lf -` prints; empty: shown to you at the first check", ShownWhen: v => !IsDatabase(v), MaxLength: 1024),
        new("description", "Description", "", MaxLength: 512),
    ];

    /// <summary>"kind" is the resource's, given by whoever shows the form.</summary>
    public static IReadOnlyList<FieldDescriptor> Account { get; } =
    [
        new("name", "Name", "a-z, 0-9, '.', '_', '-'", Required: true, MaxLength: Names.MaxLength),
        new("username", "Username", "as the target knows it", Required: true),
        new("credential", "Credential", "password, private-key, or certificate: nothing stored, signed by the gateway for each session", FieldInput.Choice, Required: true, Default: "password", Choices: ["password", "private-key", "certificate"], ShownWhen: IsLinux),
        new("password", "Password", "kept as typed, never trimmed", Required: true, Secret: true, MaxLength: 4096, ShownWhen: v => v["credential"] is "password" or "" || !IsLinux(v)),
        new("privateKey", "Private key", "OpenSSH, PEM or PuTTY; paste the file", FieldInput.Lines, Required: true, Secret: true, MaxLength: Model.Secret.MaxBytes, ShownWhen: v => IsLinux(v) && v["credential"] == "private-key"),
        new("passphrase", "Passphrase", "of the private key; empty if it has none", Secret: true, MaxLength: 1024, ShownWhen: v => IsLinux(v) && v["credential"] == "private-key"),
        new("alias", "Alias", "one name in the whole vault: ssh you@ALIAS@gateway", MaxLength: Names.MaxLength),
        new("privilege", "Privilege", "a label: superuser, read/write, read-only", MaxLength: 64),
        new("description", "Description", "", MaxLength: 512),
    ];

    public static FieldDescriptor Of(IReadOnlyList<FieldDescriptor> table, string name) => table.First(field => field.Name == name);

    public static int DefaultPort(ResourceKind kind) => kind switch
    {
        ResourceKind.Linux => 22,
        ResourceKind.PostgreSql => 5432,
        ResourceKind.MySql => 3306,
        _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, null),
    };

    /// <summary>The longest username the kind's protocol has: Linux 255 (ours), PostgreSQL 63, MySQL 32.</summary>
    public static int MaxUsername(ResourceKind kind) => kind switch
    {
        ResourceKind.PostgreSql => 63,
        ResourceKind.MySql => 32,
        _ => 255,
    };

    private static bool IsDatabase(FieldValues values) => values["kind"] is "postgresql" or "mysql";

    private static bool IsLinux(FieldValues values) => !IsDatabase(values);
}
