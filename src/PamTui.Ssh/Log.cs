using Microsoft.Extensions.Logging;

namespace PamTui.Ssh;

/// <summary>Ids 1000–1099. What the peer says arrives here escaped.</summary>
internal static partial class Log
{
    [LoggerMessage(1000, LogLevel.Debug, "ssh {Role}: key exchange {Exchange} by {Method}, ciphers {ToServer} and {ToClient}")]
    public static partial void KeysAgreed(ILogger log, SshRole role, int exchange, string method, string toServer, string toClient);

    [LoggerMessage(1001, LogLevel.Debug, "ssh {Role}: connection ended: {Why}")]
    public static partial void Ended(ILogger log, SshRole role, string why);
}
