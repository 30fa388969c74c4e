using PamTui.Core.Model;

namespace PamTui.Core.Authorities;

/// <summary>How a sign-in with a certificate by a certain key of the CA went.</summary>
public sealed record TriedAccount(AccountRef Account, CheckReport Report);
