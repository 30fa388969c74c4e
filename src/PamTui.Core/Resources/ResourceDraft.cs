using PamTui.Core.Model;

namespace PamTui.Core.Resources;

/// <summary>A resource as it is asked for. What does not fit the kind (a database on linux, host keys on a database) is refused.</summary>
/// <param name="Port">Null: the kind's own.</param>
/// <param name="TlsMode">Of databases; ignored on linux.</param>
/// <param name="TlsCa">PEM.</param>
public sealed record ResourceDraft(
    string Name,
    ResourceKind Kind,
    string Host,
    int? Port,
    string? Database,
    TlsMode TlsMode,
    string? TlsCa,
    IReadOnlyList<HostKeyPin> HostKeys,
    bool TrustOnFirstUse,
    string Description,
    Metadata Metadata)
{
    /// <summary>linux: public key lines of CAs that certify the host's keys.</summary>
    public IReadOnlyList<HostAuthority> HostAuthorities { get; init; } = [];

    /// <summary>linux: "none", or networks with commas between them (<see cref="Model.SourceAddresses"/>); empty: the gateway's own address.</summary>
    public string SourceAddress { get; init; } = "";
}

/// <summary>A CA of host certificates as it is given.</summary>
/// <param name="KeyLine">"type base64 comment".</param>
/// <param name="TrustSource">"option", "known_hosts".</param>
public sealed record HostAuthority(string KeyLine, string TrustSource);

/// <summary>What to change of a resource; null keeps. The name and the kind never change (grants and pins hang on them).</summary>
/// <param name="Database">Empty clears.</param>
/// <param name="TlsCa">Empty clears.</param>
/// <param name="RotationAccount">The name of an account of the resource; empty clears.</param>
public sealed record ResourceChange
{
    public string? Host { get; init; }

    public int? Port { get; init; }

    public string? Database { get; init; }

    public TlsMode? TlsMode { get; init; }

    public string? TlsCa { get; init; }

    public bool? TrustOnFirstUse { get; init; }

    public string? Description { get; init; }

    public Metadata? Metadata { get; init; }

    public string? RotationAccount { get; init; }

    /// <summary>linux: "none", or networks with commas between them (<see cref="Model.SourceAddresses"/>); empty clears.</summary>
    public string? SourceAddress { get; init; }

    /// <summary>What new passwords look like, unless an account says otherwise.</summary>
    public PasswordChange? Passwords { get; init; }
}
