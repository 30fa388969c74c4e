using System.Globalization;
using PamTui.Core.Model;
using PamTui.Core.Users;

namespace PamTui.Tui.Models;

/// <summary>The form of a grant, and what is typed into it as what the use cases take.</summary>
internal static class GrantForm
{
    /// <summary>Called as the refusals of a grant's target call it.</summary>
    public const string Target = "filter";

    /// <summary>Called as its refusal calls it.</summary>
    private const string ReadOnly = "readOnly";

    /// <summary>Called as its refusal calls it.</summary>
    private const string To = "to";

    private const string Yes = "yes";
    private const string No = "no";

    private static readonly Capability[] s_capabilities = [.. Enum.GetValues<Capability>().Where(one => one != Capability.None)];

    private static readonly FieldDescriptor[] s_fields =
    [
        new("who", "Who", "a user's name, or group:NAME", Required: true, MaxLength: Names.MaxLength + "group:".Length),
        new(Target, "On", "RESOURCE/ACCOUNT, RESOURCE/*, or a filter: env=prod team=payments", Required: true, MaxLength: 1024),
        .. s_capabilities.Select(one => new FieldDescriptor(Words.Of(one), "May " + Words.Of(one), Help(one), FieldInput.Choice, Default: one == Capability.Connect ? Yes : No, Choices: [Yes, No])),
        new(To, "Forward to", "wiki.corp:443 10.0.0.5:80; never a resource of the vault", Required: true, MaxLength: 2048, ShownWhen: static values => values[Words.Of(Capability.Forward)] == Yes),
        new(ReadOnly, "Read-only", "connect for reading only: databases only", FieldInput.Choice, Default: No, Choices: [Yes, No]),
        new("from", "From", "2026-12-31, 2026-12-31T18:00Z, or +8h, +30d; empty: now", MaxLength: 32),
        new("until", "Until", "2026-12-31, 2026-12-31T18:00Z, or +8h, +30d; empty: no end", MaxLength: 32),
    ];

    public static FormModel New(Workplace work, string who, string target) => Filled(
        new Dictionary<string, string> { ["who"] = who, [Target] = target },
        [],
        new Dictionary<string, Completion> { ["who"] = new(work.Jobs, new NameLookup(work).GranteesAsync), [Target] = new(work.Jobs, new NameLookup(work).TargetsAsync, static typed => FilterTerm.Last(typed).Begin) });

    /// <summary>Who it is for and what it reaches never change: another one is another grant.</summary>
    public static FormModel Of(Grant grant)
    {
        Dictionary<string, string> values = new()
        {
            ["who"] = grant.Grantee,
            [Target] = grant.Target,
            ["from"] = grant.From.ToString("yyyy-MM-dd'T'HH:mm'Z'", CultureInfo.InvariantCulture),
            ["until"] = Until(grant),
            [ReadOnly] = grant.ReadOnly ? Yes : No,
            [To] = Typed(grant.ForwardTo),
        };
        foreach (Capability one in s_capabilities)
        {
            values[Words.Of(one)] = grant.Capabilities.HasFlag(one) ? Yes : No;
        }

        return Filled(values, ["who", Target, ReadOnly, "from"], []);
    }

    public static Result<GrantDraft> Draft(FormModel form, DateTimeOffset now)
    {
        Result<DateTimeOffset?> from = Moment(form, "From", now);
        Result<DateTimeOffset?> until = Moment(form, "Until", now);
        Result<IReadOnlyList<HostPort>> places = Places(form);
        return (from.Refusal ?? until.Refusal ?? places.Refusal) is { } bad
            ? bad
            : new GrantDraft(form["who"].Trim(), form[Target].Trim(), Capabilities(form), from.Value, until.Value) { ReadOnly = form[ReadOnly] == Yes, ForwardTo = places.Value };
    }

    /// <summary>What the grant in the form is on, as <see cref="GrantDraft.On"/> says it.</summary>
    public static string On(FormModel form) => new GrantDraft("", form[Target].Trim(), Capabilities(form)).On;

    public static bool OnlyForwards(FormModel form) => Capabilities(form) == Capability.Forward;

    public static Result<GrantChange> Change(FormModel form, Grant grant, DateTimeOffset now)
    {
        Result<IReadOnlyList<HostPort>> places = Places(form);
        if (places.Refusal is { } noPlace)
        {
            return noPlace;
        }

        if (form["until"].Trim() == Until(grant))
        {
            return new GrantChange(Capabilities(form)) { ForwardTo = places.Value };
        }

        Result<DateTimeOffset?> until = Moment(form, "Until", now);
        return until.Refusal is { } bad ? bad : new GrantChange(Capabilities(form), MovesEnd: true, until.Value) { ForwardTo = places.Value };
    }

    private static FormModel Filled(Dictionary<string, string> values, string[] isFixed, Dictionary<string, Completion> completions)
    {
        FormField[] fields = [.. s_fields.Select(field => new FormField(field, isFixed.Contains(field.Name)) { Completion = completions.GetValueOrDefault(field.Name) })];
        foreach (FormField field in fields)
        {
            field.Editor.Set(values.GetValueOrDefault(field.Descriptor.Name, ""));
        }

        return new FormModel(fields);
    }

    private static Capability Capabilities(FormModel form) => s_capabilities.Where(one => form[Words.Of(one)] == Yes).Aggregate(Capability.None, (all, one) => all | one);

    /// <summary>With blanks or commas between; none while the field is not shown.</summary>
    private static Result<IReadOnlyList<HostPort>> Places(FormModel form)
    {
        List<HostPort> places = [];
        foreach (string typed in form[To].Split([' ', ','], StringSplitOptions.RemoveEmptyEntries))
        {
            Result<HostPort> place = HostPort.Parse(typed);
            if (place.Refusal is { } bad)
            {
                return bad;
            }

            places.Add(place.Value);
        }

        return Result.Ok<IReadOnlyList<HostPort>>(places);
    }

    private static string Typed(IReadOnlyList<HostPort> places) => string.Join(' ', places);

    private static Result<DateTimeOffset?> Moment(FormModel form, string label, DateTimeOffset now) =>
        form[label.ToLowerInvariant()].Trim() is { Length: > 0 } typed ? Moments.Future(typed, label, now) : (DateTimeOffset?)null;

    // To the second, so that an end that nobody touches stays the moment it was.
    private static string Until(Grant grant) => grant.Until?.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture) ?? "";

    private static string Help(Capability capability) => capability switch
    {
        Capability.Connect => "sessions with the accounts",
        Capability.Manage => "see, change and check them",
        Capability.Reveal => "read their credentials",
        Capability.Audit => "see their sessions and history",
        _ => "raw TCP to places that are named; no account is reached by it",
    };
}
