namespace PamTui.Gateway.Databases;

/// <summary>What clients and servers of one kind of database speak.</summary>
internal interface IDatabaseProtocol
{
    /// <summary>
    /// Talks with the client until it has said what it wants, signs in to the target, starts the session and relays to its end. What fails
    /// before is told to the client in the protocol's own way.
    /// </summary>
    /// <returns>Why the session ended; without a session nobody reads it.</returns>
    /// <exception cref="Ssh.SshException">The client's channel is gone. Whatever else it and the target do wrong is no exception.</exception>
    Task<string> RunAsync(DatabaseConnection connection, CancellationToken ct);
}
