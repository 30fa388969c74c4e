namespace PamTui.Core.Model;

/// <summary>One connection through the gateway. Names are copied so that history outlives what they name.</summary>
/// <param name="EndReason">Null while live; then "closed", "killed by NAME: …", "grant revoked", "gateway stopped", "connection lost", …</param>
/// <param name="BytesIn">Bytes from the user to the target.</param>
/// <param name="BytesOut">Bytes from the target to the user.</param>
public sealed record SessionRecord(
    long Id,
    string User,
    string Account,
    string Resource,
    string Source,
    DateTimeOffset Started,
    DateTimeOffset? Ended,
    string? EndReason,
    long BytesIn,
    long BytesOut)
{
    /// <summary>Of a database, begun by a grant to connect for reading only.</summary>
    public bool ReadOnly { get; init; }

    /// <summary>Raw TCP to this HOST:PORT by a grant on the resource; the session then has no account. Null: a session with an account.</summary>
    public string? ForwardTo { get; init; }

    /// <summary>"web-1/deploy", "web-1 to wiki.corp:443".</summary>
    public string Target => ForwardTo is null ? $"{Resource}/{Account}" : $"{Resource} to {ForwardTo}";
}
