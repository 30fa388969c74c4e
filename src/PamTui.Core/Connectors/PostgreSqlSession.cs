using System.Net;
using System.Net.Sockets;
using System.Security.Authentication;
using Npgsql;
using PamTui.Core.Model;

namespace PamTui.Core.Connectors;

/// <summary>A connection to PostgreSQL by Npgsql, and what its failures mean.</summary>
internal sealed class PostgreSqlSession(NpgsqlDataSource source, NpgsqlConnection connection) : IAsyncDisposable
{
    public NpgsqlConnection Connection => connection;

    /// <summary>Signed in, or why not. Both null: without a login the identity is as it should be, and the look ends there.</summary>
    public static async Task<(PostgreSqlSession? Open, CheckFailure? Failure)> OpenAsync(CheckRun run, Resource resource, Login? login, CancellationToken ct)
    {
        (IReadOnlyList<IPAddress> addresses, CheckFailure? failure) = await Reach.ResolveAsync(run, resource, ct).ConfigureAwait(false);
        if (failure is not null)
        {
            return (null, failure);
        }

        if (resource.TlsMode == TlsMode.Off)
        {
            // With TLS the first byte tells; without, the library would take any bytes for the length of a message and wait for it.
            failure = await GreetAsync(run, resource, addresses, ct).ConfigureAwait(false);
            if (failure is not null || login is null)
            {
                return (null, failure);
            }
        }

        run.Enter(CheckStage.Connect);
        TlsTrust trust = new(run, resource, identityOnly: login is null);
        NpgsqlSlimDataSourceBuilder builder = new();
        Configure(builder.ConnectionStringBuilder, resource, login);
        builder.EnableTransportSecurity();
        builder.UseSslClientAuthenticationOptionsCallback(options =>
        {
            trust.Starts();
            options.RemoteCertificateValidationCallback = trust.Accept;
        });

        // By a callback, so that no connection string ever holds it.
        builder.UsePasswordProvider(_ => Password(run, login), (_, _) => ValueTask.FromResult(Password(run, login)));
        NpgsqlDataSource source = builder.Build();
        try
        {
            return (new PostgreSqlSession(source, await source.OpenConnectionAsync(ct).ConfigureAwait(false)), null);
        }
        catch (Exception e)
        {
            await source.DisposeAsync().ConfigureAwait(false);
            if (IsFault(e))
            {
                ct.ThrowIfCancellationRequested();
                return (null, e is PostgresException || !(login is null && trust.Trusted) ? trust.Failure ?? Failure(run, resource, e) : null);
            }

            throw;
        }
    }

    /// <summary>The target's or the network's, not ours.</summary>
    public static bool IsFault(Exception e) => e is NpgsqlException or NotSupportedException or IOException or TimeoutException or AuthenticationException or SocketException;

    public static CheckFailure Failure(CheckRun run, Resource resource, Exception e) => e is PostgresException said ? Refused(run, resource, said) : Broken(run, resource, e);

    public async ValueTask DisposeAsync()
    {
        await connection.DisposeAsync().ConfigureAwait(false);
        await source.DisposeAsync().ConfigureAwait(false);
    }

    // SSLRequest: PostgreSQL answers it with one letter, whether it has TLS or not.
    private static async Task<CheckFailure?> GreetAsync(CheckRun run, Resource resource, IReadOnlyList<IPAddress> addresses, CancellationToken ct)
    {
        (Socket? socket, CheckFailure? failure) = await Reach.OpenAsync(run, resource, addresses, ct).ConfigureAwait(false);
        using (socket)
        {
            if (socket is null)
            {
                return failure;
            }

            try
            {
                byte[] request = [0, 0, 0, 8, 0x04, 0xd2, 0x16, 0x2f];
                await socket.SendAsync(request, ct).ConfigureAwait(false);
                byte[] answer = new byte[1];
                int read = await socket.ReceiveAsync(answer, ct).ConfigureAwait(false);
                return read == 1 && answer[0] is (byte)'S' or (byte)'N' ? null : NotPostgreSql(run, resource);
            }
            catch (SocketException e)
            {
                return Reach.Failure(run, resource, e);
            }
        }
    }

    private static CheckFailure NotPostgreSql(CheckRun run, Resource resource) => run.FailAt(
        CheckStage.Identity, CheckCause.NotTheProtocol, $"What answers on {Reach.Name(resource)} is not PostgreSQL: check the port.");

