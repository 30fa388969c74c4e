using System.Globalization;
using PamTui.Core.Access;
using PamTui.Core.Model;
using PamTui.Core.Storage;
using PamTui.Core.Vault;

namespace PamTui.Core;

/// <param name="Subject">"account", "rotation", "policy", "resource", "grant", "user", "vault".</param>
/// <param name="Message">One sentence: what is wrong and what to do.</param>
public sealed record Finding(string Subject, string Message);

/// <summary>Looks for what works today and bites tomorrow. Reads only.</summary>
public sealed class Doctor
{
    private const int MaxNamed = 10;
    private const int MaxExamined = 1000;

    private readonly DataFolder _folder;
    private readonly Database _database;
    private readonly OpenVault _vault;
    private readonly TimeProvider _time;

    internal Doctor(DataFolder folder, Database database, OpenVault vault, TimeProvider time) =>
        (_folder, _database, _vault, _time) = (folder, database, vault, time);

    /// <summary>What it found; empty: all is well. For admins.</summary>
    public Task<Result<IReadOnlyList<Finding>>> ExamineAsync(Actor actor, CancellationToken ct) => _database.ReadAsync<Result<IReadOnlyList<Finding>>>(
        async tx =>
        {
            Result<Caller> caller = await Caller.AdminAsync(tx, actor, "examine the vault").ConfigureAwait(false);
            if (caller.Refusal is { } no)
            {
                return no;
            }

            List<Finding> findings = [];
            Files(findings);
            await VaultAsync(tx, findings).ConfigureAwait(false);
            await AttentionAsync(tx, caller.Value, findings).ConfigureAwait(false);
            await RotationsAsync(tx, findings).ConfigureAwait(false);
            await GrantsAsync(tx, findings).ConfigureAwait(false);
            return Result.Ok<IReadOnlyList<Finding>>(findings);
        },
        ct);

    private static void Named(List<Finding> findings, string subject, IReadOnlyList<string> names, string says)
    {
        if (names.Count > 0)
        {
            string more = names.Count > MaxNamed ? ", …" : "";
            findings.Add(new Finding(subject, $"{says}: {string.Join(", ", names.Take(MaxNamed))}{more}."));
        }
    }

    private void Files(List<Finding> findings)
    {
        if (DataFolder.Open(_folder.Path).Refusal is { } folder)
        {
            findings.Add(new Finding("vault", folder.Message));
        }

        foreach (string file in Directory.EnumerateFiles(_folder.Path).Select(file => Path.GetFileName(file)).Order(StringComparer.Ordinal))
        {
            if ((file.StartsWith(Database.FileName, StringComparison.Ordinal) || file == MasterKeyFile.Name) && _folder.IsPrivateFile(file).Refusal is { } exposed)
            {
                findings.Add(new Finding("vault", exposed.Message));
            }
        }
    }

    private async Task VaultAsync(Tx tx, List<Finding> findings)
    {
        if ((await _vault.RingAsync(tx).ConfigureAwait(false)).IsRekeying)
        {
            findings.Add(new Finding("vault", "A change of the master key was interrupted: run `pamtui vault rekey` to finish it."));
        }

        VaultRow row = (await VaultRow.FindAsync(tx).ConfigureAwait(false))!;
        if (RootKeyRecipe.Parse(row.RootKey).Form != MasterKeyForm.File && File.Exists(_folder.FileOf(MasterKeyFile.Name)))
        {
            findings.Add(new Finding("vault", $"The file {MasterKeyFile.Name} is of no use to this vault any more: move it to where its old backups are."));
        }

        DateTimeOffset last = await AuditRows.LatestAsync(tx).ConfigureAwait(false);
        if (last > _time.GetUtcNow().AddMinutes(1))
        {
            findings.Add(new Finding("vault", $"The audit has a row of {last:u}, later than now: the machine's clock was, or is, wrong."));
        }

        if (!await UserRows.HasAdminAsync(tx).ConfigureAwait(false))
        {
            findings.Add(new Finding("user", "There is no enabled admin: nobody can administer over SSH. Add one with `pamtui user add NAME --role admin --key FILE`."));
        }

        Named(findings, "user", await UserRows.WithoutMeansAsync(tx, MaxNamed + 1).ConfigureAwait(false), "Users without key or password cannot sign in");
    }

