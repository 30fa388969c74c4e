using PamTui.Tui.Models;
using PamTui.Tui.Terminal;

namespace PamTui.Tui.Screens;

/// <summary>Asks by what a list is sorted, and which columns it shows.</summary>
internal static class LookSheet
{
    public static void ChooseSort<T>(TuiSession session, Workplace work, IReadOnlyList<ListColumn<T>> columns, ListLook look, Action<string> sortBy) => PickSheet.Run(
        session,
        "Sort by",
        new PickModel(
            [
                .. columns.Where(column => column.Sort.Length > 0).Select(column => new Choice(
                    column.Name + (column.Sort == look.Sort ? look.IsDescending ? "  (now, from the end)" : "  (now; once more: from the end)" : ""),
                    () => sortBy(column.Sort))),
            ],
            work.Jobs),
        "type a column");

    /// <param name="changed">A column is shown that was not, or the other way round.</param>
    public static void ChooseColumns<T>(TuiSession session, Workplace work, IReadOnlyList<ListColumn<T>> columns, ListLook look, Action changed)
    {
        int at = 0;
        bool again = true;
        while (again)
        {
            again = false;
            IEnumerable<Choice> choices = columns.Where(column => !column.IsFixed).Select((column, number) => new Choice(
                (look.Shows(column) ? "■ " : "□ ") + column.Name,
                () =>
                {
                    look.Toggle(columns, column.Name);
                    (again, at) = (true, number);
                }));
            PickSheet.Run(session, "Columns", new PickModel([.. choices], work.Jobs, selected: at), "type a column; Enter shows or hides it");
            changed();
        }
    }
}