    private static void Configure(NpgsqlConnectionStringBuilder settings, Resource resource, Login? login)
    {
        settings.Host = resource.Host;
        settings.Port = resource.Port;
        settings.Database = resource.Database ?? "postgres";
        settings.Username = login?.Username ?? "nobody";
        settings.ApplicationName = "pamtui";
        settings.SslMode = resource.TlsMode == TlsMode.Off ? SslMode.Disable : SslMode.Require;
        settings.SslNegotiation = SslNegotiation.Postgres;
        settings.GssEncryptionMode = GssEncryptionMode.Disable;
        settings.ChannelBinding = ChannelBinding.Prefer;

        // Without a verified server whoever answers could ask for the password in clear (D5). One that asks for none proves nothing of it.
        settings.RequireAuth = resource.TlsMode == TlsMode.Verify ? "ScramSHA256,MD5,Password" : "ScramSHA256,MD5";

        // The caller's own limit ends it earlier.
        settings.Timeout = (int)Connectors.DefaultLimit.TotalSeconds;
        settings.CommandTimeout = (int)Connectors.DefaultLimit.TotalSeconds;
        settings.Pooling = false;
        settings.Enlist = false;
        settings.IncludeErrorDetail = false;
        settings.LogParameters = false;
        settings.PersistSecurityInfo = false;
    }

    private static string Password(CheckRun run, Login? login)
    {
        run.Enter(CheckStage.SignIn);
        return login?.Main.RevealText() ?? throw new InvalidOperationException("No credential belongs to this look.");
    }

    private static CheckFailure Refused(CheckRun run, Resource resource, PostgresException e)
    {
        string target = Reach.Name(resource);
        string said = run.Said(e.MessageText);
        return e.SqlState switch
        {
            PostgresErrorCodes.InvalidPassword => run.FailAt(
                CheckStage.SignIn, CheckCause.WrongPassword, $"{target} does not accept the password (or it is past its VALID UNTIL): give the right one."),
            PostgresErrorCodes.InvalidAuthorizationSpecification => run.FailAt(
                CheckStage.SignIn, CheckCause.NotPermitted, $"{target} does not let this user in from here: it says {said}; see pg_hba.conf and the role's LOGIN."),

            // The server looks at the database only after it believes the user.
            PostgresErrorCodes.InvalidCatalogName => run.FailAt(
                CheckStage.Probe, CheckCause.DatabaseMissing, $"The sign-in to {target} works, but there is no database {Text.Quote(resource.Database ?? "postgres")}: check its name."),
            PostgresErrorCodes.InsufficientPrivilege => run.FailAt(
                CheckStage.Probe, CheckCause.NotPermitted, $"The sign-in to {target} works, but the user may not use the database {Text.Quote(resource.Database ?? "postgres")}: GRANT CONNECT on it."),
            PostgresErrorCodes.TooManyConnections => run.FailAt(
                CheckStage.SignIn, CheckCause.NotPermitted, $"{target} has no connection left for this user: it says {said}."),
            PostgresErrorCodes.CannotConnectNow => run.FailAt(
                CheckStage.SignIn, CheckCause.ConnectionLost, $"{target} is starting or stopping: it says {said}; try again."),
            _ when run.Stage == CheckStage.Probe => run.Fail(
                CheckCause.ProbeFailed, $"The sign-in to {target} works, but `SELECT 1` fails: it says {said}."),
            _ => run.FailAt(
                CheckStage.SignIn, CheckCause.NotPermitted, $"{target} refuses the sign-in ({Text.Escape(e.SqlState)}): it says {said}."),
        };
    }

    private static CheckFailure Broken(CheckRun run, Resource resource, Exception e)
    {
        string target = Reach.Name(resource);
        if (Reach.SocketErrorOf(e) is { } socket)
        {
            return Reach.Failure(run, resource, socket);
        }

        // The library has no code for these; its words are its own, not the target's.
        if (e.Message.Contains("No SSL enabled connection", StringComparison.Ordinal))
        {
            return run.FailAt(
                CheckStage.Identity, CheckCause.TlsRefused, $"{target} does not speak TLS: turn `ssl` on there, or set the resource's TLS mode to off if the network is trusted.");
        }

        if (e.Message.Contains("\"None\" authentication", StringComparison.Ordinal))
        {
            return run.FailAt(
                CheckStage.SignIn,
                CheckCause.NotPermitted,
                $"{target} lets this user in without its password, so it proves nothing: use scram-sha-256 in place of trust (or peer, cert) in its pg_hba.conf.");
        }

        if (e is NotSupportedException || e.Message.Contains("authentication method is not allowed", StringComparison.Ordinal))
        {
            return run.FailAt(
                CheckStage.SignIn,
                CheckCause.NotPermitted,
                resource.TlsMode == TlsMode.Verify
                    ? $"{target} asks for a way to sign in that is not supported: use scram-sha-256 in its pg_hba.conf."
                    : $"{target} asks for the password in clear, which is not sent to a server that is not verified: use scram-sha-256 in its pg_hba.conf, or TLS mode verify.");
        }

        return run.Stage switch
        {
            CheckStage.Connect => NotPostgreSql(run, resource),
            CheckStage.Identity => run.Fail(
                CheckCause.TlsRefused, $"TLS with {target} failed before a certificate was shown: check that the port is PostgreSQL's, and the server's TLS settings."),
            _ => run.Fail(CheckCause.ConnectionLost, $"{target} broke the connection off: look at the target's log."),
        };
    }
}
