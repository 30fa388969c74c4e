using PamTui.Core.Model;
using PamTui.Tui.Models;
using PamTui.Tui.Terminal;
using PamTui.Tui.Widgets;
using Terminal.Gui.Input;

namespace PamTui.Tui.Screens;

/// <summary>The pairs of one thing, in a dialog.</summary>
internal sealed class MetadataSheet : Sheet
{
    private readonly MetadataEditor _editor;
    private readonly Func<Metadata, CancellationToken, Task<Refusal?>>? _save;
    private readonly TextPane _keys = new();

    /// <param name="save">Saves the pairs at once; null: who opened the sheet saves them with the rest.</param>
    /// <param name="suggestions">Null: nothing is completed.</param>
    public MetadataSheet(TuiSession session, string title, MetadataModel model, Func<Metadata, CancellationToken, Task<Refusal?>>? save, PairSuggestions? suggestions)
        : base(session, title, 76, 20)
    {
        _save = save;
        _editor = new MetadataEditor(suggestions);
        _editor.Place(0, 0, InnerColumns, InnerRows - 1);
        _editor.Edited += ShowKeys;
        _keys.Place(0, InnerRows - 1, InnerColumns, 1);
        Add(_editor, _keys);
        Initialized += (_, _) =>
        {
            _editor.Model = model;
            _editor.SetFocus();
        };
        ShowKeys();
    }

    /// <summary>The pairs were saved.</summary>
    public bool IsSaved { get; private set; }

    protected override bool OnEscape()
    {
        if (_editor.StepBack())
        {
            return true;
        }

        if (_save is null || !_editor.Model.IsTouched || ConfirmSheet.Ask(Session, "Leave without saving?", $"The changed pairs are lost: {_editor.Model.Changes}.", "Leave", null))
        {
            Close();
        }

        return true;
    }

    protected override bool OnCommandKey(Key key)
    {
        switch (key)
        {
            case var _ when key == Key.A || key == Key.InsertChar:
                _editor.Begin();
                break;
            case var _ when key == Key.E:
                _editor.Change();
                break;
            case var _ when key == Key.Delete || key == Key.X:
                _editor.DeleteOrRestore();
                break;
            case var _ when key == Key.U:
                _editor.Undo();
                break;
            case var _ when key == Key.S.WithCtrl || key == Key.S:
                Save();
                break;
        }

        return true;
    }

    private void Save()
    {
        if (_save is not { } save)
        {
            Close();
            return;
        }

        Result<Metadata> metadata = _editor.Model.Result;
        if (metadata.Refusal is { } bad)
        {
            _editor.Show(bad);
            return;
        }

        Session.Jobs.Start(async ct =>
        {
            Refusal? no = await Session.Jobs.CallAsync(c => save(metadata.Value, c), ct);
            IsSaved = no is null;
            if (IsSaved)
            {
                Close();
            }
            else
            {
                _editor.Show(no);
            }
        });
    }

    private void ShowKeys()
    {
        _keys.Lines =
        [
            StyledLine.Of(
                _editor.IsTyping ? "" : "a add   Enter change   Del delete   " + (_save is null ? "Esc done" : "Ctrl+S save   Esc cancel"),
                Tone.Dim),
        ];
        _keys.Changed();
    }
}
