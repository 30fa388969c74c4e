using PamTui.Core.Model;
using PamTui.Tui.Models;
using PamTui.Tui.Terminal;
using PamTui.Tui.Widgets;
using Terminal.Gui.Input;

namespace PamTui.Tui.Screens;

/// <summary>Asks for one change to the metadata of everything that is marked.</summary>
internal sealed class PairSheet : Sheet
{
    private readonly LineEditor _typed = new(Metadata.MaxKeyLength + Metadata.MaxValueLength + 1);
    private readonly LineField _field;
    private readonly TextPane _note = new() { Indent = 2 };
    private PairChange? _change;

    private PairSheet(TuiSession session, string whose)
        : base(session, "Metadata of " + whose, 70, 8)
    {
        TextPane text = new() { Lines = [StyledLine.Of("key=value: each of them gets the pair.  -key: none keeps the key.")], Indent = 2 };
        text.Place(0, 1, InnerColumns, 1);
        _field = new LineField(_typed);
        _field.Place(2, 3, InnerColumns - 4, 1);
        _note.Place(0, 4, InnerColumns, 2);
        Add(text, _field, _note);
        Initialized += (_, _) => _field.SetFocus();
    }

    /// <returns>Null: nothing is to change.</returns>
    public static PairChange? Ask(TuiSession session, string whose)
    {
        using PairSheet sheet = new(session, whose);
        session.App.Run(sheet);
        return sheet._change;
    }

    protected override bool OnCommandKey(Key key)
    {
        if (key == Key.Enter)
        {
            Result<PairChange> change = PairChange.Parse(_typed.Text.Trim());
            if (change.Refusal is { } no)
            {
                _note.Lines = [.. TextCut.Wrap(no.Message, InnerColumns - 4).Select(line => StyledLine.Of(line, Tone.Bad))];
                _note.Changed();
            }
            else
            {
                _change = change.Value;
                Close();
            }
        }

        return true;
    }

    protected override void Dispose(bool disposing)
    {
        _typed.Dispose();
        base.Dispose(disposing);
    }
}
