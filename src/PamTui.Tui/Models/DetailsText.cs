using System.Globalization;
using PamTui.Core.Model;
using PamTui.Core.Users;

namespace PamTui.Tui.Models;

/// <summary>An account or a resource as lines to read. Everything from outside is escaped here.</summary>
internal static class DetailsText
{
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

        lines.Add(StyledLine.Of(sshLines[0], Tone.Dim));
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

    public static IReadOnlyList<StyledLine> Full(Account account, Resource? resource, IReadOnlyList<string> sshLines, DateTimeOffset now)
    {
        List<StyledLine> lines =
        [
            Row("Account", account.Name),
            Row("Resource", account.Resource),
            Row("Address", resource is null ? "…" : Address(resource)),
            Row("Kind", Words.Of(account.Kind)),
            Row("Username", Text.Escape(account.Username)),
            Row("Credential", Words.Of(account.Credential) + " (never shown here)"),
            Row("Alias", account.Alias ?? "-"),
            Row("Privilege", account.Privilege.Length == 0 ? "-" : Text.Escape(account.Privilege)),
            Row("Description", account.Description.Length == 0 ? "-" : Text.Escape(account.Description, 512)),
            new([new Span(TextLabel("Check"), Tone.Dim), .. Check(account, now)]),
        ];
        if (account.LastCheckError is { } error && account.CheckState == CheckState.Failed)
        {
            lines.Add(new StyledLine(new Span(TextLabel("Why"), Tone.Dim), new Span(Text.Escape(error, 512), Tone.Bad)));
        }

        lines.Add(Row("Changed", StatusWords.Ago(account.Updated, now)));
        Section(lines, "METADATA");
        AddPairs(lines, account.Metadata, "none; press m to add some");
        if (resource is { Metadata.Count: > 0 })
        {
            Section(lines, "METADATA OF THE RESOURCE");
            AddPairs(lines, resource.Metadata, "");
        }

        Section(lines, "CONNECT");
        lines.AddRange(sshLines.Select(line => StyledLine.Of("  " + line)));
        return lines;
    }

    public static IReadOnlyList<StyledLine> Full(Resource resource, DateTimeOffset now)
    {
        List<StyledLine> lines =
        [
            Row("Resource", resource.Name),
            Row("Kind", Words.Of(resource.Kind)),
            Row("Address", Address(resource)),
        ];
        if (resource.Kind != ResourceKind.Linux)
        {
            lines.Add(Row("Database", resource.Database is { } database ? Text.Escape(database) : "-"));
            lines.Add(Row("TLS", Words.Of(resource.TlsMode)));
            lines.Add(Row("TLS CA", resource.TlsCa is null ? "the machine's own" : "a CA of its own"));
        }

        lines.Add(Row("Description", resource.Description.Length == 0 ? "-" : Text.Escape(resource.Description, 512)));
        lines.Add(Row("Accounts", resource.AccountCount.ToString(CultureInfo.InvariantCulture)));
        lines.Add(Row("Changed", StatusWords.Ago(resource.Updated, now)));
        if (resource.Kind == ResourceKind.Linux)
        {
            Section(lines, "HOST KEYS");
            if (!resource.IsKnown)
            {
                lines.Add(StyledLine.Of(
                    resource.TrustOnFirstUse ? "  none yet; the first one seen will be trusted" : "  none yet; a check shows the host's key for you to accept",
                    Tone.Warn));
            }

            lines.AddRange(resource.HostKeys.Select(pin => new StyledLine(
                new Span("  " + Text.Escape(pin.KeyType.Length == 0 ? "any type" : pin.KeyType).PadRight(22)),
                new Span(pin.Fingerprint),
                new Span("  " + Text.Escape(pin.TrustSource), Tone.Dim))));
            lines.AddRange(resource.HostAuthorities.Select(pin => new StyledLine(
                new Span("  " + ("CA " + Text.Escape(pin.KeyType)).PadRight(22)), new Span(pin.Fingerprint), new Span("  " + Text.Escape(pin.TrustSource), Tone.Dim))));
            lines.AddRange(resource.OfferedHostKeys.Select(pin => new StyledLine(
                new Span("  " + Text.Escape(pin.KeyType).PadRight(22)), new Span(pin.Fingerprint), new Span("  offered by the target, not trusted", Tone.Warn))));
        }

        Section(lines, "METADATA");
        AddPairs(lines, resource.Metadata, "none; press m to add some");
        return lines;
    }

