using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Security.Authentication;
using MySqlConnector;
using MySqlConnector.Authentication;
using PamTui.Core.Model;

namespace PamTui.Core.Connectors;

/// <summary>A connection to MySQL or MariaDB by MySqlConnector, and what its failures mean.</summary>
internal sealed class MySqlSession(MySqlConnection connection) : IAsyncDisposable
{
    // Codes that the library does not name.
    private const int MustChangePassword = 1820;
    private const int PasswordExpired = 1862;
    private const int MariaDbAccountLocked = 4151;
    private const int MySqlAccountLocked = 3118;
    private const int InsecureTransport = 3159;
    private const int MariaDbSocketOnly = 1698;

    // Nor this, which are its own words, not the target's.
    private const string NoTls = "does not support SSL";

    // Long enough for a slow server, short enough to find out afterwards what answers there instead.
    private const uint HandshakeSeconds = 6;

    // The library keeps its plug-ins for the whole process, and takes each once.
    static MySqlSession() => AuthenticationPlugins.Register(new MariaDbEd25519());

    public MySqlConnection Connection => connection;

    /// <summary>Signed in, or why not. Both null: without a login the identity is as it should be, and the look ends there.</summary>
    public static async Task<(MySqlSession? Open, CheckFailure? Failure)> OpenAsync(CheckRun run, Resource resource, Login? login, CancellationToken ct)
    {
        (IReadOnlyList<IPAddress> addresses, CheckFailure? failure) = await Reach.ResolveAsync(run, resource, ct).ConfigureAwait(false);
        if (failure is not null)
        {
            return (null, failure);
        }

        if (login is null && resource.TlsMode == TlsMode.Off)
        {
            return (null, (await Reach.ConnectAsync(run, resource, addresses, ct).ConfigureAwait(false)).Failure);
        }

        // No connection of its own before: the server counts those against this host (max_connect_errors).
        run.Enter(CheckStage.Connect);
        TlsTrust trust = new(run, resource, identityOnly: login is null);
        MySqlConnection connection = new(Settings(resource, login).ConnectionString);
        if (resource.TlsMode != TlsMode.Off)
        {
            connection.RemoteCertificateValidationCallback = trust.Accept;
        }

        // By a callback, so that no connection string ever holds it.
        connection.ProvidePasswordCallback = _ => Password(run, login);
        try
        {
            await connection.OpenAsync(ct).ConfigureAwait(false);
            return (new MySqlSession(connection), null);
        }
        catch (Exception e)
        {
            await connection.DisposeAsync().ConfigureAwait(false);
            if (!IsFault(e))
            {
                throw;
            }

            ct.ThrowIfCancellationRequested();
            if (login is null && trust.Trusted)
            {
                return (null, null);
            }

            // The library does not say why it got no handshake; a look of our own does.
            if (run.Stage == CheckStage.Connect && e is not MySqlException { Number: > 0 and not (int)MySqlErrorCode.UnableToConnectToHost }
                && !e.Message.Contains(NoTls, StringComparison.Ordinal))
            {
                failure = await GreetAsync(run, resource, addresses, ct).ConfigureAwait(false);
            }

            return (null, failure ?? trust.Failure ?? Failure(run, resource, e));
        }
    }

    /// <summary>The target's or the network's, not ours.</summary>
    public static bool IsFault(Exception e) => e is MySqlException or NotSupportedException or IOException or TimeoutException or AuthenticationException
        or FormatException or InvalidOperationException or SocketException;

    public static CheckFailure Failure(CheckRun run, Resource resource, Exception e) => Refused(run, resource, e as MySqlException) ?? Broken(run, resource, e);

    public bool IsMariaDb => connection.ServerVersion.Contains("MariaDB", StringComparison.OrdinalIgnoreCase);

