using PamTui.Core.Model;
using PamTui.Core.Personal;

namespace PamTui.Tui.Models;

/// <summary>Keeps what is typed into one form, so that a lost connection loses none of it; secrets are never among it. Lives on the UI thread.</summary>
/// <param name="form">Which form: "account.add web-1".</param>
/// <param name="metadata">Edited with the fields; null: the form has none.</param>
internal sealed class DraftKeeper(Workplace work, string form, FormModel fields, MetadataModel? metadata)
{
    private const string Pairs = "metadata";

    /// <summary>At most so often something is written, however fast somebody types.</summary>
    private static readonly TimeSpan s_pause = TimeSpan.FromSeconds(1);

    private bool _waiting;
    private bool _writing;
    private bool _over;

    /// <summary>What was left of the form the last time; null: nothing, or somebody has begun to type by now.</summary>
    public async Task<FormDraft?> FindAsync(CancellationToken ct)
    {
        Result<FormDraft?> found = await work.Jobs.CallAsync(c => work.Product.FormDrafts.FindAsync(work.Actor, form, c), ct);
        return found.IsOk && !fields.IsTouched && metadata is not { IsTouched: true } ? found.Value : null;
    }

    /// <summary>Puts it back into the form.</summary>
    public void Fill(FormDraft draft)
    {
        if (metadata is not null && draft.Values.TryGetValue(Pairs, out string? lines))
        {
            metadata.Replace(lines);
        }

        fields.Fill(draft.Values);
    }

    /// <summary>Something was typed: it is written a moment later, with all that is typed until then.</summary>
    public void Note()
    {
        if (!_waiting && !_over)
        {
            _waiting = true;
            work.Jobs.Later(s_pause, work.Time, Write);
        }
    }

    public string Ago(FormDraft draft) => StatusWords.Ago(draft.Saved, work.Now);

    /// <summary>The form was finished or given up: nothing of it is kept.</summary>
    public void Forget()
    {
        if (!_over)
        {
            _over = true;
            Drop();
        }
    }

    /// <summary>What was left of the form is not wanted; what is typed from now on is kept.</summary>
    public void Drop()
    {
        if (!_writing)
        {
            work.Jobs.Start(ct => work.Jobs.CallAsync(c => work.Product.FormDrafts.ForgetAsync(work.Actor, form, c), ct));
        }
    }

    private void Write()
    {
        _waiting = false;
        if (_over)
        {
            return;
        }

        if (_writing)
        {
            Note();
            return;
        }

        _writing = true;
        Dictionary<string, string> values = fields.Typed;
        if (metadata is { IsTouched: true })
        {
            values[Pairs] = string.Join('\n', metadata.Rows.Where(row => row.Value is not null).Select(row => row.Key + "=" + row.Value));
        }

        work.Jobs.Start(async ct =>
        {
            try
            {
                // A form that is too large to be kept is no reason to disturb who fills it.
                await work.Jobs.CallAsync(c => work.Product.FormDrafts.SaveAsync(work.Actor, form, values, c), ct);
            }
            finally
            {
                _writing = false;
            }

            if (_over)
            {
                Drop();
            }
        });
    }
}
