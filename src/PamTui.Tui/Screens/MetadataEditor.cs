using PamTui.Core.Model;
using PamTui.Tui.Models;
using PamTui.Tui.Widgets;
using Terminal.Gui.Input;
using Terminal.Gui.ViewBase;

namespace PamTui.Tui.Screens;

/// <summary>
/// Key/value pairs: a list that shows what was, what will be and what goes, and a line in which a pair is typed, completed from what
/// the vault has. Pasted lines of key=value are all taken at once.
/// </summary>
internal sealed class MetadataEditor : View
{
    private readonly PairSuggestions? _suggestions;
    private readonly RowGrid _grid = new() { ColumnsShown = [new GridColumn("", 1), new GridColumn("KEY", 14, 1), new GridColumn("VALUE", 16, 3), new GridColumn("", 12, 2)] };
    private readonly LineEditor _line = new((Metadata.MaxKeyLength + Metadata.MaxValueLength + 2) * Metadata.MaxPairs, multiline: true);
    private readonly LineField _field;
    private readonly TextPane _label = new() { Lines = [StyledLine.Of("key=value", Tone.Dim)], Visible = false };
    private readonly TextPane _fits = new() { Visible = false };
    private readonly TextPane _note = new();
    private MetadataModel _model = new(Metadata.Empty);
    private IReadOnlyList<PairRow> _rows = [];
    private Refusal? _refusal;
    private string? _editing;

    /// <param name="suggestions">Null: nothing is completed.</param>
    public MetadataEditor(PairSuggestions? suggestions)
    {
        _suggestions = suggestions;
        CanFocus = true;
        _field = new LineField(_line, lines: true) { Visible = false };
        _field.Edited += () => suggestions?.Type(_line.Text);
        _grid.RowAt = index => index < _rows.Count ? Cells(_rows[index]) : null;
        _grid.SelectionMoved += _ => Refresh();
        _grid.Chosen += Change;
        _grid.TextPasted += Paste;
        Add(_grid, _fits, _label, _field, _note);
        if (suggestions is not null)
        {
            suggestions.Changed += Refresh;
        }
    }

    /// <summary>Pairs were changed, or a line is typed or no longer.</summary>
    public event Action? Edited;

    public bool IsTyping { get; private set; }

    /// <summary>Nobody here may change them: they are only shown.</summary>
    public bool IsReadOnly { get; set; }

    public string WhyEmpty { get; set; } = "No pairs yet: press a to add one, or paste lines of key=value.";

    public MetadataModel Model
    {
        get => _model;
        set
        {
            _model = value;
            _refusal = null;
            Refresh();
        }
    }

    public PairRow? Pointed => _grid.Selected < _rows.Count ? _rows[_grid.Selected] : null;

    public void Begin() => BeginLine(null);

    public void Change()
    {
        if (!IsReadOnly && Pointed is { Value: not null } row)
        {
            BeginLine(row);
        }
    }

    public void DeleteOrRestore()
    {
        if (Pointed is { } row)
        {
            Took(_model.DeleteOrRestore(row));
        }
    }

    public void Undo()
    {
        _model.Undo();
        Took(null);
    }

    /// <summary>Says what is wrong; null: nothing any more.</summary>
    public void Show(Refusal? refusal)
    {
        _refusal = refusal;
        Refresh();
    }

    /// <summary>Leaves the line that is typed; false: none is.</summary>
    public bool StepBack()
    {
        if (!IsTyping)
        {
            return false;
        }

        EndLine();
        return true;
    }

    public void Arrange(int columns, int rows)
    {
        int fits = IsTyping ? _suggestions?.Shown.Count ?? 0 : 0;
        int line = IsTyping ? 1 : 0;
        int notes = _note.Lines.Count;
        int grid = Math.Max(1, rows - notes - line - fits);
        _grid.Place(1, 0, columns - 1, grid);
        _fits.Place(12, grid, columns - 13, fits);
        _label.Place(0, grid + fits, 12, line);
        _field.Place(12, grid + fits, columns - 13, line);
        _note.Place(0, grid + fits + line, columns, notes);
    }

