using PamTui.Core.Access;
using PamTui.Core.Audit;
using PamTui.Core.Model;
using PamTui.Core.Storage;

namespace PamTui.Core.Personal;

/// <summary>What a person set for himself, for every machine and terminal that he works at. Whoever works at the machine itself has one set.</summary>
public sealed class PersonalSettings
{
    private const string Theme = "theme";

    private readonly Database _database;
    private readonly AuditWriter _audit;

    internal PersonalSettings(Database database, AuditWriter audit) => (_database, _audit) = (database, audit);

    /// <summary>The colours of the caller's full screen.</summary>
    public Task<Result<ThemeChoice>> ThemeAsync(Actor actor, CancellationToken ct) => _database.ReadAsync<Result<ThemeChoice>>(
        async tx =>
        {
            Result<Caller> caller = await Caller.ReadAsync(tx, actor).ConfigureAwait(false);
            if (caller.Refusal is { } no)
            {
                return no;
            }

            // A word of a newer program is not known here: then it is as if nothing was set.
            string? word = await SettingRows.FindAsync(tx, caller.Value.Owner, Theme).ConfigureAwait(false);
            return Words.Parse<ThemeChoice>(word ?? "", Words.Of) ?? ThemeChoice.Terminal;
        },
        ct);

    public Task<Result<Done>> SetThemeAsync(Actor actor, ThemeChoice theme, CancellationToken ct) => _database.WriteAsync<Done>(
        async tx =>
        {
            Result<Caller> caller = await Caller.ReadAsync(tx, actor).ConfigureAwait(false);
            if (caller.Refusal is { } no)
            {
                return no;
            }

            await SettingRows.PutAsync(tx, caller.Value.Owner, Theme, Words.Of(theme)).ConfigureAwait(false);
            await _audit.AppendAsync(tx, actor, "settings.set", Theme, AuditDetails.Of((Theme, Words.Of(theme)))).ConfigureAwait(false);
            return default(Done);
        },
        ct);
}
