using PamTui.Core.Model;
using PamTui.Tui.Models;

namespace PamTui.Tui.Screens;

/// <summary>One way to everything: what can be done here, every screen, every resource and account by its name.</summary>
internal static class PaletteSheet
{
    private const int FoundOfEach = 8;

    public static void Run(Frame frame) => PickSheet.Run(
        frame.Session,
        "Go to, or do",
        new PickModel(
            [.. frame.Actions.Where(action => action.Run is not null).Select(action => Choice.Of(action, frame.Perform))],
            frame.Session.Jobs,
            (query, ct) => FindAsync(frame.Work, query, ct)),
        "a screen, an action, a resource, an account");

    private static async Task<IReadOnlyList<Choice>> FindAsync(Workplace work, string query, CancellationToken ct)
    {
        string filter = string.Join(' ', Fuzzy.WordsOf(query).Select(FilterNames.AsText));
        PageRequest few = new(0, FoundOfEach);
        Result<Page<Resource>> resources = await work.Jobs.CallAsync(c => work.Product.Resources.ListAsync(work.Actor, filter, few, c), ct);
        Result<Page<Account>> accounts = await work.Jobs.CallAsync(c => work.Product.Accounts.ListAsync(work.Actor, filter, few, c), ct);
        return
        [
            .. accounts.IsOk
                ? accounts.Value.Items.Select(account => new Choice($"account {account.Reference}", () => work.Places.Go(new Place(PageTable.Account, account.Reference.ToString()))))
                : [],
            .. resources.IsOk
                ? resources.Value.Items.Select(resource => new Choice($"resource {resource.Name}", () => work.Places.Go(new Place(PageTable.Resource, resource.Name))))
                : [],
        ];
    }
}
