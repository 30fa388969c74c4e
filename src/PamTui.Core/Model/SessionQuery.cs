namespace PamTui.Core.Model;

/// <summary>Which sessions.</summary>
/// <param name="Filter">The filter language over user, account, resource, forward, source, endReason; a bare word is searched in all of them.</param>
/// <param name="LiveOnly">Only those that are open now.</param>
/// <param name="Since">Began then or later.</param>
/// <param name="Until">Began before.</param>
public sealed record SessionQuery(string Filter = "", bool LiveOnly = false, DateTimeOffset? Since = null, DateTimeOffset? Until = null);
