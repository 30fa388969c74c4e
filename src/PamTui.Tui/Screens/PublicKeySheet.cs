using PamTui.Core.Model;
using PamTui.Tui.Models;
using PamTui.Tui.Terminal;
using PamTui.Tui.Widgets;
using Terminal.Gui.Input;

namespace PamTui.Tui.Screens;

/// <summary>The public half of an account's key, to be installed on its target.</summary>
internal sealed class PublicKeySheet : Sheet
{
    private readonly ButtonRow _buttons;

    public PublicKeySheet(TuiSession session, AccountRef account, PublicKey key)
        : base(session, "Public key of " + account, 78, 14)
    {
        TextPane text = new()
        {
            Lines =
            [
                .. TextCut.Wrap("Put this line into the authorized_keys of the user on the target, then check the account:", InnerColumns - 2).Select(line => StyledLine.Of(line)),
                StyledLine.Blank,
                .. TextCut.Wrap(Core.Model.Text.Escape(key.Line, 4096), InnerColumns - 2).Select(line => StyledLine.Of(line, Tone.Strong)),
                StyledLine.Blank,
                StyledLine.Of($"{key.Type}, {key.Bits} bits, {key.Fingerprint}", Tone.Dim),
            ],
        };
        text.Place(0, 0, InnerColumns, InnerRows - 2);
        ActionButton copy = new("Copy the line");
        ActionButton close = new("Close");
        copy.Pressed += () =>
        {
            IsCopied = true;
            Close();
        };
        close.Pressed += Close;
        Add(text);
        _buttons = new ButtonRow(copy, close);
        _buttons.Place(1, InnerRows - 1);
        _buttons.AddTo(this);
        Initialized += (_, _) => copy.SetFocus();
    }

    /// <summary>The line is wanted on the clipboard.</summary>
    public bool IsCopied { get; private set; }

    protected override bool OnCommandKey(Key key) => _buttons.Move(key);
}
