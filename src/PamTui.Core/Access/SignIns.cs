using System.Globalization;
using System.Security.Cryptography;
using Microsoft.Extensions.Logging;
using PamTui.Core.Audit;
using PamTui.Core.Model;
using PamTui.Core.Storage;
using PamTui.Core.Vault;

namespace PamTui.Core.Access;

/// <summary>
/// Who somebody is. An unknown, a disabled and a wrong one get the same answer, null, for the same work. How often somebody may try
/// is the gateway's business.
/// </summary>
public sealed class SignIns : IAsyncDisposable
{
    private static readonly TimeSpan s_writeEvery = TimeSpan.FromSeconds(10);

    /// <summary>What the audit calls a sign-in.</summary>
    internal const string Action = "signin";

    private readonly Database _database;
    private readonly AuditWriter _audit;
    private readonly SecretStore _secrets;
    private readonly PasswordHasher _hasher;
    private readonly TimeProvider _time;
    private readonly ILogger _log;
    private readonly FailureTally _failures;
    private readonly CancellationTokenSource _stop = new();
    private readonly Lock _lock = new();

    // From reading a sum to having written it: two at once would write it twice.
    private readonly SemaphoreSlim _writing = new(1, 1);
    private Task? _writer;

    internal SignIns(Database database, AuditWriter audit, SecretStore secrets, PasswordHasher hasher, TimeProvider time, ILogger log)
    {
        (_database, _audit, _secrets, _hasher, _time, _log) = (database, audit, secrets, hasher, time, log);
        _failures = new FailureTally(time);
    }

    /// <summary>The enabled user of that name who has this key. For an offer and, again, for the key that signed (B5).</summary>
    /// <param name="keyBlob">The public key as on the wire (RFC 4253 §6.6).</param>
    public async Task<User?> FindUserByKeyAsync(string user, ReadOnlyMemory<byte> keyBlob, CancellationToken ct)
    {
        string encoded = Convert.ToBase64String(keyBlob.Span);
        User? found = await FindAsync(user, ct).ConfigureAwait(false);
        bool has = false;
        foreach (UserKey key in found?.Keys ?? [])
        {
            has |= Equal(key.Line.Split(' ')[1], encoded);
        }

        return has && found is { Disabled: false } ? found : null;
    }

    /// <summary>The enabled user of that name, for a certificate that names this user and has been judged.</summary>
    public async Task<User?> FindUserAsync(string user, CancellationToken ct) =>
        await FindAsync(user, ct).ConfigureAwait(false) is { Disabled: false } found ? found : null;

    /// <summary>The enabled user of that name whose password this is. Every call costs one Argon2id, whoever is asked for.</summary>
    public async Task<User?> VerifyPasswordAsync(string user, Secret password, CancellationToken ct)
    {
        (User? found, Secret? hash) = await _database.ReadAsync<(User?, Secret?)>(
            async tx =>
            {
                User? row = Names.IsValid(user) ? await UserRows.FindAsync(tx, user).ConfigureAwait(false) : null;
                if (row is not { HasPassword: true })
                {
                    return (row, null);
                }

                long version = await UserRows.PasswordVersionAsync(tx, row.Id).ConfigureAwait(false);
                return (row, await _secrets.OpenAsync(tx, UserSecrets.Password(row.Id, version)).ConfigureAwait(false));
            },
            ct).ConfigureAwait(false);
        using (hash)
        {
            bool right = await _hasher.VerifyAsync(password, hash, ct).ConfigureAwait(false);
            return right && found is { Disabled: false } ? found : null;
        }
    }

    /// <summary>Writes the sign-in to the audit, after the failures that came before it.</summary>
    /// <param name="source">The peer's address.</param>
    /// <param name="method">"publickey SHA256:…", "password".</param>
    public async Task SucceededAsync(User user, string source, string method, CancellationToken ct)
    {
        await _writing.WaitAsync(ct).ConfigureAwait(false);
        try
        {
            await WriteSuccessAsync(user, source, method, ct).ConfigureAwait(false);
        }
        finally
        {
            _writing.Release();
        }
    }

    /// <summary>
    /// Counts a failed sign-in; takes no time that would tell whether the user exists. A sum reaches the audit within seconds for the
    /// first one, then at growing intervals of up to an hour; names that are no user's share one row.
    /// </summary>
    public void Failed(string user, string source)
    {
        _failures.Add(user, source);
        lock (_lock)
        {
            if (!_stop.IsCancellationRequested)
            {
                _writer ??= WriteFailuresAsync(_stop.Token);
            }
        }
    }

