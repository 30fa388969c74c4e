using System.CommandLine;
using PamTui.Core.Model;
using PamTui.Core.Personal;

namespace PamTui.Commands;

/// <summary>`account favourite …`, and what the caller used last.</summary>
internal static class FavouriteVerbs
{
    public static Verb Build(CommandContext context)
    {
        Verb favourite = new("favourite", "Accounts that you marked, for yourself alone");
        favourite.Add(Change(context, "add", "Mark an account", add: true));
        favourite.Add(Change(context, "remove", "Take the mark away", add: false));
        favourite.Add(List(context));
        return favourite;
    }

    /// <summary>Of `account list --recent`.</summary>
    public static async Task<Result<Done>> RecentAsync(Invocation run, Core.Product product, Lists lists, CancellationToken ct)
    {
        Result<IReadOnlyList<RecentAccount>> all = await lists.ReadAsync(run, page => product.Favourites.RecentAsync(run.Actor, page, ct));
        if (all.Refusal is { } refusal)
        {
            return refusal;
        }

        if (run.Json)
        {
            run.WriteJson(json => Shapes.WriteList(json, all.Value.Select(recent => recent.Account with { LastUsed = recent.LastUsed }), Shapes.Write));
            return default(Done);
        }

        Table table = new("account", "kind", "username", "alias", "check", "you used it");
        foreach (RecentAccount recent in all.Value)
        {
            Account account = recent.Account;
            table.Add(account.Reference.ToString(), Words.Of(account.Kind), account.Username, account.Alias, Words.Of(account.CheckState), Shapes.Time(recent.LastUsed));
        }

        table.Write(run.Out);
        return default(Done);
    }

    private static Verb Change(CommandContext context, string word, string help, bool add)
    {
        Argument<string> reference = AccountVerbs.Reference();
        Verb verb = new(word, help, $"account favourite {word} web-1/deploy");
        verb.Add(reference);
        AccountVerbs.RunsOnAccount(verb, context, reference, async (run, product, account, ct) => add
            ? run.Say(await product.Favourites.AddAsync(run.Actor, account, ct), $"{account} is a favourite of yours.")
            : run.Say(await product.Favourites.RemoveAsync(run.Actor, account, ct), $"{account} is no favourite of yours any more."));
        return verb;
    }

    private static Verb List(CommandContext context)
    {
        Lists lists = new();
        Verb verb = lists.On(new Verb("list", "List your favourites", "account favourite list", "account favourite list --json"));
        verb.RunsWithProduct(context, async (run, product, ct) =>
        {
            Result<IReadOnlyList<Account>> all = await lists.ReadAsync(run, page => product.Favourites.ListAsync(run.Actor, page, ct));
            return all.Refusal is { } refusal ? refusal : AccountVerbs.Print(run, all.Value);
        });
        return verb;
    }
}
