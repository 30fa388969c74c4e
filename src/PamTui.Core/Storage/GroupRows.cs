using PamTui.Core.Filters;
using PamTui.Core.Model;

namespace PamTui.Core.Storage;

internal static class GroupRows
{
    public static async Task<Group?> FindAsync(Tx tx, string name)
    {
        long id = await tx.NumberAsync("SELECT id FROM groups WHERE name = @name", new { name }).ConfigureAwait(false);
        return id == 0 ? null : new Group(id, name, await MembersAsync(tx, id).ConfigureAwait(false));
    }

    /// <summary>In name order.</summary>
    /// <param name="filter">Of <see cref="FilterSubject.Group"/>.</param>
    public static async Task<Page<Group>> PageAsync(Tx tx, FilterNode filter, PageRequest page)
    {
        SqlArgs args = new();
        string condition = await FilterSql.ForListAsync(tx, filter, FilterSubject.Group, args).ConfigureAwait(false);
        long total = await tx.NumberAsync($"SELECT count(*) FROM groups p WHERE {condition}", args.Values).ConfigureAwait(false);
        List<Stored> rows = await tx.ListAsync<Stored>(
            $"SELECT p.id, p.name FROM groups p WHERE {condition} ORDER BY p.name LIMIT {args.Add(page.Limit)} OFFSET {args.Add(page.Offset)}",
            args.Values).ConfigureAwait(false);
        List<Group> groups = [];
        foreach (Stored row in rows)
        {
            groups.Add(new Group(row.Id, row.Name, await MembersAsync(tx, row.Id).ConfigureAwait(false)));
        }

        return new Page<Group>(groups, page.Offset, (int)total);
    }

    public static Task<long> InsertAsync(Tx tx, string name) => tx.NumberAsync("INSERT INTO groups (name) VALUES (@name) RETURNING id", new { name });

    public static Task RenameAsync(Tx tx, long id, string name) => tx.ExecuteAsync("UPDATE groups SET name = @name WHERE id = @id", new { id, name });

    public static Task DeleteAsync(Tx tx, long id) => tx.ExecuteAsync("DELETE FROM groups WHERE id = @id", new { id });

    public static Task AddMemberAsync(Tx tx, long groupId, long userId) =>
        tx.ExecuteAsync("INSERT INTO members (group_id, user_id) VALUES (@groupId, @userId)", new { groupId, userId });

    public static Task<int> RemoveMemberAsync(Tx tx, long groupId, long userId) =>
        tx.ExecuteAsync("DELETE FROM members WHERE group_id = @groupId AND user_id = @userId", new { groupId, userId });

    private static async Task<IReadOnlyList<string>> MembersAsync(Tx tx, long id) => await tx.ListAsync<string>(
        "SELECT u.name FROM users u JOIN members m ON m.user_id = u.id WHERE m.group_id = @id ORDER BY u.name",
        new { id }).ConfigureAwait(false);

    private sealed class Stored
    {
        public long Id { get; init; }

        public string Name { get; init; } = "";
    }
}
