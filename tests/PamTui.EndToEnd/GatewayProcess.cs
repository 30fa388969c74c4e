using System.Globalization;
using PamTui.Servers;

namespace PamTui.EndToEnd;

/// <summary>`pamtui gateway` on a free loopback port.</summary>
public sealed class GatewayProcess : IAsyncDisposable
{
    private readonly ServerProcess _process;

    private GatewayProcess(ServerProcess process, int port)
    {
        _process = process;
        Port = port;
    }

    public int Port { get; }

    public int ProcessId => _process.Id;

    public string Log => _process.Log;

    /// <param name="port">Null: a free one.</param>
    public static async Task<GatewayProcess> StartAsync(Vault vault, int? port, params string[] options)
    {
        for (int attempt = 1; ; attempt++)
        {
            int listen = port ?? FreePort.Next();
            ServerProcess process = ServerProcess.Start(
                Vault.Program, ["gateway", "--data", vault.Data, "--listen", string.Create(CultureInfo.InvariantCulture, $"127.0.0.1:{listen}"), .. options]);
            if (await process.FindLineAsync("listening on") is not null)
            {
                return new GatewayProcess(process, listen);
            }

            Assert.True(attempt < 5, "the gateway did not start:\n" + process.Log);
            await process.DisposeAsync();
        }
    }

    public Task<string> LineAsync(string words, TimeSpan? limit = null) => _process.LineAsync(words, limit);

    public void Signal(int signal) => _process.Signal(signal);

    public Task ExitedAsync(TimeSpan? limit = null) => _process.ExitedAsync(limit);

    public int ExitCode => _process.ExitCode;

    public ValueTask DisposeAsync() => _process.DisposeAsync();
}
