using PamTui.Core.Model;
using PamTui.Core.Users;
using PamTui.Tui.Models;
using PamTui.Tui.Terminal;

namespace PamTui.Tui.Screens;

/// <summary>The dialogs that give, change and revoke grants.</summary>
internal static class GrantDialogs
{
    /// <param name="who">A user's name, or "group:NAME"; empty: typed in the form.</param>
    /// <param name="target">What it is on; empty: typed in the form.</param>
    /// <returns>Its number; null: none was given.</returns>
    public static long? Add(TuiSession session, Workplace work, string who, string target)
    {
        using FormModel form = GrantForm.New(work, who, target);
        long? id = null;
        SaveActions actions = new(
            async (_, _, ct) =>
            {
                Result<GrantDraft> draft = GrantForm.Draft(form, work.Now);
                Result<Grant> added = draft.Refusal is { } bad ? bad : await session.Jobs.CallAsync(c => work.Product.Grants.AddAsync(work.Actor, draft.Value, c), ct);
                id = added.IsOk ? added.Value.Id : null;
                return Answer(added, "is given");
            },
            null,
            SignsIn: false);
        return Run(session, work, "Give a grant", form, actions) ? id : null;
    }

    public static void Edit(TuiSession session, Workplace work, Grant grant)
    {
        using FormModel form = GrantForm.Of(grant);
        SaveActions actions = new(
            async (_, _, ct) =>
            {
                Result<GrantChange> change = GrantForm.Change(form, grant, work.Now);
                return Answer(change.Refusal is { } bad ? bad : await session.Jobs.CallAsync(c => work.Product.Grants.EditAsync(work.Actor, grant.Id, change.Value, c), ct), "is changed");
            },
            null,
            SignsIn: false);
        Run(session, work, "Edit grant " + GrantColumns.Number(grant), form, actions);
    }

    /// <summary>One question instead of the whole form.</summary>
    public static void MoveEnd(TuiSession session, Workplace work, Grant grant)
    {
        string question = $"{GrantColumns.Sentence(grant)}. Until when? A date or a time (2026-12-31, 2026-12-31T18:00Z), how long from now (+8h, +30d), or never:";
        bool isEndless = false;
        if (AskSheet.Do(session, "End of grant " + GrantColumns.Number(grant), question, "Move the end", 32, async (typed, ct) =>
        {
            isEndless = typed == "never";
            Result<DateTimeOffset?> until = isEndless ? (DateTimeOffset?)null : Moments.Future(typed, "Until", work.Now);
            return until.Refusal ?? (await work.Product.Grants.EditAsync(work.Actor, grant.Id, new GrantChange(null, MovesEnd: true, until.Value), ct)).Refusal;
        }))
        {
            work.Tell($"The grant {GrantColumns.Number(grant)} {(isEndless ? "has no end now" : "has another end")}.", Tone.Good);
            work.NoteChange();
        }
    }

    public static void Revoke(TuiSession session, Workplace work, Grant grant)
    {
        string effect = $"{grant.Grantee} can no longer {grant.Rights} on {Core.Model.Text.Escape(grant.Target)}, unless another grant says so; live sessions that stand on it end within seconds.";
        if (ConfirmSheet.Ask(session, "Revoke grant " + GrantColumns.Number(grant), effect, "Revoke", null))
        {
            work.Do(ct => work.Product.Grants.RemoveAsync(work.Actor, grant.Id, ct), $"The grant {GrantColumns.Number(grant)} is revoked.");
        }
    }

    private static SaveAnswer Answer(Result<Grant> result, string what) => result.Refusal is { } no
        ? new SaveAnswer.Refused(no)
        : new SaveAnswer.Saved($"The grant {GrantColumns.Number(result.Value)} {what}: {GrantColumns.Sentence(result.Value)}.");

    private static bool Run(TuiSession session, Workplace work, string title, FormModel form, SaveActions actions)
    {
        using SaveDialog dialog = new(form, actions, session.Jobs);
        using GrantPreview preview = new(work, dialog);
        return PersonForms.Run(session, work, title, dialog);
    }
}
