using PamTui.Core.Accounts;
using PamTui.Core.Model;
using PamTui.Tui.Models;
using PamTui.Tui.Terminal;
using PamTui.Tui.Widgets;
using Terminal.Gui.Input;
using Terminal.Gui.ViewBase;

namespace PamTui.Tui.Screens;

/// <summary>
/// Asks why, then shows the credential for half a minute or until a key, or lends it to the clipboard for as long. The audit row is on
/// the disk before anything is seen.
/// </summary>
internal sealed class RevealSheet : Sheet
{
    private const int MaxReason = 256;

    private static readonly TimeSpan s_limit = TimeSpan.FromSeconds(30);

    private readonly Workplace _work;
    private readonly Account _account;
    private readonly LineEditor _reason = new(MaxReason);
    private readonly LineField _field;
    private readonly TextPane _text = new();
    private readonly TextPane _note = new();
    private readonly ActionButton _show = new("Show for 30 s");
    private readonly ActionButton _lend = new("Copy for 30 s");
    private readonly ActionButton _cancel = new("Cancel");
    private readonly ButtonRow _buttons;
    private SecretPane? _secret;
    private SecretPane? _passphrase;
    private bool _asking;

    private RevealSheet(TuiSession session, Workplace work, Account account)
        : base(session, "Reveal the credential of " + account.Reference, 76, 14)
    {
        (_work, _account) = (work, account);
        _text.Lines = [StyledLine.Of("Why do you need it? The reason is kept in the audit.")];
        _text.Place(0, 0, InnerColumns, 1);
        _field = new LineField(_reason);
        _field.Place(1, 2, InnerColumns - 2, 1);
        _note.Place(0, 4, InnerColumns, InnerRows - 6);
        _show.Pressed += () => Reveal(Show);
        _lend.Pressed += () => Reveal(Lend);
        _cancel.Pressed += Close;
        Add(_text, _field, _note);
        _buttons = new ButtonRow(_show, _lend, _cancel);
        _buttons.Place(1, InnerRows - 1);
        _buttons.AddTo(this);
        Initialized += (_, _) => _field.SetFocus();
    }

    public static void Run(TuiSession session, Workplace work, Account account)
    {
        using RevealSheet sheet = new(session, work, account);
        session.App.Run(sheet);
    }

    protected override bool OnCommandKey(Key key)
    {
        if (_secret is { } secret)
        {
            if (!secret.Scroll(key))
            {
                Close();
            }

            return true;
        }

        if (key == Key.Enter && _field.HasFocus)
        {
            Reveal(Show);
        }
        else if (key == Key.Tab || key == Key.CursorDown || key == Key.CursorRight)
        {
            AdvanceFocus(NavigationDirection.Forward, TabBehavior.TabStop);
        }
        else if (key == Key.Tab.WithShift || key == Key.CursorUp || key == Key.CursorLeft)
        {
            AdvanceFocus(NavigationDirection.Backward, TabBehavior.TabStop);
        }

        return true;
    }

    protected override void Dispose(bool disposing)
    {
        _reason.Dispose();
        base.Dispose(disposing);
    }

    private void Reveal(Action<RevealedCredential> use)
    {
        if (_asking)
        {
            return;
        }

        _asking = true;
        string reason = _reason.Text;
        Session.Jobs.Start(async ct =>
        {
            Result<RevealedCredential> revealed = await Session.Jobs.CallAsync(c => _work.Product.Accounts.RevealAsync(_work.Actor, _account.Reference, reason, c), ct);
            _asking = false;
            if (revealed.Refusal is { } no)
            {
                _note.Lines = [.. TextCut.Wrap(no.Message, InnerColumns - 2).Select(line => StyledLine.Of(line, Tone.Bad))];
                _note.Changed();
                _field.SetFocus();
                return;
            }

            using RevealedCredential credential = revealed.Value;
            if (IsRunning)
            {
                use(credential);
            }
        });
    }

    private void Show(RevealedCredential credential)
    {
        _field.Visible = _note.Visible = false;
        _buttons.Show();
        bool phrase = credential.Passphrase is { Length: > 0 };
        _text.Lines = [StyledLine.Of($"{Words.Of(credential.Type)} of {Core.Model.Text.Escape(credential.Username)}. It goes in 30 s, or at any key; arrows scroll.", Tone.Warn)];
        _secret = new SecretPane(credential.Main);
        _secret.Place(1, 2, InnerColumns - 2, InnerRows - (phrase ? 5 : 3));
        Add(_secret);
        if (phrase)
        {
            TextPane label = new() { Lines = [StyledLine.Of("Passphrase:", Tone.Dim)] };
            label.Place(0, InnerRows - 2, InnerColumns, 1);
            _passphrase = new SecretPane(credential.Passphrase!);
            _passphrase.Place(1, InnerRows - 1, InnerColumns - 2, 1);
            Add(label, _passphrase);
        }

        SetFocus();
        SetNeedsDraw();
        Session.Jobs.Later(s_limit, _work.Time, () =>
        {
            if (IsRunning)
            {
                Close();
            }
        });
    }

    private void Lend(RevealedCredential credential)
    {
        if (Session.Clipboard.Lend(credential.Main.Bytes) is not { } lending)
        {
            _work.Tell("The credential is longer than terminals take on their clipboard: show it, or write it to a file with `account reveal --output`.", Tone.Bad);
            return;
        }

        _work.Tell("It is on your terminal's clipboard, if the terminal allows that (OSC 52), and goes in 30 s.", Tone.Warn);
        Session.Jobs.Later(s_limit, _work.Time, () =>
        {
            if (Session.Clipboard.TakeBack(lending))
            {
                _work.Tell("The credential is off your clipboard again.", Tone.Normal);
            }
        });
        Close();
    }
}
