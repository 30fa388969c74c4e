using PamTui.Core.Model;
using PamTui.Tui.Models;
using PamTui.Tui.Terminal;

namespace PamTui.Tui.Screens;

/// <summary>"Why can bob reach root@web-1?", from wherever one of the two is at hand.</summary>
internal sealed class Explanations(TuiSession session, Workplace work)
{
    private readonly PeoplePicks _picks = new(session, work);

    public void OfUser(string user) => _picks.Account($"What may {user} do with", account => Show(user, account));

    /// <summary>A member asks about himself: nobody else is his to ask about.</summary>
    public void OfAccount(AccountRef account)
    {
        if (work.Actor.IsAdmin)
        {
            _picks.Users(users => _picks.One($"Who may, or may not, use {account}", "type a user's name", users, user => Show(user, account)));
        }
        else
        {
            Show(work.Actor.Name, account);
        }
    }

    /// <summary>One of the grant's people and one of its accounts.</summary>
    public void OfGrant(Grant grant)
    {
        if (grant.Grantee.Split(':') is [_, var group])
        {
            _picks.Then(ct => work.Product.Groups.FindAsync(work.Actor, group, ct), found => OfGrant(grant, found.Members));
        }
        else
        {
            OfGrant(grant, [grant.Grantee]);
        }
    }

    private void OfGrant(Grant grant, IReadOnlyList<string> people) =>
        _picks.Then(ct => work.Product.Grants.PreviewAsync(work.Actor, grant.Target, PageRequest.MaxLimit, ct), reach =>
        {
            if (people.Count == 0 || reach.Count == 0)
            {
                work.Tell(people.Count == 0 ? $"{grant.Grantee} has no members: the grant lets nobody in." : "The grant reaches no account now.", Tone.Normal);
                return;
            }

            string[] accounts = [.. reach.First.Select(account => account.ToString())];
            _picks.One("Who", "type a name", people, user =>
                _picks.One("Which account", "type an account's name", accounts, account => Show(user, AccountRef.Parse(account).Value)));
        });

    private void Show(string user, AccountRef account) => _picks.Then(
        ct => work.Product.Grants.ExplainAsync(work.Actor, user, account, ct),
        why => ReadSheet.Run(session, $"Why {user} may, or may not, use {account}", PeopleText.Why(why)));
}
