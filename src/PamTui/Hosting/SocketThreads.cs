namespace PamTui.Hosting;

/// <summary>
/// Sessions are relayed on the threads that wait for sockets (<see cref="Ssh.SshTransport.RunsInline"/>), of which the framework makes one for
/// some thirty processors unless this variable says more. It is read with the first socket of the process.
/// </summary>
internal static class SocketThreads
{
    private const string Variable = "DOTNET_SYSTEM_NET_SOCKETS_THREAD_COUNT";

    /// <summary>Before the first socket; what the operator has set stays.</summary>
    public static void OnePerProcessor()
    {
        if (string.IsNullOrEmpty(Environment.GetEnvironmentVariable(Variable)))
        {
            Environment.SetEnvironmentVariable(Variable, Environment.ProcessorCount.ToString(System.Globalization.CultureInfo.InvariantCulture));
        }
    }
}
