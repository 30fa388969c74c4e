using PamTui.Core.Model;

namespace PamTui.Core.Authorities;

/// <summary>Which key is tried, and where.</summary>
internal sealed record TrialPlan(SshAuthority Key, IReadOnlyList<(Resource Resource, Account Account)> Accounts);
