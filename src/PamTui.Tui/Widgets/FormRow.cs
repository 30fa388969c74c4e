using PamTui.Core.Model;
using PamTui.Tui.Models;
using Terminal.Gui.ViewBase;

namespace PamTui.Tui.Widgets;

/// <summary>A field of a form as it is seen: its label, where it is typed, and what is wrong below it.</summary>
internal sealed class FormRow : IDisposable
{
    public const int LabelColumns = 15;

    private readonly TextPane _label;
    private readonly TextPane _error;

    public FormRow(FormField field, Action edited)
    {
        Field = field;
        FieldDescriptor descriptor = field.Descriptor;
        _label = new TextPane { Lines = [new StyledLine(new Span(descriptor.Label, Tone.Dim), new Span(descriptor.Required && !field.IsFixed ? " *" : "", Tone.Warn))] };
        _error = new TextPane { Indent = 0 };
        if (descriptor is { Input: FieldInput.Choice, Choices: { } choices })
        {
            ChoiceField choice = new(field.Editor, choices) { IsReadOnly = field.IsFixed, CanFocus = !field.IsFixed };
            choice.Edited += edited;
            Input = choice;
        }
        else
        {
            LineField line = new(field.Editor, descriptor.Secret, descriptor.Input == FieldInput.Lines)
            {
                IsReadOnly = field.IsFixed,
                CanFocus = !field.IsFixed,
                Placeholder = field.Placeholder,
            };
            line.Edited += edited;
            line.Overflowed += () => field.Error = $"{descriptor.Label} takes at most {descriptor.MaxLength} characters; the rest was left out.";
            Input = line;
        }
    }

    public FormField Field { get; }

    public View Input { get; }

    public IEnumerable<View> Views => [_label, Input, _error];

    public void Dispose()
    {
        _label.Dispose();
        _error.Dispose();
        Input.Dispose();
    }

    /// <summary>Places it and says how many rows it took.</summary>
    public int Place(int row, int columns, bool shown)
    {
        bool wrong = shown && Field.Error.Length > 0;
        _label.Visible = Input.Visible = shown;
        _error.Visible = wrong;
        if (!shown)
        {
            return 0;
        }

        _label.Place(0, row, LabelColumns, 1);
        Input.Place(LabelColumns, row, columns - LabelColumns - 1, 1);
        if (!wrong)
        {
            return 1;
        }

        IReadOnlyList<string> lines = TextCut.Wrap(Field.Error, columns - LabelColumns - 1);
        _error.Lines = [.. lines.Select(line => StyledLine.Of(line, Tone.Bad))];
        _error.Place(LabelColumns, row + 1, columns - LabelColumns - 1, lines.Count);
        return 1 + lines.Count;
    }
}
