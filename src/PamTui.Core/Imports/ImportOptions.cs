using PamTui.Core.Accounts;

namespace PamTui.Core.Imports;

/// <summary>What becomes of what is there already and differs.</summary>
public enum OnClash
{
    /// <summary>It stays as it is.</summary>
    Skip,

    /// <summary>Nothing is imported at all.</summary>
    Fail,

    /// <summary>It becomes what the file says.</summary>
    Update,
}

/// <summary>How a file is imported.</summary>
/// <param name="Mode">Whether each account signs in before it is saved.</param>
/// <param name="Lines">Only these, as those of an earlier report that failed; null: all.</param>
public sealed record ImportOptions(CheckMode Mode, OnClash OnClash, IReadOnlySet<int>? Lines = null);

/// <summary>What a line would come to.</summary>
public enum ImportAction
{
    Add,

    /// <summary>It is there as the file says; credentials are not compared.</summary>
    Same,

    /// <summary>It is there and differs.</summary>
    Clash,

    /// <summary>It breaks a rule.</summary>
    Wrong,

    /// <summary>It is of no use here, and that is no error.</summary>
    LeftOut,
}

/// <summary>What an update makes of the credential of an account that is there.</summary>
public enum ImportCredential
{
    /// <summary>Nothing is there, or it has none.</summary>
    None,

    /// <summary>The line has none: the account keeps its own.</summary>
    Kept,

    /// <summary>It becomes the one of the line.</summary>
    Replaced,
}

/// <param name="Subject">"resource web-1", "account web-1/deploy".</param>
/// <param name="Message">Of a clash what differs, of a wrong line why.</param>
/// <param name="Column">Null: the line as a whole.</param>
public sealed record ImportItem(int Line, string Subject, ImportAction Action, string? Message, string? Column, ImportCredential Credential = ImportCredential.None)
{
    /// <summary>An update would change what is there.</summary>
    public bool IsUpdate => Action == ImportAction.Clash || (Action == ImportAction.Same && Credential == ImportCredential.Replaced);
}

/// <summary>What became of a line.</summary>
public enum ImportResult
{
    Added,
    Updated,

    /// <summary>It is there already.</summary>
    Skipped,

    /// <summary>It broke a rule, its sign-in failed, or the import ended before its turn.</summary>
    Failed,
}

/// <param name="Message">Why it failed or was skipped.</param>
public sealed record ImportOutcome(int Line, string Subject, ImportResult Result, string? Message);