    /// <summary>The first value that it gives, as text.</summary>
    /// <param name="sql">Keywords and what the library quoted.</param>
    public async Task<string> ScalarAsync(string sql, CancellationToken ct)
    {
#pragma warning disable CA2100 // See the parameter.
        MySqlCommand command = new(sql, connection);
#pragma warning restore CA2100
        await using (command.ConfigureAwait(false))
        {
            return Convert.ToString(await command.ExecuteScalarAsync(ct).ConfigureAwait(false), CultureInfo.InvariantCulture) ?? "";
        }
    }

    /// <param name="sql">Keywords, what the library quoted, and hashes.</param>
    public async Task ExecuteAsync(string sql, CancellationToken ct)
    {
#pragma warning disable CA2100 // See the parameter.
        MySqlCommand command = new(sql, connection);
#pragma warning restore CA2100
        await using (command.ConfigureAwait(false))
        {
            await command.ExecuteNonQueryAsync(ct).ConfigureAwait(false);
        }
    }

    /// <param name="sql">Keywords, and "@password" in place of the password.</param>
    public async Task ExecuteAsync(string sql, Secret password, CancellationToken ct)
    {
#pragma warning disable CA2100 // See the parameter.
        MySqlCommand command = new(sql, connection);
#pragma warning restore CA2100
        await using (command.ConfigureAwait(false))
        {
            command.Parameters.AddWithValue("@password", password.RevealText());
            await command.ExecuteNonQueryAsync(ct).ConfigureAwait(false);
        }
    }

    public ValueTask DisposeAsync() => connection.DisposeAsync();

    // A server speaks first: a packet's length and number, then the protocol's version (10) or an error (255).
    private static async Task<CheckFailure?> GreetAsync(CheckRun run, Resource resource, IReadOnlyList<IPAddress> addresses, CancellationToken ct)
    {
        (Socket? socket, CheckFailure? failure) = await Reach.OpenAsync(run, resource, addresses, ct).ConfigureAwait(false);
        using (socket)
        {
            if (socket is null)
            {
                return failure;
            }

            run.Enter(CheckStage.Identity);
            try
            {
                byte[] greeting = new byte[5];
                int length = 0;
                while (length < greeting.Length && await socket.ReceiveAsync(greeting.AsMemory(length), ct).ConfigureAwait(false) is > 0 and int read)
                {
                    length += read;
                }

                return length == greeting.Length && greeting[3] == 0 && (greeting[4] is 10 or 255)
                    ? null
                    : run.Fail(CheckCause.NotTheProtocol, $"What answers on {Reach.Name(resource)} is not MySQL: check the port.");
            }
            catch (SocketException e)
            {
                return Reach.Failure(run, resource, e);
            }
        }
    }

    private static MySqlConnectionStringBuilder Settings(Resource resource, Login? login) => new()
    {
        Server = resource.Host,
        Port = (uint)resource.Port,
        Database = resource.Database ?? "",
        UserID = login?.Username ?? "nobody",
        ApplicationName = "pamtui",

        // Required, because only then the library asks TlsTrust, which refuses before the sign-in starts.
        SslMode = resource.TlsMode == TlsMode.Off ? MySqlSslMode.None : MySqlSslMode.Required,

        // Without TLS caching_sha2_password works only so. Whoever chose no TLS has no identity to protect by refusing it.
        AllowPublicKeyRetrieval = resource.TlsMode == TlsMode.Off,

        // A hostile server could ask for this machine's files.
        AllowLoadLocalInfile = false,
        ServerRedirectionMode = MySqlServerRedirectionMode.Disabled,

        ConnectionTimeout = HandshakeSeconds,
        DefaultCommandTimeout = (uint)Connectors.DefaultLimit.TotalSeconds,
        CancellationTimeout = -1,
        Pooling = false,
        AutoEnlist = false,
        PersistSecurityInfo = false,
        UseCompression = false,
    };

    private static string Password(CheckRun run, Login? login)
    {
        run.Enter(CheckStage.SignIn);
        return login?.Main.RevealText() ?? throw new InvalidOperationException("No credential belongs to this look.");
    }

