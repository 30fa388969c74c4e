using PamTui.Core.Model;

namespace PamTui.Tui.Models;

/// <summary>What the grant in a form would reach, said in the form while its target is typed.</summary>
internal sealed class GrantPreview : IDisposable
{
    private const int Named = 5;

    private readonly Workplace _work;
    private readonly SaveDialog _dialog;
    private (string Target, bool OnlyForwards) _asked = ("", false);
    private CancellationTokenSource? _asking;

    public GrantPreview(Workplace work, SaveDialog dialog)
    {
        (_work, _dialog) = (work, dialog);
        dialog.Form.Changed += Ask;
        Ask();
    }

    public void Dispose()
    {
        _dialog.Form.Changed -= Ask;
        _asking?.Cancel();
    }

    private static StyledLine Line(Result<GrantReach> reach, bool onlyForwards) => reach.Refusal is { } no ? StyledLine.Of(no.Message, Tone.Warn)
        : onlyForwards ? StyledLine.Of("It lets nobody into an account; `ssh -L` and `ssh -W` reach the places that it names.")
        : StyledLine.Of(PeopleText.Reach(reach.Value), reach.Value.Count == 0 ? Tone.Warn : Tone.Normal);

    private void Ask()
    {
        string target = GrantForm.On(_dialog.Form);
        bool onlyForwards = GrantForm.OnlyForwards(_dialog.Form);
        if ((target, onlyForwards) == _asked)
        {
            return;
        }

        _asked = (target, onlyForwards);
        _asking?.Cancel();
        CancellationTokenSource asking = new();
        _asking = asking;
        _work.Jobs.Start(
            async ct =>
            {
                using CancellationTokenSource own = asking;
                Result<GrantReach>? reach = target.Length == 0 ? (Result<GrantReach>?)null : await _work.Jobs.CallAsync(c => _work.Product.Grants.PreviewAsync(_work.Actor, target, Named, c), ct);
                if (_asking == own)
                {
                    _asking = null;
                    _dialog.Note = reach is { } answer ? [Line(answer, onlyForwards)] : [];
                }
            },
            asking.Token);
    }
}
