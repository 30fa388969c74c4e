using PamTui.Core.Model;
using PamTui.Core.Personal;
using PamTui.Tui.Models;
using PamTui.Tui.Terminal;
using PamTui.Tui.Widgets;
using Terminal.Gui.Input;
using Terminal.Gui.ViewBase;

namespace PamTui.Tui.Screens;

/// <summary>The dialog that adds or edits: fields, metadata, the check as it happens, and its outcome.</summary>
internal sealed class FormSheet : Sheet
{
    private readonly SaveDialog _dialog;
    private readonly MetadataModel? _metadata;
    private readonly PairSuggestions? _suggestions;
    private readonly DraftKeeper? _keeper;
    private readonly TextPane _intro = new();
    private readonly IReadOnlyList<FormRow> _rows;
    private readonly TextPane _metadataLabel = new() { Lines = [StyledLine.Of("Metadata", Tone.Dim)] };
    private readonly ActionButton _metadataButton = new("");
    private readonly TextPane _help = new();
    private readonly TextPane _outcome = new();
    private readonly ActionButton _save;
    private readonly ActionButton _saveUnchecked = new("Save without check");
    private readonly ActionButton _cancel = new("Cancel");
    private readonly ActionButton _accept = new("Accept this key and go on");
    private readonly ActionButton _stop = new("Stop");
    private readonly ButtonRow _buttons;
    private SaveStage _stage = SaveStage.Editing;
    private int _belowFields;

    /// <param name="metadata">Edited with the rest; null: there is none to edit.</param>
    /// <param name="intro">Said above the fields.</param>
    /// <param name="suggestions">Of the metadata.</param>
    /// <param name="save">What saving is called, when there is no check to be named.</param>
    /// <param name="keeper">Keeps what is typed, should the connection go; null: nothing does.</param>
    public FormSheet(TuiSession session, string title, SaveDialog dialog, MetadataModel? metadata, string intro = "", PairSuggestions? suggestions = null, DraftKeeper? keeper = null, string save = "Save")
        : base(session, title, 78, dialog.SignsIn ? 23 : 19, keepsRows: true)
    {
        (_dialog, _metadata, _suggestions, _keeper) = (dialog, metadata, suggestions, keeper);
        _intro.Lines = intro.Length == 0 ? [] : [.. TextCut.Wrap(intro, InnerColumns - 2).Select(line => StyledLine.Of(line)), StyledLine.Blank];
        _intro.Place(0, 0, InnerColumns, _intro.Lines.Count);
        Add(_intro);
        _save = new ActionButton(dialog.SignsIn ? "Check and save" : save);
        _rows = [.. dialog.Form.Fields.Select(field => new FormRow(field, () => OnEdited(field)))];
        foreach (FormRow row in _rows)
        {
            Add([.. row.Views]);
            row.Input.HasFocusChanged += (_, focus) => OnFocus(row.Field, focus.NewValue);
            if (row.Field.Completion is { } completion)
            {
                completion.Changed += ShowHelp;
            }
        }

        Add(_metadataLabel, _metadataButton, _help, _outcome);
        _buttons = new ButtonRow(_save, _saveUnchecked, _accept, _stop, _cancel);
        _buttons.AddTo(this);
        _metadataButton.HasFocusChanged += (_, _) => ShowHelp();
        _metadataButton.Pressed += EditMetadata;
        _save.Pressed += () => Save(check: dialog.SignsIn);
        _saveUnchecked.Pressed += () => Save(check: false);
        _accept.Pressed += dialog.AcceptHostKey;
        _stop.Pressed += () => dialog.StepBack();
        _cancel.Pressed += () => OnEscape();
        dialog.Changed += Refresh;
        dialog.Form.Changed += Refresh;
        Initialized += (_, _) =>
        {
            FirstField()?.SetFocus();
            OfferDraft();
        };
        Refresh();
    }

    protected override bool OnEscape()
    {
        if (_dialog.StepBack())
        {
            return true;
        }

        if ((_dialog.Form.IsTouched || _metadata is { IsTouched: true })
            && !ConfirmSheet.Ask(Session, "Leave without saving?", "What was typed is lost.", "Leave", null))
        {
            return true;
        }

        _keeper?.Forget();
        Close();
        return true;
    }

    protected override bool OnCommandKey(Key key)
    {
        if (_stage == SaveStage.Working)
        {
            return true;
        }

        if (key == Key.S.WithCtrl)
        {
            Save(check: _dialog.SignsIn);
            return true;
        }

        if (key == Key.Tab && Complete())
        {
            return true;
        }

        if (key == Key.Tab || key == Key.CursorDown || key == Key.Enter)
        {
            AdvanceFocus(NavigationDirection.Forward, TabBehavior.TabStop);
            return true;
        }

        if (key == Key.Tab.WithShift || key == Key.CursorUp)
        {
            AdvanceFocus(NavigationDirection.Backward, TabBehavior.TabStop);
            return true;
        }

        if (key == Key.CursorRight || key == Key.CursorLeft)
        {
            AdvanceFocus(key == Key.CursorRight ? NavigationDirection.Forward : NavigationDirection.Backward, TabBehavior.TabStop);
            return true;
        }

        return false;
    }

    protected override void Dispose(bool disposing)
    {
        _dialog.Changed -= Refresh;
        _dialog.Form.Changed -= Refresh;
        foreach (FormRow row in _rows)
        {
            if (row.Field.Completion is { } completion)
            {
                completion.Changed -= ShowHelp;
            }

            row.Dispose();
        }

        base.Dispose(disposing);
    }