    // What fails today is nothing that bites tomorrow: it is tried again.
    private async Task AttentionAsync(Tx tx, Caller caller, List<Finding> findings)
    {
        foreach (AttentionGroup group in await Attention.FindAsync(tx, caller, MaxNamed + 1, _time.GetUtcNow()).ConfigureAwait(false))
        {
            (string Subject, string Says)? finding = group.Kind switch
            {
                AttentionKind.TwoCredentials => ("rotation", "Neither of two credentials of these accounts signs in (`pamtui account rotation resolve`)"),
                AttentionKind.Rejected => ("account", "The targets do not let these accounts in, so they are not tried again by themselves (`pamtui account show` says why, `pamtui account check` tries again)"),
                AttentionKind.RotationStopped => (
                    "rotation",
                    "The rotation of these accounts has failed too often and is not tried any more (`pamtui account show` says why, `pamtui account rotate` tries again)"),
                AttentionKind.Unreachable => ("account", "The targets of these accounts could not be reached, or did not show that they are the ones meant (`pamtui account show` says why)"),
                AttentionKind.RotationOverdue => ("rotation", "The credentials of these accounts are older than their policy allows"),
                AttentionKind.NeverRotated => ("rotation", "A policy holds for these accounts and they were never rotated (`pamtui account show` says what it waits for)"),
                AttentionKind.Unverified => ("account", "These accounts were never checked as they are now, so nothing signs in with them by itself (`pamtui account check`)"),
                _ => null,
            };
            if (finding is var (subject, says))
            {
                Named(findings, subject, [.. group.First.Select(account => account.Reference.ToString())], says);
            }
        }

        Named(
            findings,
            "resource",
            await ResourceRows.LinuxWithoutHostKeysAsync(tx, MaxNamed + 1).ConfigureAwait(false),
            "No host key is pinned, so no session can be opened there (`pamtui resource host-key accept`)");
    }

    private static async Task RotationsAsync(Tx tx, List<Finding> findings)
    {
        List<string> hooks = [];
        foreach (HookState state in (HookState[])[HookState.Failed, HookState.Pending])
        {
            foreach (RotationRecord row in await RotationRows.WithHookAsync(tx, state, MaxExamined).ConfigureAwait(false))
            {
                if (row.Hook!.Error is not null && await AccountRows.FindAsync(tx, row.AccountId).ConfigureAwait(false) is { } account)
                {
                    hooks.Add(account.Reference.ToString());
                }
            }
        }

        Named(findings, "rotation", hooks, "The hook of these accounts failed, so something else may still use the old credential (`pamtui account show`, `pamtui account rotation hook`)");
        IEnumerable<string> unknown = (await PolicyRows.AllAsync(tx).ConfigureAwait(false)).Where(policy => policy.Terms.Window is { IsKnown: false }).Select(policy => policy.Name);
        Named(findings, "policy", [.. unknown], "This machine does not know the time zone of these policies, so they rotate nothing here (install tzdata)");
    }

    private async Task GrantsAsync(Tx tx, List<Finding> findings)
    {
        DateTimeOffset now = _time.GetUtcNow();
        List<string> nothing = [];
        List<string> ended = [];
        Page<Grant> page = await GrantRows.PageAsync(tx, new PageRequest(0, PageRequest.MaxLimit)).ConfigureAwait(false);
        foreach (Grant grant in page.Items)
        {
            string named = grant.Id.ToString(CultureInfo.InvariantCulture) + " (" + grant.Grantee + ")";
            if (grant.Until is { } until && until <= now)
            {
                ended.Add(named);
            }
            else if (!grant.Capabilities.HasFlag(Capability.Forward) && await GrantRows.CountReachedAsync(tx, grant).ConfigureAwait(false) == 0)
            {
                nothing.Add(named);
            }
        }

        Named(findings, "grant", nothing, "These grants reach no account");
        Named(findings, "grant", ended, "These grants have ended (`pamtui grant remove`)");
    }
}
