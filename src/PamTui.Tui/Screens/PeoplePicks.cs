using System.Globalization;
using PamTui.Core.Model;
using PamTui.Tui.Models;
using PamTui.Tui.Terminal;

namespace PamTui.Tui.Screens;

/// <summary>Lists of users, groups, resources and accounts to pick from. What is read for them is refused in a sentence, and then nothing is shown.</summary>
internal sealed class PeoplePicks(TuiSession session, Workplace work)
{
    private const int First = 50;

    private static readonly PageRequest s_all = new(0, PageRequest.MaxLimit);

    /// <summary>Reads something and goes on with it. What goes on may open dialogs: the reading has ended then.</summary>
    public void Then<T>(Func<CancellationToken, Task<Result<T>>> useCase, Action<T> goOn) => session.Jobs.Start(async ct =>
    {
        Result<T> answer = await session.Jobs.CallAsync(useCase, ct);
        if (answer.Refusal is { } no)
        {
            work.Tell(no.Message, Tone.Bad);
        }
        else
        {
            session.Post(() => goOn(answer.Value));
        }
    });

    public void Users(Action<IReadOnlyList<string>> goOn) =>
        Then(ct => work.Product.Users.ListAsync(work.Actor, "", s_all, ct), users => goOn([.. Told(users, "users").Select(listed => listed.User.Name)]));

    public void Groups(Action<IReadOnlyList<Group>> goOn) => Then(ct => work.Product.Groups.ListAsync(work.Actor, "", s_all, ct), groups => goOn(Told(groups, "groups")));

    /// <summary>One of the accounts that the person sees; typing finds them all.</summary>
    public void Account(string title, Action<AccountRef> picked) => Then(ct => FindAsync("", ct), first => PickSheet.Run(
        session,
        title,
        new PickModel(
            [.. first.Items.Select(account => Choose(account.Reference, picked))],
            work.Jobs,
            async (query, ct) =>
            {
                Result<Page<Account>> found = await work.Jobs.CallAsync(c => FindAsync(query, c), ct);
                return found.IsOk ? [.. found.Value.Items.ExceptBy(first.Items.Select(account => account.Id), account => account.Id).Select(account => Choose(account.Reference, picked))] : [];
            }),
        "type an account's name"));

    /// <summary>One of the resources that the person sees, at once when there is but one; typing finds them all.</summary>
    /// <param name="at">The one that is likely meant.</param>
    public void Resource(string title, Action<Resource> picked, string? at = null) => Then(ct => FindResourceAsync("", ct), first =>
    {
        if (first.Items is [var only])
        {
            picked(only);
        }
        else if (first.Items.Count == 0)
        {
            work.Tell("There is no resource yet: 3, then a adds the first.", Tone.Normal);
        }
        else
        {
            PickSheet.Run(
                session,
                title,
                new PickModel(
                    [.. first.Items.Select(resource => Choose(resource, picked))],
                    work.Jobs,
                    async (query, ct) =>
                    {
                        Result<Page<Resource>> found = await work.Jobs.CallAsync(c => FindResourceAsync(query, c), ct);
                        return found.IsOk ? [.. found.Value.Items.ExceptBy(first.Items.Select(resource => resource.Id), resource => resource.Id).Select(resource => Choose(resource, picked))] : [];
                    },
                    first.Items.ToList().FindIndex(resource => resource.Name == at)),
                "type a resource's name");
        }
    });

    /// <summary>One of a few; when there is but one there is nothing to ask.</summary>
    public void One(string title, string placeholder, IReadOnlyList<string> names, Action<string> picked)
    {
        if (names is [var only])
        {
            picked(only);
        }
        else
        {
            PickSheet.Run(session, title, new PickModel([.. names.Select(name => new Choice(name, () => picked(name)))], work.Jobs), placeholder);
        }
    }

    /// <summary>Names with a mark before those that are in; each that is picked is put in or taken out at once, until Esc.</summary>
    /// <param name="inside">Those that are in; kept as it becomes.</param>
    /// <param name="set">Puts the name in (true) or takes it out.</param>
    /// <param name="at">The number of the name where it begins.</param>
    public void Toggle(string title, string placeholder, IReadOnlyList<string> names, HashSet<string> inside, Func<string, bool, CancellationToken, Task<Result<Done>>> set, int at = 0)
    {
        string? picked = null;
        PickSheet.Run(
            session,
            string.Create(CultureInfo.InvariantCulture, $"{title} ({inside.Count})"),
            new PickModel([.. names.Select(name => new Choice((inside.Contains(name) ? "■ " : "□ ") + name, () => picked = name))], work.Jobs, selected: at),
            placeholder);
        if (picked is not { } one)
        {
            return;
        }

        bool goesIn = !inside.Contains(one);
        Then(ct => set(one, goesIn, ct), _ =>
        {
            if (!inside.Remove(one))
            {
                inside.Add(one);
            }

            work.NoteChange();

            // Enter once more undoes it, and is not for the first of them.
            Toggle(title, placeholder, names, inside, set, names.ToList().IndexOf(one));
        });
    }

    private IReadOnlyList<T> Told<T>(Page<T> page, string what)
    {
        if (page.Total > page.Items.Count)
        {
            work.Tell(string.Create(CultureInfo.InvariantCulture, $"Only the first {page.Items.Count} of {page.Total} {what} are listed; the command line has them all."), Tone.Warn);
        }

        return page.Items;
    }

    private static Choice Choose(Resource resource, Action<Resource> picked) => new(resource.Name, () => picked(resource));

    private static Choice Choose(AccountRef account, Action<AccountRef> picked) => new(account.ToString(), () => picked(account));

    private Task<Result<Page<Account>>> FindAsync(string query, CancellationToken ct) =>
        work.Product.Accounts.ListAsync(work.Actor, query.Length == 0 ? "" : FilterNames.AsText(query), new PageRequest(0, First), ct);

    private Task<Result<Page<Resource>>> FindResourceAsync(string query, CancellationToken ct) =>
        work.Product.Resources.ListAsync(work.Actor, query.Length == 0 ? "" : FilterNames.AsText(query), new PageRequest(0, First), ct);
}