    /// <summary>What the person may do here, and by which grants.</summary>
    public static IReadOnlyList<StyledLine> Why(GrantExplanation why)
    {
        List<StyledLine> lines = [];
        Section(lines, "WHAT YOU MAY DO");
        lines.Add(StyledLine.Of("  " + Text.Escape(why.Sentence, 512)));
        lines.AddRange(why.Reasons.Select(reason => StyledLine.Of("  " + Text.Escape(reason.Why, 512), reason.Holds ? Tone.Normal : Tone.Dim)));
        return lines;
    }

    /// <summary>What was last done to the credential, and what comes next.</summary>
    public static IReadOnlyList<StyledLine> Rotation(Account account, RotationOutlook outlook, DateTimeOffset now)
    {
        List<StyledLine> lines = [];
        Section(lines, "ROTATION");
        lines.Add(Row("Last", account.Rotation.Last is { } last ? StatusWords.Ago(last, now) : "never"));
        lines.Add(new StyledLine(new Span(TextLabel("Next"), Tone.Dim), StatusWords.Word(outlook)));
        if (outlook.Policy is { } policy)
        {
            lines.Add(Row("Policy", policy.Name));
        }

        if (account.Rotation is { State: { } state and not RotationState.Promoted })
        {
            lines.Add(new StyledLine(new Span(TextLabel("State"), Tone.Dim), new Span(Words.Of(state), Tone.Warn)));
        }

        if (account.Rotation.Error is { } error)
        {
            lines.Add(new StyledLine(new Span(TextLabel("Error"), Tone.Dim), new Span(Text.Escape(error, 512), Tone.Bad)));
        }

        if (outlook.Hook is { State: HookState.Pending or HookState.Failed } hook)
        {
            lines.Add(new StyledLine(new Span(TextLabel("Hook"), Tone.Dim), new Span(Words.Of(hook.State) + (hook.Error is { } why ? ": " + Text.Escape(why, 512) : ""), Tone.Warn)));
        }

        return lines;
    }

    public static IReadOnlyList<StyledLine> History(IReadOnlyList<AuditRow> rows)
    {
        List<StyledLine> lines = [];
        Section(lines, "HISTORY");
        lines.AddRange(rows.Select(row => new StyledLine(
            new Span("  " + row.At.ToString("yyyy-MM-dd HH:mm", CultureInfo.InvariantCulture) + "  ", Tone.Dim),
            new Span(Text.Escape(row.Actor).PadRight(14) + " "),
            new Span(Text.Escape(row.Action).PadRight(20) + " "),
            new Span(Text.Escape(row.Details, 200), Tone.Dim))));
        return lines;
    }

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
            spans.Add(new Span(Shown(value) + "  "));
        }

        return new StyledLine(spans);
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

    private static string Shown(string value) => value.Contains(' ', StringComparison.Ordinal) || value.Length == 0 ? "\"" + Text.Escape(value) + "\"" : Text.Escape(value);

    private static StyledLine Row(string label, string value) => new(new Span(TextLabel(label), Tone.Dim), new Span(value));

    private static string TextLabel(string label) => "  " + label.PadRight(14);

    private static void Section(List<StyledLine> lines, string title)
    {
        lines.Add(StyledLine.Blank);
        lines.Add(StyledLine.Of(title, Tone.Accent));
    }

    private static void AddPairs(List<StyledLine> lines, Metadata metadata, string none)
    {
        if (metadata.Count == 0)
        {
            lines.Add(StyledLine.Of("  " + none, Tone.Dim));
        }

        int width = metadata.Count == 0 ? 0 : Math.Min(24, metadata.Keys.Max(key => key.Length));
        lines.AddRange(metadata.Select(pair => new StyledLine(
            new Span("  " + Text.Escape(pair.Key).PadRight(width) + "  ", Tone.Dim),
            new Span(Text.Escape(pair.Value, Metadata.MaxValueLength)))));
    }
}
