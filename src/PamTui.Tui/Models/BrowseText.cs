using System.Globalization;
using PamTui.Core.Model;

namespace PamTui.Tui.Models;

/// <summary>What the browser says: its rows, what is selected, why a list is empty.</summary>
internal sealed class BrowseText(Workplace work, BrowseModel model)
{
    /// <summary>There is room for the kind of a resource.</summary>
    public bool ShowKinds { get; set; } = true;

    public IReadOnlyList<string> Crumbs
    {
        get
        {
            List<string> crumbs = [model.SelectedResource?.Name ?? "all resources"];
            if (model.PointedAccount is { } account)
            {
                crumbs.Add(model.IsAll ? account.Reference.ToString() : account.Name);
            }

            return crumbs;
        }
    }

    public IReadOnlyList<StyledLine> Empty => !model.IsLoaded ? []
        : model.Accounts.Filter.Length > 0 ? [StyledLine.Of("No account matches the filter."), StyledLine.Of("Esc clears it.", Tone.Dim)]
        : model.IsEmpty && work.Actor.IsAdmin
            ? [StyledLine.Of("No resources yet: press a to add the first."), StyledLine.Of("A resource is a server or a database to reach.", Tone.Dim)]
        : model.IsEmpty ? [StyledLine.Of("Nothing is granted to you yet."), StyledLine.Of("Ask an admin for a grant.", Tone.Dim)]
        : model.SelectedResource is not null && work.Actor.IsAdmin
            ? [StyledLine.Of("No accounts yet: press a to add the first."), StyledLine.Of("An account is one set of credentials on this resource.", Tone.Dim)]
        : [StyledLine.Of("No accounts here.", Tone.Dim)];

    /// <summary>What is under the lists, and what it is about.</summary>
    public (string Caption, IReadOnlyList<StyledLine> Lines) Details
    {
        get
        {
            Refusal? refusal = model.Pane == BrowsePane.Resources ? model.Resources.Refusal : model.Accounts.Refusal;
            return refusal is not null ? ("filter", [StyledLine.Of(refusal.Message, Tone.Bad)])
                : model.PointedResource is { } resource ? ("resource", DetailsText.Brief(resource))
                : model.SelectedAccount is { } account ? ("account", DetailsText.Brief(account, model.ResourceOf[account], work.Lines.Ssh(account), work.Now))
                : ("", []);
        }
    }

    public static IReadOnlyList<GridColumn> ResourceColumns(bool kinds) => kinds
        ? [new GridColumn("", 13, 1), new GridColumn("", 10), new GridColumn("", 4, Right: true)]
        : [new GridColumn("", 13, 1), new GridColumn("", 4, Right: true)];

    public static IReadOnlyList<GridColumn> AccountColumns(int width) => width >= 66
        ? [new("", 1), new("ACCOUNT", 16, 5), new("USERNAME", 12, 1), new("PRIVILEGE", 10), new("CHECK", 11)]
        : [new("", 1), new("ACCOUNT", 14, 3), new("USERNAME", 9, 1), new("PRIVILEGE", 10), new("CHECK", 11)];

    public IReadOnlyList<Span>? ResourceRow(int index)
    {
        if (index == 0)
        {
            return ShowKinds ? [new Span("all resources", Tone.Dim), new Span(""), new Span("")] : [new Span("all resources", Tone.Dim), new Span("")];
        }

        if (model.Resources[index - 1] is not { } resource)
        {
            return null;
        }

        Span name = new(resource.Name);
        Span count = new(resource.AccountCount.ToString(CultureInfo.InvariantCulture), Tone.Dim);
        return ShowKinds ? [name, new Span(Words.Of(resource.Kind), Tone.Dim), count] : [name, count];
    }

    public IReadOnlyList<Span>? AccountRow(int index) => model.Accounts[index] is not { } account
        ? null
        : [
            StatusWords.Glyph(account.CheckState),
            new Span((model.IsAll ? account.Reference.ToString() : account.Name) + (work.Starred.Has(account) ? " ★" : "")),
            new Span(Text.Escape(account.Username)),
            new Span(Text.Escape(account.Privilege), Tone.Dim),
            StatusWords.Word(account),
        ];
}
