using PamTui.Core.Model;
using PamTui.Tui.Models;
using PamTui.Tui.Terminal;

namespace PamTui.Tui.Screens;

/// <summary>The lists in the details of a resource.</summary>
internal sealed class ResourceParts(TuiSession session, Workplace work, DetailsModel details, string resource)
{
    public IReadOnlyList<DetailsPart> All =>
    [
        Accounts(),
        HostKeys(),
        new MetadataPart(session, work, details),
        Access(),
        Sessions(),
    ];

    private RowsPart<Account> Accounts() => new(
        work,
        "Accounts",
        DetailsColumns.Accounts(work.Time, work.Starred),
        (page, ct) => work.Product.Accounts.ListAsync(work.Actor, "resource=" + resource, page, ct),
        static row => row.Id)
    {
        WhyEmpty = work.Actor.IsAdmin ? "No accounts yet: press a to add the first." : "No accounts here.",
        Chosen = row => work.Places.Go(new Place(PageTable.Account, row.Reference.ToString())),
        Offers = _ =>
        [
            new("Enter", "the account in full", null) { Short = "show" },
            new("a", "add an account", AddAccount) { Short = "add", WhyNot = () => work.AdminOnly },
        ],
    };

    private RowsPart<HostKeyRow> HostKeys() => new(work, "Host keys", DetailsColumns.HostKeys, HostKeysAsync, static row => row.Number)
    {
        WhyEmpty = "None yet: c shows the host's key for you to accept. Nothing secret is sent before.",
        Said = () => details.Resource is { TrustOnFirstUse: true, IsKnown: false } ? [StyledLine.Of("The first key seen will be trusted.", Tone.Warn)] : [],
        InFull = static row => [StyledLine.Of($"{row.Kind} {row.Pin.Fingerprint}"), StyledLine.Of($"{row.Trust}, since {DetailsColumns.At(row.Pin.Added)} UTC", Tone.Dim)],
        Offers = pointed =>
        [
            new("p", "pin the key that the target offers", () => Accept(pointed())) { Short = pointed() is { IsTrusted: false } ? "pin" : "", WhyNot = () => work.AdminOnly ?? WhyNotPin(pointed()) },
            new("Del x", "trust the key no longer", () => Distrust(pointed())) { Short = pointed() is null ? "" : "distrust", WhyNot = () => work.AdminOnly ?? (pointed() is null ? "There is no key." : null) },
        ],
    };

    private RowsPart<Grant> Access() => new(
        work,
        "Grants",
        DetailsColumns.Grants(work.Time),
        (page, ct) => work.Product.Grants.SearchAsync(work.Actor, new GrantQuery(Resource: resource), page, ct),
        static grant => grant.Id)
    {
        WhyEmpty = "No grant reaches it or an account of it: only admins may use them.",
        InFull = DetailsText.Grant,
    };

    private RowsPart<SessionRecord> Sessions() => new(
        work,
        "Sessions",
        DetailsColumns.Sessions(work.Time, withAccount: true),
        (page, ct) => work.Product.Sessions.SearchAsync(work.Actor, new SessionQuery("resource=" + resource), page, ct),
        static row => row.Id)
    {
        WhyEmpty = "There was no session there yet.",
        Chosen = row => ReadSheet.Run(session, $"Session {row.Id}", DetailsText.Session(row, work.Now)),
        Offers = static _ => [new("Enter", "the session in full", null) { Short = "show" }],
    };

    private async Task<Result<Page<HostKeyRow>>> HostKeysAsync(PageRequest page, CancellationToken ct)
    {
        Result<Resource> found = await work.Product.Resources.FindAsync(work.Actor, resource, ct);
        if (found.Refusal is { } no)
        {
            return no;
        }

        IReadOnlyList<HostKeyRow> rows = HostKeyRow.Of(found.Value);
        return new Page<HostKeyRow>([.. rows.Skip(page.Offset).Take(page.Limit)], page.Offset, rows.Count);
    }

    private void AddAccount()
    {
        if (details.Resource is { } shown && Dialogs.AddAccount(session, work, shown) is { } added)
        {
            work.Places.Go(new Place(PageTable.Account, added.ToString()));
        }
    }

    private static string? WhyNotPin(HostKeyRow? row) => row is { IsTrusted: false } ? null : "Only a key that the target offers can be pinned here.";

    private void Accept(HostKeyRow? row)
    {
        string effect = $"{resource}, known by a pinned key, has proven that it holds this one too: {row?.Kind} {row?.Pin.Fingerprint}. From now on it may show it.";
        if (row is not null && ConfirmSheet.Ask(session, "Pin host key", effect, "Pin", null))
        {
            work.Do(ct => work.Product.Resources.AcceptOfferedHostKeyAsync(work.Actor, resource, row.Pin.Fingerprint, ct), $"The key is pinned for {resource}.");
        }
    }

    private void Distrust(HostKeyRow? row)
    {
        string effect = $"{resource} is no longer known by {row?.Kind} {row?.Pin.Fingerprint}. Without any other key nothing is sent to it until somebody accepts one.";
        if (row is not null && ConfirmSheet.Ask(session, "Trust the key no longer", effect, "Distrust", null))
        {
            work.Do(ct => work.Product.Resources.RemoveHostKeyAsync(work.Actor, resource, row.Pin.Fingerprint, ct), $"{resource} is no longer known by that key.");
        }
    }
}