    public async ValueTask DisposeAsync()
    {
        Task? writer;
        lock (_lock)
        {
            _stop.Cancel();
            writer = _writer;
        }

        if (writer is not null)
        {
            await writer.ConfigureAwait(false);
            await TryFlushAsync(everything: true).ConfigureAwait(false);
        }

        _stop.Dispose();
        _writing.Dispose();
    }

    /// <summary>Writes what is due; all of it when <paramref name="everything"/>.</summary>
    internal async Task FlushAsync(bool everything, CancellationToken ct)
    {
        await _writing.WaitAsync(ct).ConfigureAwait(false);
        try
        {
            await WriteDueAsync(everything, ct).ConfigureAwait(false);
        }
        finally
        {
            _writing.Release();
        }
    }

    private async Task WriteSuccessAsync(User user, string source, string method, CancellationToken ct)
    {
        FailureTally.Failures? before = _failures.Of(user.Name);
        await _database.WriteAsync<Done>(
            async tx =>
            {
                if (before is not null)
                {
                    await AppendAsync(tx, user.Name, before.Count, before.Sources).ConfigureAwait(false);
                }

                await _audit.AppendAsync(tx, new Actor(user.Name, user.Id, user.Role, source), Action, user.Name, AuditDetails.Of(("method", method))).ConfigureAwait(false);
                return default(Done);
            },
            ct).ConfigureAwait(false);
        if (before is not null)
        {
            _failures.Written(before, known: true);
        }
    }

    private async Task WriteDueAsync(bool everything, CancellationToken ct)
    {
        IReadOnlyList<FailureTally.Failures> due = _failures.Due(everything);
        if (due.Count == 0)
        {
            return;
        }

        HashSet<string> known = await _database.ReadAsync(
            async tx =>
            {
                HashSet<string> names = new(StringComparer.Ordinal);
                foreach (FailureTally.Failures failures in due.Where(failures => failures.Name != FailureTally.Others))
                {
                    if (await UserRows.FindAsync(tx, failures.Name).ConfigureAwait(false) is not null)
                    {
                        names.Add(failures.Name);
                    }
                }

                return names;
            },
            ct).ConfigureAwait(false);
        _failures.Join(due.Where(failures => failures.Name != FailureTally.Others && !known.Contains(failures.Name)));
        List<FailureTally.Failures> rows =
        [
            .. due.Where(failures => known.Contains(failures.Name)),
            .. _failures.Due(everything).Where(failures => failures.Name == FailureTally.Others),
        ];
        await _database.WriteAsync<Done>(
            async tx =>
            {
                foreach (FailureTally.Failures failures in rows)
                {
                    await AppendAsync(tx, failures.Name == FailureTally.Others ? "(unknown users)" : failures.Name, failures.Count, failures.Sources).ConfigureAwait(false);
                }

                return default(Done);
            },
            ct).ConfigureAwait(false);
        rows.ForEach(failures => _failures.Written(failures, known: true));
    }

    private static bool Equal(string key, string offered) =>
        CryptographicOperations.FixedTimeEquals(System.Text.Encoding.ASCII.GetBytes(key), System.Text.Encoding.ASCII.GetBytes(offered));

    private Task<User?> FindAsync(string user, CancellationToken ct) => _database.ReadAsync(
        tx => UserRows.FindAsync(tx, Names.IsValid(user) ? user : ""),
        ct);

    private Task AppendAsync(Tx tx, string name, long count, IReadOnlyList<string> sources) => _audit.AppendAsync(
        tx,
        Actor.System,
        "signin.failed",
        name,
        AuditDetails.Of(("count", count.ToString(CultureInfo.InvariantCulture)), ("sources", string.Join(' ', sources))));

    private async Task WriteFailuresAsync(CancellationToken ct)
    {
        while (!ct.IsCancellationRequested)
        {
            await Task.Delay(s_writeEvery, _time, ct).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (!ct.IsCancellationRequested)
            {
                await TryFlushAsync(everything: false).ConfigureAwait(false);
            }
        }
    }

    // A full disk must not end the loop: the counts are kept and tried again.
    private async Task TryFlushAsync(bool everything)
    {
        try
        {
            await FlushAsync(everything, CancellationToken.None).ConfigureAwait(false);
        }
        catch (Exception e) when (e is IOException or System.Data.Common.DbException or VaultException)
        {
            _log.LogError("Failed sign-ins could not be written to the audit: {Reason}", Text.Escape(e.Message));
        }
    }
}
