using PamTui.Core.Model;
using PamTui.Tui.Models;
using PamTui.Tui.Terminal;

namespace PamTui.Tui.Screens;

/// <summary>The filters that a person keeps under names: one is used, the one of the list saved, any renamed or deleted.</summary>
internal static class FilterSheet
{
    private const int MaxName = 63;
    private const int MaxShown = 120;

    /// <param name="current">The filter of the list.</param>
    /// <param name="use">Gives the list another one.</param>
    public static void Run(TuiSession session, Workplace work, string current, Action<string> use) => work.Jobs.Start(async ct =>
    {
        Result<IReadOnlyList<SavedFilter>> all = await work.Jobs.CallAsync(c => work.Product.SavedFilters.ListAsync(work.Actor, c), ct);
        if (all.Refusal is { } no)
        {
            work.Tell(no.Message, Tone.Bad);
            return;
        }

        session.Post(() => Pick(session, work, all.Value, current, use));
    });

    private static void Pick(TuiSession session, Workplace work, IReadOnlyList<SavedFilter> all, string current, Action<string> use)
    {
        Choice save = new(
            current.Length == 0 ? "save the filter of this list under a name" : $"save {Shown(current)} under a name",
            () => Save(session, work, current, use),
            WhyNot: current.Length == 0 ? "The list has no filter to save: / types one." : null);
        PickSheet.Run(
            session,
            "Filters under names",
            new PickModel(
                [
                    .. all.Select(saved => new Choice($"{SavedFilter.Mark}{saved.Name}  {Shown(saved.Filter)}", () => use(SavedFilter.Mark + saved.Name))),
                    save,
                    .. all.Select(saved => new Choice($"rename {SavedFilter.Mark}{saved.Name}", () => Rename(session, work, saved.Name))),
                    .. all.Select(saved => new Choice($"delete {SavedFilter.Mark}{saved.Name}", () => Delete(session, work, saved))),
                ],
                work.Jobs),
            "type a name");
    }

    private static string Shown(string filter) => Core.Model.Text.Escape(filter, MaxShown);

    private static void Save(TuiSession session, Workplace work, string filter, Action<string> use)
    {
        string kept = "";
        if (AskSheet.Do(
            session,
            "Save the filter",
            $"{Shown(filter)} is kept under this name, for you alone; a name that is there already gets this filter:",
            "Save",
            MaxName,
            async (name, ct) =>
            {
                kept = name;

                // What "@prod team=x" means now: a filter that stands on another one would change with it, and go with it.
                Result<string> meant = await FilterNames.ExpandAsync(work, filter, ct);
                return meant.Refusal ?? (await work.Product.SavedFilters.SaveAsync(work.Actor, name, meant.Value, ct)).Refusal;
            }))
        {
            work.Tell($"Saved: {SavedFilter.Mark}{kept} in a filter stands for it.", Tone.Good);
            use(SavedFilter.Mark + kept);
        }
    }

    private static void Rename(TuiSession session, Workplace work, string name)
    {
        string renamed = "";
        if (AskSheet.Do(
            session,
            "Rename a filter",
            $"{SavedFilter.Mark}{name} is called from now on:",
            "Rename",
            MaxName,
            async (newName, ct) => (await work.Product.SavedFilters.RenameAsync(work.Actor, name, renamed = newName, ct)).Refusal))
        {
            work.Tell($"{SavedFilter.Mark}{name} is {SavedFilter.Mark}{renamed} now.", Tone.Good);
            work.NoteChange();
        }
    }

    private static void Delete(TuiSession session, Workplace work, SavedFilter saved)
    {
        if (ConfirmSheet.Ask(session, "Delete a filter", $"The name {SavedFilter.Mark}{saved.Name} goes, with {Shown(saved.Filter)}; what it finds stays.", "Delete", null))
        {
            work.Do(ct => work.Product.SavedFilters.RemoveAsync(work.Actor, saved.Name, ct), $"{SavedFilter.Mark}{saved.Name} is deleted.");
        }
    }
}
