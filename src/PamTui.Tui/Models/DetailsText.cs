using System.Globalization;
using PamTui.Core.Model;

namespace PamTui.Tui.Models;

/// <summary>An account or a resource as lines to read. Everything from outside is escaped here.</summary>
internal static class DetailsText
{
    /// <summary>Columns of the labels of fields.</summary>
    public const int LabelColumns = 14;

    /// <summary>The few lines under the list.</summary>
    public static IReadOnlyList<StyledLine> Brief(Account account, Resource? resource, IReadOnlyList<string> sshLines, DateTimeOffset now)
    {
        List<StyledLine> lines =
        [
            new([new Span(account.Reference.ToString(), Tone.Strong), new Span("   "), .. Check(account, now)]),
            new(
                new Span(resource is null ? Text.Escape(account.Username) : $"{Text.Escape(account.Username)} on {Address(resource)}"),
                new Span($"   {Words.Of(account.Kind)}, {Words.Of(account.Credential)}", Tone.Dim),
                new Span(account.Privilege.Length == 0 ? "" : "   " + Text.Escape(account.Privilege))),
        ];
        if (account is { CheckState: CheckState.Failed, LastCheckError: { } error })
        {
            lines.Add(StyledLine.Of(Text.Escape(error), Tone.Bad));
        }

        if (account.Description.Length > 0)
        {
            lines.Add(StyledLine.Of(Text.Escape(account.Description)));
        }

        if (account.Metadata.Count > 0)
        {
            lines.Add(Pairs(account.Metadata));
        }

        if (sshLines.Count > 0)
        {
            lines.Add(StyledLine.Of(sshLines[0], Tone.Dim));
        }

        return lines;
    }

    public static IReadOnlyList<StyledLine> Brief(Resource resource)
    {
        List<StyledLine> lines =
        [
            new(new Span(resource.Name, Tone.Strong), new Span("   " + Accounts(resource.AccountCount), Tone.Dim)),
            new(new Span(Address(resource)), new Span("   " + Words.Of(resource.Kind), Tone.Dim)),
            Identity(resource),
        ];
        if (resource.Description.Length > 0)
        {
            lines.Add(StyledLine.Of(Text.Escape(resource.Description)));
        }

        if (resource.Metadata.Count > 0)
        {
            lines.Add(Pairs(resource.Metadata));
        }

        return lines;
    }

    /// <summary>Every field of an account, and how its credential is.</summary>
    /// <param name="outlook">Null: not known (yet).</param>
    public static IReadOnlyList<StyledLine> Fields(Account account, Resource? resource, RotationOutlook? outlook, DateTimeOffset now)
    {
        List<StyledLine> lines =
        [
            Row("Account", account.Name),
            Row("Resource", account.Resource),
            Row("Address", resource is null ? "…" : Address(resource)),
            Row("Kind", Words.Of(account.Kind)),
            Row("Username", Text.Escape(account.Username)),
            Row("Credential", Words.Of(account.Credential) + (account.Credential == CredentialType.Certificate ? " (made for each session)" : " (R reveals it)")),
            Row("Alias", account.Alias ?? "-"),
            Row("Privilege", Shown(account.Privilege)),
            Row("Description", Shown(account.Description)),
            Row("Changed", StatusWords.Ago(account.Updated, now)),
            Row("Last used", account.LastUsed is { } used ? StatusWords.Ago(used, now) : "never"),
            StyledLine.Blank,
            Labelled("Check", [.. Check(account, now)]),
        ];
        if (account.LastCheckError is { } error && account.CheckState == CheckState.Failed)
        {
            lines.Add(Labelled("Why", new Span(Text.Escape(error, 512), Tone.Bad)));
        }

        lines.Add(Row("Rotated", account.Rotation.Last is { } last ? StatusWords.Ago(last, now) : "never"));
        if (account.Rotation is { State: { } state and not RotationState.Promoted })
        {
            lines.Add(Labelled("Last rotation", DetailsColumns.Came(state)));
        }

        if (account.Rotation.Error is { } failed)
        {
            lines.Add(Labelled("Because", new Span(Text.Escape(failed, 512), Tone.Bad)));
        }

        if (outlook is not null)
        {
            AddOutlook(lines, outlook);
        }

        if (Pairs(account, resource) is { Count: > 0 } pairs)
        {
            lines.Add(StyledLine.Blank);
            lines.AddRange(pairs);
        }

        return lines;
    }

