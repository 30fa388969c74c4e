namespace PamTui.Core.Model;

/// <summary>Why a use case said no. The command line's exit codes follow it: 1, 2, 3, 4.</summary>
public enum RefusalKind
{
    /// <summary>Understood and allowed, but it did not work (a check failed, a name is taken).</summary>
    Failed = 1,

    /// <summary>What was asked breaks a rule (a bad name, a port out of range).</summary>
    Invalid = 2,

    NotFound = 3,

    NotAllowed = 4,
}

/// <summary>One sentence for a person: what failed, where, what to do. Never holds a secret.</summary>
/// <param name="Field">The field descriptor's name the sentence is about, for a form to show it beside the field.</param>
public sealed record Refusal(RefusalKind Kind, string Message, string? Field = null)
{
    public static Refusal Failed(string message, string? field = null) => new(RefusalKind.Failed, message, field);

    public static Refusal Invalid(string message, string? field = null) => new(RefusalKind.Invalid, message, field);

    public static Refusal NotFound(string message) => new(RefusalKind.NotFound, message);

    public static Refusal NotAllowed(string message) => new(RefusalKind.NotAllowed, message);
}
