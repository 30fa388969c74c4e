namespace PamTui.Core.Model;

/// <summary>What a list of accounts can be sorted by. What has no value (never checked, never used) comes before every time.</summary>
public enum AccountSort
{
    Resource,
    Name,
    Kind,
    Username,

    /// <summary>Failed, unverified, verified.</summary>
    Check,
    LastChecked,

    /// <summary>When a session of it last began, whoever's.</summary>
    LastUsed,

    /// <summary>When its policy wants the credential replaced, windows and jitter apart; what no policy replaces comes after every time.</summary>
    RotationDue,

    /// <summary>The caller's favourites first.</summary>
    Favourite,
}

/// <summary>What a list of resources can be sorted by. What is said of accounts is said of those that the caller sees.</summary>
public enum ResourceSort
{
    Name,
    Kind,
    Host,

    /// <summary>How many.</summary>
    Accounts,

    /// <summary>The worst of its accounts: failed, unverified, verified; without an account before them.</summary>
    Check,

    /// <summary>The account that waits longest.</summary>
    LastChecked,

    /// <summary>The account that was used last.</summary>
    LastUsed,

    /// <summary>The account whose turn it is first.</summary>
    RotationDue,
}

/// <summary>One key of a list's order; what is equal in all of them is in the order of names.</summary>
/// <param name="IsDescending">From the end.</param>
public readonly record struct SortKey<T>(T By, bool IsDescending = false)
    where T : struct, Enum;

/// <summary>An order as it is typed: "last-used,-name".</summary>
public static class SortKeys
{
    /// <param name="text">Words of <paramref name="wordOf"/> with commas between; '-' before one: from the end. Empty: the usual order.</param>
    public static Result<IReadOnlyList<SortKey<T>>> Parse<T>(string text, Func<T, string> wordOf)
        where T : struct, Enum
    {
        List<SortKey<T>> keys = [];
        foreach (string word in text.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            bool isDescending = word.StartsWith('-');
            if (Words.Parse(word[(isDescending ? 1 : 0)..], wordOf) is not { } by)
            {
                return Refusal.Invalid($"Nothing is sorted by {Text.Quote(word)}: use {string.Join(", ", Enum.GetValues<T>().Select(wordOf))}, with '-' in front from the end.", "sort");
            }

            if (keys.Exists(key => key.By.Equals(by)))
            {
                return Refusal.Invalid($"An order names {Text.Quote(wordOf(by))} twice.", "sort");
            }

            keys.Add(new SortKey<T>(by, isDescending));
        }

        return Result.Ok<IReadOnlyList<SortKey<T>>>(keys);
    }
}