    /// <summary>Every field of a resource.</summary>
    public static IReadOnlyList<StyledLine> Fields(Resource resource, DateTimeOffset now)
    {
        List<StyledLine> lines =
        [
            Row("Resource", resource.Name),
            Row("Kind", Words.Of(resource.Kind)),
            Row("Address", Address(resource)),
        ];
        if (resource.Kind != ResourceKind.Linux)
        {
            lines.Add(Row("Database", Shown(resource.Database ?? "")));
            lines.Add(Row("TLS", Words.Of(resource.TlsMode)));
            lines.Add(Row("TLS CA", resource.TlsCa is null ? "the machine's own" : "a CA of its own"));
        }

        lines.Add(Row("Description", Shown(resource.Description)));
        lines.Add(Row("Rotated by", resource.RotationAccount ?? "each account itself"));
        lines.Add(Row("Changed", StatusWords.Ago(resource.Updated, now)));
        if (resource.Kind == ResourceKind.Linux)
        {
            lines.Add(StyledLine.Blank);
            lines.Add(Labelled("Known by", Identity(resource).Spans[0]));
        }

        if (resource.Metadata.Count > 0)
        {
            lines.Add(StyledLine.Blank);
            lines.Add(Pairs(resource.Metadata));
        }

        return lines;
    }

    /// <summary>One session in full.</summary>
    public static IReadOnlyList<StyledLine> Session(SessionRecord session, DateTimeOffset now) =>
    [
        Row("Session", session.Id.ToString(CultureInfo.InvariantCulture)),
        Row("Who", Text.Escape(session.User)),
        Row(session.ForwardTo is null ? "Account" : "Forward", session.Target),
        Row("From", Text.Escape(session.Source)),
        Row("Started", DetailsColumns.At(session.Started) + " UTC"),
        Row("Ended", session.Ended is { } ended ? DetailsColumns.At(ended) + " UTC" : "● live"),
        Row("Lasted", SessionColumns.Duration((session.Ended ?? now) - session.Started)),
        Row("To the target", SessionColumns.Bytes(session.BytesIn)),
        Row("From it", SessionColumns.Bytes(session.BytesOut)),
        Row("Why it ended", session.Ended is null ? "-" : Text.Escape(session.EndReason ?? "-", 512)),
    ];

