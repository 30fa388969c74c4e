using System.Text.Json;
using PamTui.Core.Access;
using PamTui.Core.Model;
using PamTui.Core.Storage;
using PamTui.Core.Vault;

namespace PamTui.Core.Personal;

/// <summary>A form that somebody has not finished.</summary>
/// <param name="Form">Which one: "account.add web-1".</param>
/// <param name="Values">By field name; never a secret field.</param>
public sealed record FormDraft(string Form, IReadOnlyDictionary<string, string> Values, DateTimeOffset Saved);

/// <summary>
/// Half-filled forms of a person, so that a lost connection loses none: one of each form, sealed, for a day, without the secret fields.
/// They are nothing of the vault's yet and are saved as somebody types, so the audit does not tell of them.
/// </summary>
public sealed class FormDrafts
{
    /// <summary>Of a person; the oldest makes room.</summary>
    public const int Max = 20;

    /// <summary>All that was typed into one form.</summary>
    public const int MaxBytes = 32 * 1024;

    private const int MaxForm = 256;
    private const string OwnerKind = "draft";
    private const string Field = "values";

    private static readonly TimeSpan s_life = TimeSpan.FromDays(1);
    private static readonly HashSet<string> s_secrets = [.. Fields.Account.Concat(Fields.Resource).Where(field => field.Secret).Select(field => field.Name)];

    private readonly Database _database;
    private readonly SecretStore _secrets;
    private readonly TimeProvider _time;

    internal FormDrafts(Database database, SecretStore secrets, TimeProvider time) => (_database, _secrets, _time) = (database, secrets, time);

    /// <summary>Keeps the form in place of what was kept of it. Values of secret fields are left out here, whoever gives them.</summary>
    /// <returns>Invalid: more than <see cref="MaxBytes"/>, or the form has no good name.</returns>
    public async Task<Result<Done>> SaveAsync(Actor actor, string form, IReadOnlyDictionary<string, string> values, CancellationToken ct)
    {
        if (form.Length is 0 or > MaxForm || form.Any(char.IsControl))
        {
            return Refusal.Invalid("The form has no name that a draft can have.");
        }

        byte[] typed = JsonSerializer.SerializeToUtf8Bytes(values.Where(pair => !s_secrets.Contains(pair.Key)).ToDictionary(), StoredJson.Default.DictionaryStringString);
        if (typed.Length > MaxBytes)
        {
            return Refusal.Invalid($"The form holds more than {MaxBytes / 1024} KiB: it is not kept.");
        }

        using Secret sealedValues = Secret.From(typed);
        return await _database.WriteAsync<Done>(
            async tx =>
            {
                Result<Caller> caller = await Caller.ReadAsync(tx, actor).ConfigureAwait(false);
                if (caller.Refusal is { } no)
                {
                    return no;
                }

                long owner = caller.Value.Owner;
                await DraftRows.DeleteOldAsync(tx, _time.GetUtcNow() - s_life).ConfigureAwait(false);
                await DraftRows.DeleteAsync(tx, owner, form).ConfigureAwait(false);
                foreach (DraftRow old in (await DraftRows.AllAsync(tx, owner, default).ConfigureAwait(false)).Skip(Max - 1))
                {
                    await DraftRows.DeleteAsync(tx, owner, old.Form).ConfigureAwait(false);
                }

                long id = await DraftRows.InsertAsync(tx, owner, form, _time.GetUtcNow()).ConfigureAwait(false);
                await _secrets.SealAsync(tx, Binding(id), sealedValues).ConfigureAwait(false);
                return default(Done);
            },
            ct).ConfigureAwait(false);
    }

    /// <summary>What is kept of the caller's form; null: nothing, or it was a day ago.</summary>
    public Task<Result<FormDraft?>> FindAsync(Actor actor, string form, CancellationToken ct) => _database.ReadAsync<Result<FormDraft?>>(
        async tx =>
        {
            Result<Caller> caller = await Caller.ReadAsync(tx, actor).ConfigureAwait(false);
            if (caller.Refusal is { } no)
            {
                return no;
            }

            if (await DraftRows.FindAsync(tx, caller.Value.Owner, form, _time.GetUtcNow() - s_life).ConfigureAwait(false) is not { } row)
            {
                return (FormDraft?)null;
            }

            using Secret? values = await _secrets.OpenAsync(tx, Binding(row.Id)).ConfigureAwait(false);
            return values is null ? (FormDraft?)null : new FormDraft(row.Form, JsonSerializer.Deserialize(values.Bytes, StoredJson.Default.DictionaryStringString) ?? [], StoredTime.From(row.Saved));
        },
        ct);

    /// <summary>The caller's own, the latest first, without what was typed.</summary>
    public Task<Result<IReadOnlyList<(string Form, DateTimeOffset Saved)>>> ListAsync(Actor actor, CancellationToken ct) => _database.ReadAsync<Result<IReadOnlyList<(string Form, DateTimeOffset Saved)>>>(
        async tx =>
        {
            Result<Caller> caller = await Caller.ReadAsync(tx, actor).ConfigureAwait(false);
            if (caller.Refusal is { } no)
            {
                return no;
            }

            List<DraftRow> rows = await DraftRows.AllAsync(tx, caller.Value.Owner, _time.GetUtcNow() - s_life).ConfigureAwait(false);
            return Result.Ok<IReadOnlyList<(string Form, DateTimeOffset Saved)>>([.. rows.Select(row => (row.Form, StoredTime.From(row.Saved)))]);
        },
        ct);

    /// <summary>The form was finished or given up.</summary>
    /// <returns>NotFound: nothing was kept of it.</returns>
    public Task<Result<Done>> ForgetAsync(Actor actor, string form, CancellationToken ct) => _database.WriteAsync<Done>(
        async tx =>
        {
            Result<Caller> caller = await Caller.ReadAsync(tx, actor).ConfigureAwait(false);
            return caller.Refusal is { } no ? no
                : await DraftRows.DeleteAsync(tx, caller.Value.Owner, form).ConfigureAwait(false) ? default(Done)
                : Refusal.NotFound($"You have no draft of {Text.Quote(form)}.");
        },
        ct);

    private static SecretBinding Binding(long id) => new(OwnerKind, id, Field, 1);
}
