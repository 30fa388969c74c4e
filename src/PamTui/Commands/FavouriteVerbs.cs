using System.CommandLine;
using PamTui.Core.Model;
using PamTui.Core.Personal;
using PamTui.Hosting;
using PamTui.Settings;

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
        Result<string> gatewayUser = await GatewayUserAsync(run, product, ct);
        if (gatewayUser.Refusal is { } unreadable)
        {
            return unreadable;
        }

        Result<IReadOnlyList<RecentAccount>> all = await lists.ReadAsync(run, page => product.Favourites.RecentAsync(run.Actor, gatewayUser.Value, page, ct));
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

    // Over SSH one is a user already.
    private static async Task<Result<string>> GatewayUserAsync(Invocation run, Core.Product product, CancellationToken ct)
    {
        if (run.Context.Machine is not { } machine)
        {
            return "";
        }

        Result<AppSettings> settings = machine.ReadSettings(run.Data, run.Config);
        return settings.Refusal is { } no ? no : await GatewayDoors.SignInNameAsync(product, settings.Value.Tui, run.Actor, ct) ?? "";
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