    // While a line is typed every key is meant for it: none does what it does in the list.
    protected override bool OnKeyDown(Key key)
    {
        if (!IsTyping)
        {
            return false;
        }

        if (key == Key.Enter)
        {
            TakeLine();
        }
        else if (key == Key.Esc || key == Key.C.WithCtrl)
        {
            EndLine();
        }
        else if (key == Key.Tab && _suggestions?.Picked is { } whole)
        {
            _line.Set(whole);
            _suggestions.Type(whole);
            _field.Changed();
        }
        else if (key == Key.CursorDown || key == Key.CursorUp)
        {
            _suggestions?.Move(key == Key.CursorDown ? 1 : -1);
        }
        else if (key == Key.L.WithCtrl)
        {
            return false;
        }

        return true;
    }

    // Right after a dialog was opened the library gives a paste to the editor, and not to the list in it.
    protected override string OnSanitizingPaste(string raw) => raw;

    protected override bool OnPaste(string text)
    {
        Paste(text);
        return true;
    }

    protected override void Dispose(bool disposing)
    {
        if (_suggestions is not null)
        {
            _suggestions.Changed -= Refresh;
        }

        _line.Dispose();
        base.Dispose(disposing);
    }

    private static IReadOnlyList<Span> Cells(PairRow row)
    {
        string value = Core.Model.Text.Escape(row.Value ?? row.Before!, Metadata.MaxValueLength);
        (string mark, Tone tone, string was) = row switch
        {
            { Value: null } => ("-", Tone.Bad, "goes"),
            { Before: null } => ("+", Tone.Good, "new"),
            { IsChanged: true } => ("~", Tone.Warn, "was " + (row.Before!.Length == 0 ? "empty" : Core.Model.Text.Escape(row.Before, Metadata.MaxValueLength))),
            _ => (" ", Tone.Normal, ""),
        };
        return [new Span(mark, tone), new Span(Core.Model.Text.Escape(row.Key), tone), new Span(value, tone), new Span(was, row.IsChanged ? Tone.Dim : tone)];
    }

    private void BeginLine(PairRow? row)
    {
        _editing = row?.Key;
        IsTyping = true;
        _line.Set(row is null ? "" : row.Key + "=" + row.Value);
        _label.Visible = _fits.Visible = _field.Visible = true;
        _field.SetFocus();
        _suggestions?.Type(_line.Text);
        Took(null);
    }

    private void TakeLine()
    {
        Refusal? no = _line.LineCount > 1 ? _model.PutLines(_line.Text) : _model.Put(_line.Text, _editing);
        string key = _line.Text.Split('=')[0].Trim();
        Took(no);
        if (no is null)
        {
            EndLine();
            _grid.Go(Math.Max(0, _rows.ToList().FindIndex(row => row.Key == key)));
        }
    }

    private void EndLine()
    {
        IsTyping = false;
        _editing = null;
        _line.Clear();
        _label.Visible = _fits.Visible = _field.Visible = false;
        _grid.SetFocus();
        Took(null);
    }

    private void Paste(string text)
    {
        if (!IsReadOnly)
        {
            Took(_model.PutLines(text.Replace("\r\n", "\n", StringComparison.Ordinal).Replace('\r', '\n')));
        }
    }

    private void Took(Refusal? refusal)
    {
        Show(refusal);
        Edited?.Invoke();
    }

    private void Refresh()
    {
        _rows = _model.Rows;
        _grid.Count = _rows.Count;
        _grid.EmptyText = [StyledLine.Of(WhyEmpty, Tone.Dim)];
        _fits.Lines = [.. (_suggestions?.Shown ?? []).Select((line, at) => StyledLine.Of(Core.Model.Text.Escape(line, Viewport.Width), at == _suggestions!.Selected ? Tone.Accent : Tone.Dim))];
        _note.Lines = _refusal is { } no ? [.. TextCut.Wrap(no.Message, Math.Max(20, Viewport.Width - 2)).Select(line => StyledLine.Of(line, Tone.Bad))]
            : IsTyping ? [StyledLine.Of("Enter takes it. Tab completes it. Esc leaves it.", Tone.Dim)]
            : _model.IsTouched ? [StyledLine.Of($"{_model.Changes}; not saved yet. u undoes.", Tone.Warn)]
            : Full();
        Arrange(Viewport.Width, Viewport.Height);
        _grid.Changed();
        SetNeedsLayout();
        SetNeedsDraw();
    }

    // A long value is cut in the list.
    private IReadOnlyList<StyledLine> Full() => Pointed is { Value: { Length: > 24 } value }
        ? [.. TextCut.Wrap(Core.Model.Text.Escape(value, Metadata.MaxValueLength), Math.Max(20, Viewport.Width - 2)).Take(4).Select(line => StyledLine.Of(line, Tone.Dim))]
        : [];
}
