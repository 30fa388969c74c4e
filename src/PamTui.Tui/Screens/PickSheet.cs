using PamTui.Tui.Models;
using PamTui.Tui.Terminal;
using PamTui.Tui.Widgets;
using Terminal.Gui.Input;

namespace PamTui.Tui.Screens;

/// <summary>A list to pick from, narrowed by typing: the palette, the keys of a screen, the menus.</summary>
internal sealed class PickSheet : Sheet
{
    private const int KeyColumns = 16;
    private const int MostColumns = 100;
    private const int LeastRows = 22;

    // Of a high window some of the page stays in sight.
    private const int RowsAround = 8;

    private readonly PickModel _model;
    private readonly LineEditor _query = new(128);
    private readonly LineField _field;
    private readonly RowGrid _grid = new() { CanFocus = false };
    private readonly TextPane _note = new();
    private readonly int _wordColumns;
    private bool _isPickWanted;

    public PickSheet(TuiSession session, string title, PickModel model, string placeholder)
        : base(session, title, MostColumns, Math.Min(Math.Max(LeastRows, session.App.Screen.Height - RowsAround), model.Shown.Count + 6))
    {
        _model = model;
        _field = new LineField(_query) { Placeholder = placeholder };
        _field.Edited += () =>
        {
            _isPickWanted = false;
            model.Type(_query.Text.Trim());
        };
        _field.Place(1, 0, InnerColumns - 2, 1);
        bool keys = model.Shown.Any(choice => choice.Keys.Length > 0);
        _wordColumns = InnerColumns - 3 - (keys ? KeyColumns + 1 : 0);
        _grid.ColumnsShown = keys ? [new GridColumn("", KeyColumns), new GridColumn("", 10, 1)] : [new GridColumn("", 10, 1)];
        _grid.RowAt = index => index < model.Shown.Count ? Row(model.Shown[index], keys) : null;
        _grid.EmptyText = [StyledLine.Of("Nothing fits what is typed.", Tone.Dim)];
        _grid.SelectionMoved += index =>
        {
            model.Select(index);
            Refresh();
        };
        _grid.Chosen += Pick;
        _grid.Place(1, 2, InnerColumns - 2, InnerRows - 3);
        _note.Place(0, InnerRows - 1, InnerColumns, 1);
        Add(_field, _grid, _note);
        model.Changed += Refresh;
        Initialized += (_, _) => _field.SetFocus();
        Refresh();
    }

    /// <summary>What was picked, once the sheet is closed; null: nothing.</summary>
    public Choice? Picked { get; private set; }

    /// <summary>Shows the list and does what is picked, when the list is gone again.</summary>
    public static void Run(TuiSession session, string title, PickModel model, string placeholder)
    {
        using PickSheet sheet = new(session, title, model, placeholder);
        session.App.Run(sheet);
        sheet.Picked?.Run?.Invoke();
    }

    protected override bool OnCommandKey(Key key)
    {
        if (key == Key.Enter)
        {
            Pick();
            return true;
        }

        int page = Math.Max(1, InnerRows - 4);
        int? by = key switch
        {
            _ when key == Key.CursorDown || key == Key.Tab || key == Key.N.WithCtrl => 1,
            _ when key == Key.CursorUp || key == Key.Tab.WithShift || key == Key.P.WithCtrl => -1,
            _ when key == Key.PageDown => page,
            _ when key == Key.PageUp => -page,
            _ => null,
        };
        if (by is { } rows)
        {
            _grid.Go(_model.Selected + rows);
        }

        return true;
    }

    protected override void Dispose(bool disposing)
    {
        _model.Changed -= Refresh;
        _query.Dispose();
        base.Dispose(disposing);
    }

    private static IReadOnlyList<Span> Row(Choice choice, bool keys)
    {
        Span words = new(choice.Words, choice.WhyNot is null ? Tone.Normal : Tone.Dim);
        return keys ? [new Span(choice.Keys, choice.WhyNot is null ? Tone.Accent : Tone.Dim), words] : [words];
    }

    // Only of a list that goes on below.
    private string Position => _model.Shown.Count > InnerRows - 3 ? $"  {_model.Selected + 1} of {_model.Shown.Count}" : "";

    // What the list has no room for.
    private string Rest(string words)
    {
        int seen = Math.Max(0, TextCut.Cut(words, _wordColumns).TrimEnd(' ').Length - 1);
        return TextCut.Cut(words[seen..].TrimStart(), InnerColumns - 3);
    }

    private void Pick()
    {
        // Typed fast: what is meant may not have been found yet.
        _isPickWanted = !_model.IsSettled;
        if (_isPickWanted || _model.Picked is not { } choice)
        {
            return;
        }

        if (choice is { Run: not null, WhyNot: null })
        {
            Picked = choice;
            Close();
        }
    }

    private void Refresh()
    {
        _grid.Count = _model.Shown.Count;
        _grid.Selected = _model.Selected;
        _note.Lines =
        [
            _model.Picked?.WhyNot is { } reason ? StyledLine.Of(TextCut.Cut(reason, InnerColumns - 2), Tone.Warn)
                : _model.Picked?.Words is { } words && TextCut.Width(words) > _wordColumns ? StyledLine.Of(TextCut.Width(words) <= InnerColumns - 2 ? words : "…" + Rest(words), Tone.Dim)
                : StyledLine.Of("Enter does it. Esc closes this." + Position, Tone.Dim),
        ];
        SetNeedsDraw();
        if (_isPickWanted && _model.IsSettled)
        {
            Pick();
        }
    }
}