    private void OnEdited(FormField field)
    {
        string overflow = field.Error;
        _dialog.Form.Touch(field);
        field.Error = overflow.EndsWith("left out.", StringComparison.Ordinal) ? overflow : "";
        _dialog.Edited();
        _keeper?.Note();
        field.Completion?.Type(field.Editor.Text);
    }

    private void OnFocus(FormField field, bool has)
    {
        if (has)
        {
            field.Completion?.Type(field.Editor.Text);
        }

        ShowHelp();
    }

    // A name that is whole already is left as it is: Tab goes on from it.
    private bool Complete()
    {
        if (_rows.FirstOrDefault(row => row.Input.HasFocus) is not { Field: { Completion.Picked: { } whole } field, Input: Canvas input })
        {
            return false;
        }

        field.Editor.Set(whole);
        input.Changed();
        OnEdited(field);
        return true;
    }

    private void OfferDraft()
    {
        if (_keeper is { } keeper)
        {
            Session.Jobs.Start(async ct =>
            {
                if (await keeper.FindAsync(ct) is { } draft)
                {
                    // Not inside the job: it would be open as long as the question is.
                    Session.Post(() => OfferDraft(keeper, draft));
                }
            });
        }
    }

    private void OfferDraft(DraftKeeper keeper, FormDraft draft)
    {
        if (!IsRunning || _dialog.Form.IsTouched)
        {
            return;
        }

        if (DraftSheet.Ask(Session, keeper.Ago(draft)))
        {
            keeper.Fill(draft);
        }
        else
        {
            keeper.Drop();
        }

        FirstField()?.SetFocus();
    }

    // What is refused at once, before anything began, takes the person to the field it is about.
    private void Save(bool check)
    {
        _dialog.Save(check);
        if (_dialog.Stage == SaveStage.Editing)
        {
            FocusForStage();
        }
    }

    private void EditMetadata()
    {
        if (_metadata is not { } metadata)
        {
            return;
        }

        using MetadataSheet sheet = new(Session, "Metadata", metadata, save: null, _suggestions);
        Session.App.Run(sheet);
        if (metadata.IsTouched)
        {
            _keeper?.Note();
        }

        Refresh();
    }

    private void Refresh()
    {
        if (_dialog.Stage == SaveStage.Saved)
        {
            _keeper?.Forget();
            Close();
            return;
        }

        HashSet<FormField> shown = [.. _dialog.Form.Shown];
        int row = _intro.Lines.Count;
        foreach (FormRow field in _rows)
        {
            row += field.Place(row, InnerColumns, shown.Contains(field.Field));
        }

        _metadataLabel.Visible = _metadataButton.Visible = _metadata is not null;
        _metadataLabel.Place(0, row, FormRow.LabelColumns, 1);
        _metadataButton.Caption = _metadata?.Count switch
        {
            null or 0 => "none",
            1 => "1 pair",
            int count => count + " pairs",
        };
        _metadataButton.Place(FormRow.LabelColumns, row, _metadataButton.Length, 1);
        row += _metadata is null ? 0 : 1;
        int bottom = InnerRows - 1;
        _belowFields = row;
        _outcome.Lines = TextCut.Wrap(_dialog.Lines, InnerColumns - 2);
        PlaceButtons(bottom);
        ShowHelp();
        SetNeedsLayout();
        SetNeedsDraw();
        if (_stage != _dialog.Stage)
        {
            _stage = _dialog.Stage;
            FocusForStage();
        }
    }

    private void PlaceButtons(int row)
    {
        _buttons.Show(_dialog.Stage switch
        {
            SaveStage.Working => [_stop],
            SaveStage.AskingHostKey => [_accept, _cancel],
            _ => _dialog.SignsIn ? [_save, _saveUnchecked, _cancel] : [_save, _cancel],
        });
        _buttons.Place(1, row);
    }

    private void FocusForStage()
    {
        View? next = _stage switch
        {
            SaveStage.Working => _stop,
            SaveStage.AskingHostKey => _cancel,
            _ => _rows.FirstOrDefault(row => row.Field.Error.Length > 0 && row.Input.Visible)?.Input ?? _save,
        };
        next.SetFocus();
    }

    private IReadOnlyList<StyledLine> Offers(Completion completion)
    {
        if (completion.Shown.Count == 0)
        {
            return [];
        }

        string likeliest = Core.Model.Text.Escape(completion.Told(completion.Shown[0]));
        Span first = completion.Picked is null ? new Span(likeliest, Tone.Dim) : new Span("Tab: " + likeliest, Tone.Accent);
        string others = string.Concat(completion.Shown.Skip(1).Select(offer => "   " + Core.Model.Text.Escape(completion.Told(offer))));
        return [new StyledLine(first, new Span(TextCut.Cut(others, Math.Max(0, InnerColumns - 2 - first.Text.Length)), Tone.Dim))];
    }

    private View? FirstField() => _rows.FirstOrDefault(row => row.Input.Visible && row.Input.CanFocus)?.Input;

    private void ShowHelp()
    {
        FormField? field = _rows.FirstOrDefault(row => row.Input.HasFocus)?.Field;
        string help = field?.Descriptor.Help ?? (_metadataButton.HasFocus ? "Enter edits the pairs" : "");
        _help.Lines = [.. TextCut.Wrap(help, InnerColumns - 2).Select(line => StyledLine.Of(line, Tone.Dim)), .. field?.Completion is { } completion ? Offers(completion) : []];
        int rows = Math.Max(1, _help.Lines.Count);
        _help.Place(0, _belowFields, InnerColumns, rows);
        _outcome.Place(0, _belowFields + rows, InnerColumns, InnerRows - 1 - _belowFields - rows);
        _help.Changed();
    }
}
