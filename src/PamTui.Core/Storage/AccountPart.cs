namespace PamTui.Core.Storage;

/// <summary>A part of a selection of accounts that shares no account with the other parts.</summary>
/// <param name="From">Rows "a" that have at least an id.</param>
/// <param name="Where">A condition on them.</param>
/// <param name="QuickCount">A whole statement that counts it quicker than by going through it; null: there is none.</param>
internal sealed record AccountPart(string From, string Where, AccountLook Look, string? QuickCount = null)
{
    public string Count => QuickCount ?? $"SELECT count(*) FROM {From} WHERE {Where}";

    public string CountAfter(string id) => $"SELECT count(*) FROM {From} WHERE {Where} AND a.id > {id}";

    public string Ids(string limit) => $"SELECT a.id FROM {From} WHERE {Where}{(Look == AccountLook.InIdOrder ? " ORDER BY a.id" : "")} LIMIT {limit}";
}
