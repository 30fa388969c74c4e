using PamTui.Core.Model;
using PamTui.Tui.Models;
using PamTui.Tui.Terminal;

namespace PamTui.Tui.Screens;

/// <summary>Asks what <see cref="Danger"/> says must be asked, and goes on only with the answer. Who may not do it is told so and asked nothing.</summary>
internal static class Guard
{
    public static void Before(TuiSession session, Workplace work, Act act, Account account, Action go)
    {
        if (work.Actor.IsAdmin && !Danger.DependsOnResource(account.Metadata))
        {
            Ask(session, Danger.Before(act, account, Danger.IsProduction(account.Metadata)), go);
            return;
        }

        work.Jobs.Start(async ct =>
        {
            if (!work.Actor.IsAdmin && await WhyNotAsync(work, act, account.Reference, ct) is { } why)
            {
                work.Tell(why, Tone.Bad);
                return;
            }

            bool isProduction = Danger.DependsOnResource(account.Metadata)
                ? await IsProductionAsync(work, account.Resource, ct)
                : Danger.IsProduction(account.Metadata);
            session.Post(() => Ask(session, Danger.Before(act, account, isProduction), go));
        });
    }

    public static void Before(TuiSession session, Act act, Resource resource, Action go) => Ask(session, Danger.Before(act, resource), go);

    public static void BeforeMany(TuiSession session, Workplace work, Act act, IReadOnlyList<Account> accounts, Action go) => work.Jobs.Start(async ct =>
    {
        int production = accounts.Count(account => Danger.IsProduction(account.Metadata));
        foreach (IGrouping<string, Account> ofOne in accounts.Where(account => Danger.DependsOnResource(account.Metadata)).GroupBy(account => account.Resource))
        {
            production += await IsProductionAsync(work, ofOne.Key, ct) ? ofOne.Count() : 0;
        }

        session.Post(() => Ask(session, Danger.Before(act, accounts.Count, "accounts", production, "their credentials and every grant on them; live sessions with them end"), go));
    });

    public static void BeforeMany(TuiSession session, Act act, IReadOnlyList<Resource> resources, Action go) => Ask(
        session,
        Danger.Before(
            act,
            resources.Count,
            "resources",
            resources.Count(resource => Danger.IsProduction(resource.Metadata)),
            $"their {resources.Sum(resource => resource.AccountCount)} accounts, the credentials and every grant on them; live sessions there end"),
        go);

    public static void BeforeImport(TuiSession session, ImportModel import, Action go) =>
        Ask(session, Danger.BeforeImport(import.Name, import.Additions, import.Updates, import.Checks), go);

    // Posted by who had to look something up first: a dialog inside a job would keep the job open as long as it is.
    private static void Ask(TuiSession session, Question? question, Action go)
    {
        if (question is not { } asked || ConfirmSheet.Ask(session, asked.Title, asked.Effect, asked.Button, asked.Typed))
        {
            go();
        }
    }

    // What a member may do depends on the account: it is not known before he is at it.
    private static async Task<string?> WhyNotAsync(Workplace work, Act act, AccountRef account, CancellationToken ct)
    {
        Result<Capability> may = await work.Jobs.CallAsync(c => work.Product.Accounts.CapabilitiesAsync(work.Actor, account, c), ct);
        (Capability needed, string verb) = act == Act.Reveal ? (Capability.Reveal, "see the credential of") : (Capability.Manage, "change");
        return may.Refusal?.Message ?? (may.Value.HasFlag(needed) ? null : $"No grant of yours lets you {verb} {account}.");
    }

    // A resource that cannot be read may be production.
    private static async Task<bool> IsProductionAsync(Workplace work, string resource, CancellationToken ct)
    {
        Result<Resource> found = await work.Jobs.CallAsync(c => work.Product.Resources.FindAsync(work.Actor, resource, c), ct);
        return found.Refusal is not null || Danger.IsProduction(found.Value.Metadata);
    }
}
