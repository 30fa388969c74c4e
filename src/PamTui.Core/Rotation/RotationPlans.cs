using PamTui.Core.Access;
using PamTui.Core.Connectors.Rotation;
using PamTui.Core.Model;
using PamTui.Core.Storage;

namespace PamTui.Core.Rotation;

/// <summary>Who may rotate what, and which way it goes, judged in one transaction.</summary>
internal sealed class RotationPlans(Rotators rotators, TimeProvider time)
{
    private const int MaxTwins = 10;

    /// <param name="By">The rotation account; null: by itself.</param>
    public sealed record Judged(Resource Resource, Account Account, Account? By)
    {
        public RotationWay Way => By is null ? RotationWay.ByItself : RotationWay.ByRotationAccount;
    }

    /// <summary>The account and its resource, for a caller who may change it.</summary>
    public async Task<Result<(Resource Resource, Account Account)>> RequireAsync(Tx tx, Actor actor, AccountRef reference, Capability wanted)
    {
        Result<Caller> caller = await Caller.ReadAsync(tx, actor).ConfigureAwait(false);
        if (caller.Refusal is { } no)
        {
            return no;
        }

        Result<Account> account = await Visibility.AccountAsync(tx, caller.Value, reference, wanted, time.GetUtcNow()).ConfigureAwait(false);
        return account.Refusal is { } refusal ? refusal : ((await ResourceRows.FindAsync(tx, reference.Resource).ConfigureAwait(false))!, account.Value);
    }

    public async Task<Result<Judged>> JudgeAsync(Tx tx, Actor actor, AccountRef reference, bool byItself)
    {
        Result<(Resource Resource, Account Account)> found = await RequireAsync(tx, actor, reference, Capability.Manage).ConfigureAwait(false);
        if (found.Refusal is { } no)
        {
            return no;
        }

        (Resource resource, Account account) = found.Value;
        if (rotators.WhyNot(account.Kind, account.Credential) is { } unsupported)
        {
            return unsupported;
        }

        // What was begun by itself goes on by itself.
        if (byItself || resource.RotationAccount is not { } name || await RotationRows.OpenAsync(tx, account.Id).ConfigureAwait(false) is { Way: RotationWay.ByItself })
        {
            return new Judged(resource, account, null);
        }

        Account by = (await AccountRows.FindAsync(tx, new AccountRef(resource.Name, name)).ConfigureAwait(false))!;
        if (by.Id == account.Id)
        {
            return Refusal.Failed($"{Text.Quote(reference.ToString())} is the rotation account of its resource: it changes its own credential only when it is told to (`pamtui account rotate {reference} --by-itself`).");
        }

        // Who manages an account could name any user in it, and have the rotation account give him that user's password.
        if (!account.IsVouched)
        {
            return Refusal.Failed(
                $"{Text.Quote(reference.ToString())} has never signed in, and no admin said that it is {Text.Quote(account.Username)}: `pamtui account check` must pass first, or an admin must save its username (`pamtui account edit {reference} --username …`).");
        }

        // Two names of one user: the rotation account would change its own credential and be locked out by the vault's copy.
        return by.Username == account.Username
            ? Refusal.Failed($"{Text.Quote(reference.ToString())} is the same user as the rotation account {Text.Quote(by.Reference.ToString())}: keep one of the two, or rotate with --by-itself.")
            : new Judged(resource, account, by);
    }

    /// <summary>The way that an unfinished rotation was begun on, as far as it is still there.</summary>
    public static async Task<Account?> ByOfAsync(Tx tx, Account account, RotationRecord row) => row.By is null
        ? null
        : await AccountRows.FindAsync(tx, new AccountRef(account.Resource, row.By)).ConfigureAwait(false) is { } by && by.Id != account.Id && by.Username != account.Username
            ? by
            : null;

    /// <summary>Sentences for a person before anything is changed.</summary>
    public static async Task<IReadOnlyList<string>> WarningsAsync(Tx tx, Judged judged)
    {
        IReadOnlyList<Account> twins = await AccountRows.SameIdentityAsync(tx, judged.Account, judged.Resource, MaxTwins).ConfigureAwait(false);
        return
        [
            .. twins.Select(twin =>
                $"{Text.Quote(twin.Reference.ToString())} is the same user on the same server: the vault's credential of it is of no use afterwards (it is marked unverified)."),
        ];
    }
}
