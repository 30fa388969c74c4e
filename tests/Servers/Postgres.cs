using System.Globalization;
using Xunit;

namespace PamTui.Servers;

/// <summary>A PostgreSQL server on a loopback port of its own. Local socket: superuser, trusted. TCP: scram-sha-256.</summary>
public sealed class Postgres : IAsyncDisposable
{
    private static readonly DataTemplate s_empty = new(MakeAsync);

    private readonly TempFolder _folder;
    private readonly ServerProcess _process;

    private Postgres(TempFolder folder, ServerProcess process, int port, TestCa ca, (string Certificate, string Key) pem)
    {
        _folder = folder;
        _process = process;
        Port = port;
        Ca = ca;
        Pem = pem;
    }

    public static string Host => "127.0.0.1";

    public int Port { get; }

    public int ProcessId => _process.Id;

    /// <summary>The CA of its certificate, which is good for 127.0.0.1 and localhost.</summary>
    public TestCa Ca { get; }

    /// <summary>Its certificate and the key of that.</summary>
    public (string Certificate, string Key) Pem { get; }

    public string Log => _process.Log;

    /// <param name="hba">Lines of pg_hba.conf, in place of the usual ones.</param>
    public static async Task<Postgres> StartAsync(bool tls = true, IReadOnlyList<string>? certificateNames = null, IReadOnlyList<string>? config = null, string? hba = null)
    {
        string program = Tools.Need("postgres");
        TempFolder folder = new(readableByAll: true);
        TestCa ca = new();
        (string certificate, string key) = ca.Issue(certificateNames ?? ["127.0.0.1", "localhost"]);
        folder.Write("server.crt", certificate);
        folder.WritePrivate("server.key", key);
        if (Tools.IsRoot)
        {
            (await Run.ProgramAsync("chown", "-R", "postgres:postgres", folder.Path)).Succeeded();
        }

        string data = folder.PathOf("data");
        await s_empty.CopyToAsync(data);
        if (hba is not null)
        {
            await File.WriteAllTextAsync(Path.Combine(data, "pg_hba.conf"), hba);
        }

        for (int attempt = 1; ; attempt++)
        {
            int port = FreePort.Next();
            List<string> arguments = ["-D", data];
            foreach (string setting in (IEnumerable<string>)[
                .. config ?? [], string.Create(CultureInfo.InvariantCulture, $"port={port}"), "listen_addresses=" + Host, "unix_socket_directories=" + folder.Path, "fsync=off",
                "ssl=" + (tls ? "on" : "off"), "ssl_cert_file=" + folder.PathOf("server.crt"), "ssl_key_file=" + folder.PathOf("server.key"),
                "log_connections=on", "log_min_messages=info"])
            {
                arguments.AddRange(["-c", setting]);
            }

            (string path, IReadOnlyList<string> all) = AsPostgres(program, arguments);
            ServerProcess process = ServerProcess.Start(Tools.Need(path), all, stopSignal: Signals.Interrupt);
            if (await process.FindLineAsync("ready to accept connections") is not null)
            {
                return new Postgres(folder, process, port, ca, (certificate, key));
            }

            Assert.True(attempt < 5, "postgres did not start:\n" + process.Log);
            await process.DisposeAsync();
        }
    }

    /// <summary>Runs SQL as the superuser over the local socket; gives the unaligned rows.</summary>
    public async Task<string> SqlAsync(string sql, string database = "postgres")
    {
        string port = Port.ToString(CultureInfo.InvariantCulture);
        RunResult result = await Run.ProgramAsync(
            "psql", ["-X", "-A", "-t", "-q", "-v", "ON_ERROR_STOP=1", "-h", _folder.Path, "-p", port, "-U", "postgres", "-d", database],
            System.Text.Encoding.UTF8.GetBytes(sql));
        return result.Succeeded().Text.Trim();
    }

    public Task<string> LineAsync(string words) => _process.LineAsync(words);

    public async ValueTask DisposeAsync()
    {
        await _process.DisposeAsync();
        Ca.Dispose();
        _folder.Dispose();
    }

    private static async Task MakeAsync(string data)
    {
        if (Tools.IsRoot)
        {
            (await Run.ProgramAsync("chown", "postgres:postgres", Path.GetDirectoryName(data)!)).Succeeded();
        }

        (string program, IReadOnlyList<string> arguments) = AsPostgres(
            Tools.Need("initdb"), ["-D", data, "-U", "postgres", "--locale=C", "--encoding=UTF8", "--no-sync", "--auth-local=trust", "--auth-host=scram-sha-256"]);
        (await Run.ProgramAsync(program, arguments, null)).Succeeded();
    }

    // The server refuses to run as root.
    private static (string Program, IReadOnlyList<string> Arguments) AsPostgres(string program, IReadOnlyList<string> arguments) =>
        Tools.IsRoot ? ("setpriv", ["--reuid=postgres", "--regid=postgres", "--clear-groups", program, .. arguments]) : (program, arguments);
}
