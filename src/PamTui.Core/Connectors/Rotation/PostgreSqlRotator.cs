using System.Globalization;
using Npgsql;
using PamTui.Core.Model;

namespace PamTui.Core.Connectors.Rotation;

/// <summary>PostgreSQL: ALTER ROLE with a verifier in the password's place.</summary>
internal sealed class PostgreSqlRotator : IRotator
{
    public bool LeavesOld(CredentialType type) => false;

    public async Task<(ITargetChange? Open, CheckFailure? Failure)> OpenAsync(CheckRun run, Resource resource, Login by, CredentialChange change, CancellationToken ct)
    {
        (PostgreSqlSession? session, CheckFailure? failure) = await PostgreSqlSession.OpenAsync(run, resource, by, ct).ConfigureAwait(false);
        return session is null ? (null, failure) : (new Change(session, resource, change), null);
    }

    private sealed class Change(PostgreSqlSession session, Resource resource, CredentialChange change) : ITargetChange
    {
        // The server may ask for more than its default, but not for minutes of this machine's time.
        private const int MaxIterations = 200_000;

        private const int FirstWithScram = 100_000;

        // DDL is transactional there: the very statement is run, and taken back.
        public async Task<CheckFailure?> TestAsync(CheckRun run, CancellationToken ct)
        {
            using Secret nobodys = Secret.From(System.Security.Cryptography.RandomNumberGenerator.GetBytes(32));
            try
            {
                if (await WhyNotAsync(run, ct).ConfigureAwait(false) is { } failure)
                {
                    return failure;
                }

                string statement = await StatementAsync(nobodys, ct).ConfigureAwait(false);
                await ExecuteAsync("BEGIN", ct).ConfigureAwait(false);
                await ExecuteAsync(statement, ct).ConfigureAwait(false);
                await ExecuteAsync("ROLLBACK", ct).ConfigureAwait(false);
                return null;
            }
            catch (PostgresException e)
            {
                return Refused(run, e);
            }
            catch (Exception e) when (PostgreSqlSession.IsFault(e))
            {
                ct.ThrowIfCancellationRequested();
                return PostgreSqlSession.Failure(run, resource, e);
            }
        }

        public Task<ChangeOutcome> ApplyAsync(CheckRun run, Secret replacement, CancellationToken ct) => SetAsync(run, replacement, ct);

        public Task<ChangeOutcome> WithdrawAsync(CheckRun run, Secret replacement, CancellationToken ct) => SetAsync(run, change.Old, ct);

        public Task<CheckFailure?> FinishAsync(CheckRun run, Secret replacement, CancellationToken ct) => Task.FromResult<CheckFailure?>(null);

        public ValueTask DisposeAsync() => session.DisposeAsync();

        private async Task<ChangeOutcome> SetAsync(CheckRun run, Secret password, CancellationToken ct)
        {
            bool sent = false;
            try
            {
                if (await WhyNotAsync(run, ct).ConfigureAwait(false) is { } failure)
                {
                    return new ChangeOutcome.Refused(failure);
                }

                string statement = await StatementAsync(password, ct).ConfigureAwait(false);
                sent = true;
                await ExecuteAsync(statement, ct).ConfigureAwait(false);
                return new ChangeOutcome.Applied();
            }
            catch (PostgresException e) when (!e.IsTransient)
            {
                return new ChangeOutcome.Refused(Refused(run, e));
            }
            catch (Exception e) when (PostgreSqlSession.IsFault(e))
            {
                ct.ThrowIfCancellationRequested();
                CheckFailure failure = PostgreSqlSession.Failure(run, resource, e);
                return sent ? new ChangeOutcome.Unknown(failure) : new ChangeOutcome.Refused(failure);
            }
        }

        // A server that knows no verifiers would take one for the password itself.
        private async Task<CheckFailure?> WhyNotAsync(CheckRun run, CancellationToken ct)
        {
            string version = await ScalarAsync("SELECT pg_catalog.version()", ct).ConfigureAwait(false);
            string number = await ScalarAsync("SELECT pg_catalog.current_setting('server_version_num')", ct).ConfigureAwait(false);
            return version.StartsWith("PostgreSQL ", StringComparison.Ordinal)
                && int.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out int given)
                && given >= FirstWithScram
                    ? null
                    : run.Fail(CheckCause.NotPermitted, $"{Reach.Name(resource)} is {Text.Quote(version)}, which does not know SCRAM-SHA-256: passwords are rotated on PostgreSQL 10 and later.");
        }

        private async Task<string> StatementAsync(Secret password, CancellationToken ct)
        {
            string setting = await ScalarAsync("SELECT coalesce(pg_catalog.current_setting('scram_iterations', true), '')", ct).ConfigureAwait(false);
            int iterations = int.TryParse(setting, NumberStyles.None, CultureInfo.InvariantCulture, out int asked)
                ? Math.Clamp(asked, ScramVerifier.DefaultIterations, MaxIterations)
                : ScramVerifier.DefaultIterations;

            // A session may begin as another role (ALTER ROLE … SET role): whoever signed in is who changes, and is changed by itself.
            await ExecuteAsync("SET ROLE NONE", ct).ConfigureAwait(false);
            string role = change.ByItself ? "SESSION_USER" : new NpgsqlCommandBuilder().QuoteIdentifier(change.Username);
            return $"ALTER ROLE {role} PASSWORD '{ScramVerifier.Of(password, iterations)}'";
        }

        private CheckFailure Refused(CheckRun run, PostgresException e)
        {
            string target = Reach.Name(resource);
            return e.SqlState switch
            {
                PostgresErrorCodes.InsufficientPrivilege => run.Fail(
                    CheckCause.NotPermitted,
                    change.ByItself
                        ? $"{target} does not let the user change its own password: it says {run.Said(e.MessageText)}."
                        : $"The rotation account may not change this role on {target}: give it CREATEROLE and the role WITH ADMIN OPTION there (a superuser's password needs a superuser)."),
                PostgresErrorCodes.ReadOnlySqlTransaction => run.Fail(
                    CheckCause.NotPermitted, $"{target} is read-only, a standby perhaps: name the primary as the resource's host."),
                PostgresErrorCodes.UndefinedObject => run.Fail(
                    CheckCause.NotPermitted, $"There is no role {Text.Quote(change.Username)} on {target}: correct the account's username."),
                _ => run.Fail(CheckCause.NotPermitted, $"{target} does not take the change ({Text.Escape(e.SqlState)}): it says {run.Said(e.MessageText)}."),
            };
        }

        private async Task ExecuteAsync(string sql, CancellationToken ct)
        {
#pragma warning disable CA2100 // Keywords, an identifier that the library quoted, and a verifier of base64: nothing else is in it.
            NpgsqlCommand command = new(sql, session.Connection);
#pragma warning restore CA2100
            await using (command.ConfigureAwait(false))
            {
                await command.ExecuteNonQueryAsync(ct).ConfigureAwait(false);
            }
        }

        private async Task<string> ScalarAsync(string sql, CancellationToken ct)
        {
#pragma warning disable CA2100 // Constants of this file.
            NpgsqlCommand command = new(sql, session.Connection);
#pragma warning restore CA2100
            await using (command.ConfigureAwait(false))
            {
                return await command.ExecuteScalarAsync(ct).ConfigureAwait(false) as string ?? "";
            }
        }
    }
}
