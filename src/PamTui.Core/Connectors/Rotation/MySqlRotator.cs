using System.Security.Cryptography;
using MySqlConnector;
using PamTui.Core.Model;

namespace PamTui.Core.Connectors.Rotation;

/// <summary>MySQL and MariaDB: the hash that the user's plug-in stores takes the password's place, for exactly the user@host that signs in.</summary>
internal sealed class MySqlRotator : IRotator
{
    // A code that the library does not name.
    private const int PrivilegeMissing = 1227;

    public bool LeavesOld(CredentialType type) => false;

    public async Task<(ITargetChange? Open, CheckFailure? Failure)> OpenAsync(CheckRun run, Resource resource, Login by, CredentialChange change, CancellationToken ct)
    {
        // The account itself knows best which user@host it is; where it cannot sign in, its name must be enough.
        MySqlUser? user = null;
        if (!change.ByItself)
        {
            (MySqlSession? own, _) = await MySqlSession.OpenAsync(run, resource, new Login(change.Username, change.Type, change.Old, null), ct).ConfigureAwait(false);
            if (own is not null)
            {
                await using (own.ConfigureAwait(false))
                {
                    (user, CheckFailure? lost) = await AskAsync(run, resource, () => MySqlUser.OfSessionAsync(own, ct), ct).ConfigureAwait(false);
                    if (lost is not null)
                    {
                        return (null, lost);
                    }
                }
            }
        }

        (MySqlSession? session, CheckFailure? failure) = await MySqlSession.OpenAsync(run, resource, by, ct).ConfigureAwait(false);
        if (session is null)
        {
            return (null, failure);
        }

        run.Enter(CheckStage.Probe);
        if (user is null)
        {
            (user, failure) = await AskAsync(
                run, resource, () => change.ByItself ? MySqlUser.OfSessionAsync(session, ct) : MySqlUser.ByNameAsync(session, change.Username, ct), ct).ConfigureAwait(false);
        }

        failure ??= WhyNot(run, resource, change, user, session.IsMariaDb);
        if (failure is not null)
        {
            await session.DisposeAsync().ConfigureAwait(false);
            return (null, failure);
        }

        return (new Change(session, resource, change, user!), null);
    }

    private static async Task<(MySqlUser? User, CheckFailure? Failure)> AskAsync(CheckRun run, Resource resource, Func<Task<MySqlUser?>> ask, CancellationToken ct)
    {
        try
        {
            return (await ask().ConfigureAwait(false), null);
        }
        catch (MySqlException e) when (e.Number > 0 && !e.IsTransient)
        {
            return (null, null);
        }
        catch (Exception e) when (MySqlSession.IsFault(e))
        {
            ct.ThrowIfCancellationRequested();
            return (null, MySqlSession.Failure(run, resource, e));
        }
    }

    private static CheckFailure? WhyNot(CheckRun run, Resource resource, CredentialChange change, MySqlUser? user, bool mariaDb)
    {
        string other = mariaDb ? MySqlUser.Ed25519Plugin : MySqlUser.CachingSha2Plugin;
        string target = Reach.Name(resource);
        string named = Text.Quote(change.Username);
        return user switch
        {
            null => run.Fail(
                CheckCause.NotPermitted,
                change.ByItself
                    ? $"{target} lets {named} in as an anonymous user, or does not say how it signs in: nothing can be rotated there."
                    : $"{target} has no user {named}, or several by host, or does not show it to the rotation account: give the account the password that it has there, or the rotation account SELECT on mysql.*."),
            _ when user.Name != change.Username => run.Fail(
                CheckCause.NotPermitted, $"{target} lets {named} in as {Text.Quote(user.Name)}: correct the account's username."),
            _ when user.Plugin != MySqlUser.NativePlugin && user.Plugin != other => run.Fail(
                CheckCause.NotPermitted,
                $"{named} signs in to {target} by {Text.Quote(user.Plugin)}, whose credentials cannot be rotated, so nothing was changed: only those of {MySqlUser.NativePlugin} and {other} are."),
            { Alone: false } => run.Fail(
                CheckCause.NotPermitted, $"{named} has several ways to sign in to {target}, of which a change would leave one: change its password there."),
            _ => null,
        };
    }

