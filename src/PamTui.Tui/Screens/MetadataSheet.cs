using PamTui.Core.Model;
using PamTui.Tui.Models;
using PamTui.Tui.Terminal;
using PamTui.Tui.Widgets;
using Terminal.Gui.Input;
using Terminal.Gui.ViewBase;

namespace PamTui.Tui.Screens;

/// <summary>Key/value pairs: a list, and a line in which one of them is typed. Pasted lines of key=value are all taken at once.</summary>
internal sealed class MetadataSheet : Sheet
{
    private readonly MetadataModel _model;
    private readonly Func<Metadata, CancellationToken, Task<Refusal?>>? _save;
    private readonly RowGrid _grid = new() { ColumnsShown = [new GridColumn("KEY", 16, 1), new GridColumn("VALUE", 20, 3)] };
    private readonly LineEditor _line = new((Metadata.MaxKeyLength + Metadata.MaxValueLength + 2) * Metadata.MaxPairs, multiline: true);
    private readonly LineField _field;
    private readonly TextPane _label = new();
    private readonly TextPane _note = new();
    private readonly TextPane _keys = new();
    private string? _editing;
    private bool _typing;

    /// <param name="save">Saves the pairs at once; null: who opened the sheet saves them with the rest.</param>
    public MetadataSheet(TuiSession session, string title, MetadataModel model, Func<Metadata, CancellationToken, Task<Refusal?>>? save)
        : base(session, title, 72, 20)
    {
        (_model, _save) = (model, save);
        _field = new LineField(_line, lines: true) { Visible = false };
        _grid.RowAt = index => index < model.Count
            ? [new Span(Core.Model.Text.Escape(model[index].Key)), new Span(Core.Model.Text.Escape(model[index].Value, Metadata.MaxValueLength))]
            : null;
        _grid.EmptyText = [StyledLine.Of("No pairs yet: press a to add one, or paste lines of key=value.")];
        _grid.Chosen += () => BeginLine(model[_grid.Selected].Key);
        _grid.TextPasted += text => Note(_model.PutLines(text.Replace("\r\n", "\n", StringComparison.Ordinal).Replace('\r', '\n')), "Taken from the paste.");
        _grid.Place(1, 0, InnerColumns - 1, InnerRows - 5);
        _label.Place(0, InnerRows - 4, 13, 1);
        _field.Place(13, InnerRows - 4, InnerColumns - 14, 1);
        _note.Place(0, InnerRows - 3, InnerColumns, 2);
        _keys.Place(0, InnerRows - 1, InnerColumns, 1);
        Add(_grid, _label, _field, _note, _keys);
        Initialized += (_, _) => _grid.SetFocus();
        Refresh();
    }

    /// <summary>The pairs were saved.</summary>
    public bool IsSaved { get; private set; }

    protected override bool OnEscape()
    {
        if (_typing)
        {
            EndLine();
            return true;
        }

        if (_save is null)
        {
            Close();
        }
        else if (!_model.IsTouched || ConfirmSheet.Ask(Session, "Leave without saving?", "The changed pairs are lost.", "Leave", null))
        {
            Close();
        }

        return true;
    }

    protected override bool OnCommandKey(Key key)
    {
        if (_typing)
        {
            if (key == Key.Enter)
            {
                TakeLine();
            }

            return true;
        }

        switch (key)
        {
            case var _ when key == Key.A || key == Key.InsertChar:
                BeginLine(null);
                return true;
            case var _ when key == Key.E && _model.Count > 0:
                BeginLine(_model[_grid.Selected].Key);
                return true;
            case var _ when (key == Key.Delete || key == Key.X) && _model.Count > 0:
                _model.Delete(_model[_grid.Selected].Key);
                Note(null, "");
                return true;
            case var _ when key == Key.S.WithCtrl || key == Key.S:
                Save();
                return true;
            default:
                return true;
        }
    }

    protected override void Dispose(bool disposing)
    {
        _line.Dispose();
        base.Dispose(disposing);
    }

    private void BeginLine(string? key)
    {
        _editing = key;
        _typing = true;
        _line.Set(key is null ? "" : key + "=" + _model[_model.IndexOf(key)].Value);
        _label.Lines = [StyledLine.Of("key=value", Tone.Dim)];
        _field.Visible = true;
        _field.SetFocus();
        Note(null, "");
    }

    private void TakeLine()
    {
        Refusal? no = _line.LineCount > 1 ? _model.PutLines(_line.Text) : _model.Put(_line.Text, _editing);
        Note(no, "");
        if (no is null)
        {
            EndLine();
        }
    }

    private void EndLine()
    {
        _typing = false;
        _editing = null;
        _line.Clear();
        _label.Lines = [];
        _field.Visible = false;
        _grid.SetFocus();
        Note(null, "");
    }

    private void Save()
    {
        if (_save is not { } save)
        {
            Close();
            return;
        }

        Result<Metadata> metadata = _model.Result;
        if (metadata.Refusal is { } bad)
        {
            Note(bad, "");
            return;
        }

        Session.Jobs.Start(async ct =>
        {
            Refusal? no = await Session.Jobs.CallAsync(c => save(metadata.Value, c), ct);
            if (no is not null)
            {
                Note(no, "");
                return;
            }

            IsSaved = true;
            Close();
        });
    }

    private void Note(Refusal? refusal, string otherwise)
    {
        _note.Lines = refusal is null
            ? [StyledLine.Of(otherwise, Tone.Dim)]
            : [.. TextCut.Wrap(refusal.Message, InnerColumns - 2).Select(line => StyledLine.Of(line, Tone.Bad))];
        Refresh();
    }

    private void Refresh()
    {
        _grid.Count = _model.Count;
        _keys.Lines =
        [
            StyledLine.Of(
                _typing ? "Enter takes it   Esc leaves it" : "a add   Enter change   Del delete   " + (_save is null ? "Esc done" : "Ctrl+S save   Esc cancel"),
                Tone.Dim),
        ];
        SetNeedsDraw();
    }
}
