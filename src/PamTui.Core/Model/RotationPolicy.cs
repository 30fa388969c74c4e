namespace PamTui.Core.Model;

/// <summary>When credentials change by themselves. Of the policies that reach an account the one with the lowest order holds.</summary>
/// <param name="Order">A number no other policy has.</param>
/// <param name="Target">"RESOURCE/ACCOUNT", "RESOURCE/*", or the filter's text.</param>
public sealed record RotationPolicy(long Id, string Name, int Order, GrantScope Scope, string Target, RotationTerms Terms, DateTimeOffset Created, DateTimeOffset Updated);

/// <summary>What a policy asks for.</summary>
/// <param name="Enabled">False: the accounts that the policy reaches are left alone, whatever policies come after it.</param>
/// <param name="Interval">From one rotation to the next; an hour at least.</param>
/// <param name="Window">Null: at any time.</param>
/// <param name="Jitter">How far the accounts that are due at once are spread.</param>
/// <param name="WaitsForSessions">Not while a session of the account is open.</param>
/// <param name="ByItself">Not by the resource's rotation account.</param>
/// <param name="AfterReveal">How long after somebody saw the credential it is replaced, whatever the interval; null: that changes nothing.</param>
/// <param name="Hook">Run after each rotation, with the new credential on its stdin; null: nothing.</param>
public sealed record RotationTerms(bool Enabled, TimeSpan Interval, RotationWindow? Window, TimeSpan Jitter, bool WaitsForSessions, bool ByItself, TimeSpan? AfterReveal, HookCommand? Hook)
{
    public static TimeSpan MinInterval { get; } = TimeSpan.FromHours(1);

    public static TimeSpan MaxInterval { get; } = TimeSpan.FromDays(3660);

    /// <summary>Who says nothing else gets a tenth of the interval, an hour at most.</summary>
    public static TimeSpan DefaultJitter(TimeSpan interval) => interval / 10 < TimeSpan.FromHours(1) ? interval / 10 : TimeSpan.FromHours(1);
}

/// <summary>A policy as it is asked for.</summary>
/// <param name="Order">Null: after all there are.</param>
/// <param name="Target">"RESOURCE/ACCOUNT", "RESOURCE/*", or a filter.</param>
public sealed record PolicyDraft(string Name, int? Order, string Target, RotationTerms Terms);