    /// <summary>One check in full.</summary>
    public static IReadOnlyList<StyledLine> Check(CheckRecord check)
    {
        List<StyledLine> lines = [StyledLine.Of($"{DetailsColumns.At(check.At)} UTC, by {(check.By == "system" ? "the gateway's daily look" : Text.Escape(check.By))}", Tone.Dim)];
        if (check is { Stage: { } stage, Cause: { } cause })
        {
            lines.Add(StyledLine.Of($"It failed at the stage \"{StatusWords.Of(stage)}\": {DetailsColumns.Cause(cause)}.", Tone.Bad));
        }

        if (check.Message.Length > 0)
        {
            lines.Add(StyledLine.Of(Text.Escape(check.Message, 1024), Tone.Bad));
        }

        return lines;
    }

    /// <summary>One rotation in full.</summary>
    public static IReadOnlyList<StyledLine> Rotation(RotationRecord row)
    {
        List<StyledLine> lines =
        [
            StyledLine.Of(row.By is { } by ? $"Changed by the rotation account {Text.Escape(by)}." : "Changed by the account itself."),
            StyledLine.Of(
                $"Begun {DetailsColumns.At(row.Planned)}{(row.Ended is { } ended ? $", over {DetailsColumns.At(ended)}" : ", not over")} UTC; credential {row.OldVersion} to {row.NewVersion}.",
                Tone.Dim),
        ];
        if (row.Error is { } error)
        {
            lines.Add(StyledLine.Of(Text.Escape(error, 1024), Tone.Bad));
        }

        if (row.Hook is { } hook)
        {
            lines.Add(StyledLine.Of($"Hook: {Words.Of(hook.State)}{(hook.Error is { } why ? ": " + Text.Escape(why, 512) : "")}", hook.State == HookState.Done ? Tone.Dim : Tone.Warn));
        }

        return lines;
    }

    /// <summary>One grant in full.</summary>
    public static IReadOnlyList<StyledLine> Grant(Grant grant) =>
    [
        StyledLine.Of($"{Text.Escape(grant.Grantee)} may {DetailsColumns.Rights(grant)} on {Text.Escape(grant.Target, 1024)}"),
        StyledLine.Of(
            $"Grant {grant.Id}, from {DetailsColumns.At(grant.From)} {(grant.Until is { } until ? "until " + DetailsColumns.At(until) + " UTC" : "UTC without an end")}, by {Text.Escape(grant.CreatedBy)}",
            Tone.Dim),
    ];

    /// <summary>One row of the audit in full.</summary>
    public static IReadOnlyList<StyledLine> Audit(AuditRow row) =>
    [
        StyledLine.Of($"Row {row.Sequence}: {Text.Escape(row.Action)} by {Text.Escape(row.Actor)} from {Text.Escape(row.Source)}, {row.At.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture)} UTC", Tone.Dim),
        StyledLine.Of(Text.Escape(row.Details, 4096)),
    ];

    public static string Address(Resource resource)
    {
        string host = resource.Host.Contains(':', StringComparison.Ordinal) ? "[" + resource.Host + "]" : resource.Host;
        string database = resource.Database is { } name ? "/" + Text.Escape(name) : "";
        return $"{Text.Escape(host)}:{resource.Port}{database}";
    }

    /// <summary>"env=prod team=payments", a value with blanks in quotes.</summary>
    public static StyledLine Pairs(Metadata metadata)
    {
        List<Span> spans = [];
        foreach ((string key, string value) in metadata)
        {
            spans.Add(new Span(Text.Escape(key) + "=", Tone.Dim));
            spans.Add(new Span(Quoted(value) + "  "));
        }

        return new StyledLine(spans);
    }

    // Its own, and those that it has from its resource.
    private static List<StyledLine> Pairs(Account account, Resource? resource)
    {
        Metadata inherited = account.Metadata.InheritedFrom(resource?.Metadata ?? Metadata.Empty);
        return
        [
            .. account.Metadata.Count > 0 ? (StyledLine[])[Pairs(account.Metadata)] : [],
            .. inherited.Count > 0 ? (StyledLine[])[new StyledLine([new Span("of its resource  ", Tone.Dim), .. Pairs(inherited).Spans])] : [],
        ];
    }

    private static IReadOnlyList<Span> Check(Account account, DateTimeOffset now) =>
    [
        StatusWords.Glyph(account.CheckState), new Span(" "), StatusWords.Word(account),
        new Span(account.LastChecked is { } at ? " " + StatusWords.Ago(at, now) : "", Tone.Dim),
    ];

    private static StyledLine Identity(Resource resource) => resource.Kind != ResourceKind.Linux
        ? StyledLine.Of("TLS " + Words.Of(resource.TlsMode), resource.TlsMode == TlsMode.Verify ? Tone.Dim : Tone.Warn)
        : !resource.IsKnown
            ? StyledLine.Of("no host key pinned yet", Tone.Warn)
            : resource.HostKeys.Count == 0 ? StyledLine.Of("host key certified by a CA", Tone.Dim)
            : StyledLine.Of($"{resource.HostKeys.Count} host key{(resource.HostKeys.Count == 1 ? "" : "s")} pinned", Tone.Dim);

    private static string Accounts(int count) => count == 1 ? "1 account" : $"{count} accounts";

    private static string Shown(string text) => text.Length == 0 ? "-" : Text.Escape(text, 512);

    private static string Quoted(string value) => value.Contains(' ', StringComparison.Ordinal) || value.Length == 0 ? "\"" + Text.Escape(value) + "\"" : Text.Escape(value);

    private static StyledLine Row(string label, string value) => Labelled(label, new Span(value));

    private static StyledLine Labelled(string label, params IReadOnlyList<Span> values) => new([new Span(label.PadRight(LabelColumns), Tone.Dim), .. values]);

    private static void AddOutlook(List<StyledLine> lines, RotationOutlook outlook)
    {
        lines.Add(Labelled("Next", StatusWords.Word(outlook)));
        if (outlook.Policy is { } policy)
        {
            lines.Add(Row("Policy", policy.Name));
        }

        if (outlook.Hook is { State: HookState.Pending or HookState.Failed } hook)
        {
            lines.Add(Labelled("Hook", new Span(Words.Of(hook.State) + (hook.Error is { } why ? ": " + Text.Escape(why, 512) : ""), Tone.Warn)));
        }
    }
}
