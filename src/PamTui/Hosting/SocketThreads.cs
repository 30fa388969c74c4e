namespace PamTui.Hosting;

/// <summary>
/// Sessions are relayed on the threads that wait for sockets (<see cref="Ssh.SshTransport.RunsInline"/>), of which the framework makes one for
/// some thirty processors unless this variable says more. Half of the processors have one: with more of them small answers meet less often in
/// one packet and wait for each other's locks, and what stores, signs and draws has the others. It is read with the first socket of the process.
/// </summary>
internal static class SocketThreads
{
    private const string Variable = "DOTNET_SYSTEM_NET_SOCKETS_THREAD_COUNT";

    /// <summary>Before the first socket; what the operator has set stays.</summary>
    public static void OneForTwoProcessors()
    {
        if (string.IsNullOrEmpty(Environment.GetEnvironmentVariable(Variable)))
        {
            int threads = Math.Max(1, Environment.ProcessorCount / 2);
            Environment.SetEnvironmentVariable(Variable, threads.ToString(System.Globalization.CultureInfo.InvariantCulture));
        }
    }
}