    private sealed class Change(MySqlSession session, Resource resource, CredentialChange change, MySqlUser user) : ITargetChange
    {
        public async Task<CheckFailure?> TestAsync(CheckRun run, CancellationToken ct)
        {
            try
            {
                if (await session.ScalarAsync("SELECT @@global.read_only", ct).ConfigureAwait(false) is "1" or "True")
                {
                    return run.Fail(CheckCause.NotPermitted, $"{Reach.Name(resource)} is read-only, a replica perhaps: name the primary as the resource's host.");
                }

                // Everybody may change his own. Of others: the right is asked for before it is found that nobody has this name.
                if (!change.ByItself)
                {
                    MySqlUser nobody = new("pamtui-" + Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(8)), "localhost", user.Plugin, true);
                    using Secret password = Secret.From(RandomNumberGenerator.GetBytes(16));
                    await session.ExecuteAsync($"ALTER USER IF EXISTS {nobody.Quoted} {Identified(password)}", ct).ConfigureAwait(false);
                }

                return null;
            }
            catch (MySqlException e) when (e.Number > 0 && !e.IsTransient)
            {
                return Refused(run, e);
            }
            catch (Exception e) when (MySqlSession.IsFault(e))
            {
                ct.ThrowIfCancellationRequested();
                return MySqlSession.Failure(run, resource, e);
            }
        }

        public Task<ChangeOutcome> ApplyAsync(CheckRun run, Secret replacement, CancellationToken ct) => SetAsync(run, replacement, ct);

        public Task<ChangeOutcome> WithdrawAsync(CheckRun run, Secret replacement, CancellationToken ct) => SetAsync(run, change.Old, ct);

        public Task<CheckFailure?> FinishAsync(CheckRun run, Secret replacement, CancellationToken ct) => Task.FromResult<CheckFailure?>(null);

        public ValueTask DisposeAsync() => session.DisposeAsync();

        private async Task<ChangeOutcome> SetAsync(CheckRun run, Secret password, CancellationToken ct)
        {
            try
            {
                await (change.ByItself switch
                {
                    // MariaDB lets everybody set his own password, but alter not even himself.
                    true when session.IsMariaDb => session.ExecuteAsync($"SET PASSWORD = '{Hash(password)}'", ct),

                    // MySQL takes a hash only from who may alter users. It writes what follows BY into no log of its own.
                    true => session.ExecuteAsync("ALTER USER USER() IDENTIFIED BY @password", password, ct),
                    false => session.ExecuteAsync($"ALTER USER {user.Quoted} {Identified(password)}", ct),
                }).ConfigureAwait(false);
                return new ChangeOutcome.Applied();
            }
            catch (MySqlException e) when (e.Number > 0 && !e.IsTransient && e.ErrorCode is not (MySqlErrorCode.ServerShutdown or MySqlErrorCode.QueryInterrupted))
            {
                return new ChangeOutcome.Refused(Refused(run, e));
            }
            catch (Exception e) when (MySqlSession.IsFault(e))
            {
                ct.ThrowIfCancellationRequested();
                return new ChangeOutcome.Unknown(MySqlSession.Failure(run, resource, e));
            }
        }

        private string Identified(Secret password) => session.IsMariaDb
            ? $"IDENTIFIED VIA {user.Plugin} USING '{Hash(password)}'"
            : $"IDENTIFIED WITH '{user.Plugin}' AS '{Hash(password)}'";

        // What the plug-in stores. WhyNot lets no other one come here.
        private string Hash(Secret password) => user.Plugin switch
        {
            MySqlUser.CachingSha2Plugin => CachingSha2Hash.Of(password),
            MySqlUser.Ed25519Plugin => MariaDbEd25519.Hash(password),
            _ => NativeHash(password),
        };

        private CheckFailure Refused(CheckRun run, MySqlException e)
        {
            string target = Reach.Name(resource);
            return e.Number switch
            {
                PrivilegeMissing or (int)MySqlErrorCode.DatabaseAccessDenied or (int)MySqlErrorCode.PasswordNotAllowed => run.Fail(
                    CheckCause.NotPermitted,
                    change.ByItself
                        ? $"{target} does not let the user change its own password: it says {run.Said(e.Message)}; give the resource a rotation account."
                        : $"The rotation account may not change users on {target}: GRANT CREATE USER ON *.* to it there."),
                _ => run.Fail(CheckCause.NotPermitted, $"{target} does not take the change ({e.Number}): it says {run.Said(e.Message)}."),
            };
        }

        // What mysql_native_password stores: '*' and the SHA-1 of the SHA-1.
        private static string NativeHash(Secret password)
        {
#pragma warning disable RS0030, CA5350 // The server's own form; nothing of ours rests on it.
            Span<byte> hash = stackalloc byte[SHA1.HashSizeInBytes];
            SHA1.HashData(password.Bytes, hash);
            SHA1.HashData(hash, hash);
#pragma warning restore RS0030, CA5350
            return "*" + Convert.ToHexString(hash);
        }
    }
}
