using System.Net;

namespace PamTui.Core.Storage;

/// <summary>Which gateways live and where they listen, by their own word.</summary>
internal static class NodeRows
{
    public static Task PutAsync(Tx tx, string name, DateTimeOffset expires) => tx.ExecuteAsync(
        "INSERT INTO nodes (name, expires) VALUES (@name, @expires) ON CONFLICT (name) DO UPDATE SET expires = excluded.expires",
        new { name, expires = StoredTime.Of(expires) });

    public static Task PutAsync(Tx tx, string name, IEnumerable<IPEndPoint> listens, DateTimeOffset expires) => tx.ExecuteAsync(
        """
        INSERT INTO nodes (name, listens, expires) VALUES (@name, @listens, @expires)
        ON CONFLICT (name) DO UPDATE SET listens = excluded.listens, expires = excluded.expires
        """,
        new { name, listens = string.Join(' ', listens), expires = StoredTime.Of(expires) });

    /// <summary>Also of one that has not said for a while that it lives: it may only be held up.</summary>
    public static async Task<IReadOnlyList<IPAddress>> ListenersAsync(Tx tx, int port)
    {
        List<string> all = await tx.ListAsync<string>("SELECT listens FROM nodes WHERE listens <> ''").ConfigureAwait(false);
        return [.. all.SelectMany(listens => listens.Split(' ')).Select(IPEndPoint.Parse).Where(one => one.Port == port).Select(one => one.Address)];
    }

    public static Task DeleteDeadAsync(Tx tx, DateTimeOffset now) => tx.ExecuteAsync("DELETE FROM nodes WHERE expires <= @now", new { now = StoredTime.Of(now) });
}
