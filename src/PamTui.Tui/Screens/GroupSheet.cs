using PamTui.Core.Model;
using PamTui.Tui.Models;
using PamTui.Tui.Terminal;

namespace PamTui.Tui.Screens;

/// <summary>Asks by which metadata key a list becomes a tree, of those that are there.</summary>
internal static class GroupSheet
{
    private const int MaxShown = 64;

    /// <param name="current">The key now; empty: none.</param>
    public static void Run(TuiSession session, Workplace work, string current, Action<string> use) => work.Jobs.Start(async ct =>
    {
        Result<IReadOnlyList<string>> keys = await work.Jobs.CallAsync(c => work.Product.Accounts.MetadataKeysAsync(work.Actor, c), ct);
        if (keys.Refusal is { } no)
        {
            work.Tell(no.Message, Tone.Bad);
        }
        else if (keys.Value.Count == 0)
        {
            work.Tell("Nothing here has metadata yet: m on an account or a resource gives it some.", Tone.Normal);
        }
        else
        {
            session.Post(() => Pick(session, work, keys.Value, current, use));
        }
    });

    private static void Pick(TuiSession session, Workplace work, IReadOnlyList<string> keys, string current, Action<string> use) => PickSheet.Run(
        session,
        "Group by",
        new PickModel(
            [
                .. keys.Select(key => new Choice(Core.Model.Text.Escape(key, MaxShown) + (key == current ? "  (now)" : ""), () => use(key))),
                new Choice("no grouping: the plain list", () => use(""), WhyNot: current.Length == 0 ? "The list is plain already." : null),
            ],
            work.Jobs),
        "type a key");
}
