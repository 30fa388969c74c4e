using System.Globalization;
using PamTui.Core.Model;
using PamTui.Core.Resources;
using PamTui.Tui.Models;
using PamTui.Tui.Terminal;

namespace PamTui.Tui.Screens;

/// <summary>The pairs of what is shown, changed in place and saved together.</summary>
internal sealed class MetadataPart : DetailsPart, IDisposable
{
    private readonly TuiSession _session;
    private readonly Workplace _work;
    private readonly DetailsModel _details;

    public MetadataPart(TuiSession session, Workplace work, DetailsModel details)
        : base("Metadata")
    {
        (_session, _work, _details) = (session, work, details);
        Editor = new MetadataEditor(new PairSuggestions(work));
        Editor.Edited += RaiseChanged;
    }

    public MetadataEditor Editor { get; }

    public override string Count => Editor.Model.Count.ToString(CultureInfo.InvariantCulture) + (Editor.Model.IsTouched ? "*" : "");

    public override IReadOnlyList<ScreenAction> Actions => Editor.IsReadOnly
        ? []
        :
        [
            new("a", "add a pair; pasted lines of key=value are taken at once", Editor.Begin) { Short = "add" },
            new("Enter", "change the pair", null) { Short = "change" },
            new("Del x", "take the pair away, or put it back", Editor.DeleteOrRestore) { Short = "delete" },
            new("u", "undo all changes", Editor.Undo) { WhyNot = WhyNothing },
            new("Ctrl+S", "save the changed pairs", Save) { Short = "save", WhyNot = WhyNothing },
        ];

    // What is being changed is not thrown away by news from the vault.
    public override void Load()
    {
        if (_details.Metadata is not { } pairs)
        {
            return;
        }

        Editor.IsReadOnly = _details.Reference is null && !_work.Actor.IsAdmin;
        Editor.WhyEmpty = Editor.IsReadOnly ? "No pairs." : Editor.WhyEmpty;
        if (!Editor.Model.IsTouched && !Editor.IsTyping)
        {
            Editor.Model = new MetadataModel(pairs);
        }

        RaiseChanged();
    }

    /// <summary>False: there are changes, and the person stays with them.</summary>
    public bool MayLeave()
    {
        if (!Editor.Model.IsTouched || ConfirmSheet.Ask(_session, "Leave without saving?", $"The changed pairs are lost: {Editor.Model.Changes}.", "Leave", null))
        {
            Editor.Undo();
            return true;
        }

        return false;
    }

    public void Dispose() => Editor.Dispose();

    private string? WhyNothing() => Editor.Model.IsTouched ? null : "No pair is changed.";

    private void Save()
    {
        Result<Metadata> pairs = Editor.Model.Result;
        if (pairs.Refusal is { } bad)
        {
            Editor.Show(bad);
            return;
        }

        if (_details.Account is { } account)
        {
            Guard.Before(_session, _work, Act.EditMetadata, account, () => Save(pairs.Value));
        }
        else if (_details.Resource is { } resource)
        {
            Guard.Before(_session, Act.EditMetadata, resource, () => Save(pairs.Value));
        }
    }

    private void Save(Metadata pairs) => _work.Jobs.Start(async ct =>
    {
        Refusal? no = await _work.Jobs.CallAsync(c => SaveAsync(pairs, c), ct);
        if (no is not null)
        {
            Editor.Show(no);
            return;
        }

        Editor.Model = new MetadataModel(pairs);
        _work.Tell($"The metadata of {_details.Crumbs[^1]} is saved.", Tone.Good);
        _work.NoteChange();
    });

    private async Task<Refusal?> SaveAsync(Metadata pairs, CancellationToken ct) => _details.Reference is { } account
        ? (await _work.Product.Accounts.SetMetadataAsync(_work.Actor, account, pairs, ct)).Refusal
        : (await _work.Product.Resources.EditAsync(_work.Actor, _details.Crumbs[0], new ResourceChange { Metadata = pairs }, ct)).Refusal;
}