    /// <summary>What the server itself said; null when the exception is the library's.</summary>
    private static CheckFailure? Refused(CheckRun run, Resource resource, MySqlException? e)
    {
        string target = Reach.Name(resource);
        string said = run.Said(e?.Message ?? "");
        return e?.Number switch
        {
            null or (int)MySqlErrorCode.UnableToConnectToHost => null,
            (int)MySqlErrorCode.AccessDenied => run.FailAt(
                CheckStage.SignIn, CheckCause.WrongPassword, $"{target} does not accept this user with this password from here: check both, and the user's host in mysql.user{(resource.TlsMode == TlsMode.Off ? ", and whether it takes this user only over TLS" : "")}."),
            MariaDbAccountLocked or MySqlAccountLocked => run.FailAt(
                CheckStage.SignIn, CheckCause.AccountLocked, $"The account is locked on {target}: ALTER USER … ACCOUNT UNLOCK there."),
            MustChangePassword or PasswordExpired => run.FailAt(
                CheckStage.SignIn, CheckCause.PasswordExpired, $"The password has expired on {target}: set a new one there and here."),
            (int)MySqlErrorCode.UnknownDatabase => run.FailAt(
                CheckStage.Probe, CheckCause.DatabaseMissing, $"The sign-in to {target} works, but there is no database {Text.Quote(resource.Database ?? "")}: check its name."),
            (int)MySqlErrorCode.DatabaseAccessDenied => run.FailAt(
                CheckStage.Probe, CheckCause.NotPermitted, $"The sign-in to {target} works, but the user may not use the database {Text.Quote(resource.Database ?? "")}: GRANT it something there."),
            (int)MySqlErrorCode.HostIsBlocked or (int)MySqlErrorCode.HostNotPrivileged => run.FailAt(
                CheckStage.SignIn, CheckCause.NotPermitted, $"{target} takes no connection from this machine: it says {said}."),
            InsecureTransport => run.FailAt(
                CheckStage.SignIn, CheckCause.NotPermitted, $"{target} takes only TLS: set the resource's TLS mode to verify."),
            MariaDbSocketOnly => run.FailAt(
                CheckStage.SignIn, CheckCause.NotPermitted, $"{target} lets this user in only over its local socket: give the user a password."),
            (int)MySqlErrorCode.ConnectionCountError or (int)MySqlErrorCode.TooManyUserConnections => run.FailAt(
                CheckStage.SignIn, CheckCause.NotPermitted, $"{target} has no connection left for this user: it says {said}."),
            0 => null,
            _ when run.Stage == CheckStage.Probe => run.Fail(
                CheckCause.ProbeFailed, $"The sign-in to {target} works, but `SELECT 1` fails: it says {said}."),
            _ => run.FailAt(CheckStage.SignIn, CheckCause.NotPermitted, $"{target} refuses the sign-in ({e.Number}): it says {said}."),
        };
    }

    private static CheckFailure Broken(CheckRun run, Resource resource, Exception e)
    {
        string target = Reach.Name(resource);
        if (Reach.SocketErrorOf(e) is { } socket)
        {
            return Reach.Failure(run, resource, socket);
        }

        if (e is NotSupportedException)
        {
            return run.FailAt(
                CheckStage.SignIn,
                CheckCause.NotPermitted,
                $"{target} asks for a way to sign in that is not supported: give the user mysql_native_password, caching_sha2_password or MariaDB's ed25519.");
        }

        if (e.Message.Contains(NoTls, StringComparison.Ordinal))
        {
            return run.FailAt(
                CheckStage.Identity, CheckCause.TlsRefused, $"{target} does not speak TLS: give it a certificate, or set the resource's TLS mode to off if the network is trusted.");
        }

        // Without a socket's error there was an answer, and no handshake came out of it.
        return run.Stage switch
        {
            CheckStage.Identity when resource.TlsMode != TlsMode.Off && e.InnerException is AuthenticationException => run.FailAt(
                CheckStage.Identity, CheckCause.TlsRefused, $"TLS with {target} failed before a certificate was shown: check the server's TLS settings."),
            _ => run.Fail(CheckCause.ConnectionLost, $"{target} broke the connection off: look at the target's log."),
        };
    }
}
