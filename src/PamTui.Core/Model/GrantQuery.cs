namespace PamTui.Core.Model;

/// <summary>Which grants; what is not said does not matter.</summary>
/// <param name="Grantee">Of this user or "group:NAME" itself.</param>
/// <param name="OfUser">Of this user and of his groups.</param>
/// <param name="Account">Those that reach it: on itself, on all of its resource, or by a filter.</param>
/// <param name="Resource">Those that reach it or an account of it.</param>
/// <param name="Filter">The filter language over who, on, can, by; a bare word is searched in all but can.</param>
/// <param name="HoldingOnly">Not those that have ended or have not begun.</param>
public sealed record GrantQuery(string? Grantee = null, string? OfUser = null, AccountRef? Account = null, string? Resource = null, bool HoldingOnly = false, string Filter = "");
