using System.Globalization;
using System.Text;
using Xunit;

namespace PamTui.Servers;

/// <summary>A MariaDB server on a loopback port of its own. Local socket: root, without a password.</summary>
public sealed class MariaDb : IAsyncDisposable
{
    // In place of 96 MB, most of what there would be to copy.
    private const string LogSize = "--innodb-log-file-size=8M";

    private static readonly DataTemplate s_empty = new(MakeAsync);

    private readonly TempFolder _folder;
    private readonly ServerProcess _process;

    private MariaDb(TempFolder folder, ServerProcess process, int port, TestCa ca)
    {
        _folder = folder;
        _process = process;
        Port = port;
        Ca = ca;
    }

    public static string Host => "127.0.0.1";

    public int Port { get; }

    public int ProcessId => _process.Id;

    /// <summary>The CA of its certificate, which is good for 127.0.0.1 and localhost.</summary>
    public TestCa Ca { get; }

    public string Log => _process.Log;

    public static async Task<MariaDb> StartAsync(bool tls = true, IReadOnlyList<string>? certificateNames = null, IReadOnlyList<string>? options = null)
    {
        string program = Tools.Need("mariadbd");
        TempFolder folder = new(readableByAll: true);
        TestCa ca = new();
        (string certificate, string key) = ca.Issue(certificateNames ?? ["127.0.0.1", "localhost"]);
        folder.Write("server.crt", certificate);
        folder.Write("ca.crt", ca.Pem);
        folder.WritePrivate("server.key", key);
        string data = folder.PathOf("data");
        if (Tools.IsRoot)
        {
            (await Run.ProgramAsync("chown", "-R", "mysql:mysql", folder.Path)).Succeeded();
        }

        await s_empty.CopyToAsync(data);
        for (int attempt = 1; ; attempt++)
        {
            int port = FreePort.Next();
            ServerProcess process = ServerProcess.Start(program, [
                "--no-defaults", .. AsUser, "--datadir=" + data, "--tmpdir=" + folder.Path, LogSize, "--socket=" + folder.PathOf("socket"), "--pid-file=" + folder.PathOf("pid"),
                "--bind-address=" + Host, string.Create(CultureInfo.InvariantCulture, $"--port={port}"), "--skip-name-resolve", "--innodb-flush-log-at-trx-commit=0",
                "--character-set-server=utf8mb4", "--log-warnings=4",
                .. tls ? ["--ssl-ca=" + folder.PathOf("ca.crt"), "--ssl-cert=" + folder.PathOf("server.crt"), "--ssl-key=" + folder.PathOf("server.key")] : Array.Empty<string>(),
                .. options ?? []]);
            if (await process.FindLineAsync("ready for connections") is not null)
            {
                return new MariaDb(folder, process, port, ca);
            }

            Assert.True(attempt < 5, "mariadbd did not start:\n" + process.Log);
            await process.DisposeAsync();
        }
    }

    /// <summary>Runs SQL as root over the local socket; gives tab-separated rows without headings.</summary>
    public async Task<string> SqlAsync(string sql)
    {
        RunResult result = await Run.ProgramAsync(
            "mariadb", ["--no-defaults", "--socket=" + _folder.PathOf("socket"), "--user=root", "--default-character-set=utf8mb4", "--batch", "--skip-column-names"],
            Encoding.UTF8.GetBytes(sql));
        return result.Succeeded().Text.Trim();
    }

    public Task<string> LineAsync(string words) => _process.LineAsync(words);

    public async ValueTask DisposeAsync()
    {
        await _process.DisposeAsync();
        Ca.Dispose();
        _folder.Dispose();
    }

    // The server refuses to run as root.
    private static string[] AsUser => Tools.IsRoot ? ["--user=mysql"] : [];

    private static async Task MakeAsync(string data)
    {
        string folder = Path.GetDirectoryName(data)!;
        if (Tools.IsRoot)
        {
            (await Run.ProgramAsync("chown", "mysql:mysql", folder)).Succeeded();
        }

        (await Run.ProgramAsync(
            "mariadb-install-db",
            ["--no-defaults", .. AsUser, "--datadir=" + data, "--tmpdir=" + folder, LogSize, "--auth-root-authentication-method=normal", "--skip-test-db"],
            null)).Succeeded();
    }
}
