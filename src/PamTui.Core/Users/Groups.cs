using System.Globalization;
using PamTui.Core.Access;
using PamTui.Core.Audit;
using PamTui.Core.Filters;
using PamTui.Core.Model;
using PamTui.Core.Storage;

namespace PamTui.Core.Users;

/// <summary>Users under one name, for grants to all of them. For admins.</summary>
public sealed class Groups
{
    private readonly Database _database;
    private readonly AuditWriter _audit;

    internal Groups(Database database, AuditWriter audit) => (_database, _audit) = (database, audit);

    /// <returns>Invalid for a bad name, Failed for one that is taken.</returns>
    public async Task<Result<Group>> AddAsync(Actor actor, string name, CancellationToken ct) => Names.Check(name, "group", "name") is { } bad
        ? bad
        : await AdminAsync<Group>(
            actor,
            "add groups",
            async tx =>
            {
                if (await GroupRows.FindAsync(tx, name).ConfigureAwait(false) is not null)
                {
                    return Refusal.Failed($"There is a group {Text.Quote(name)} already.", "name");
                }

                long id = await GroupRows.InsertAsync(tx, name).ConfigureAwait(false);
                await _audit.AppendAsync(tx, actor, "group.add", name).ConfigureAwait(false);
                return new Group(id, name, []);
            },
            ct).ConfigureAwait(false);

    /// <summary>Removes the group with its grants.</summary>
    public Task<Result<Done>> RemoveAsync(Actor actor, string name, CancellationToken ct) => WithGroupAsync(
        actor,
        name,
        async (tx, group) =>
        {
            long grants = await GrantRows.CountOfGroupAsync(tx, group.Id).ConfigureAwait(false);
            await GroupRows.DeleteAsync(tx, group.Id).ConfigureAwait(false);
            await _audit.AppendAsync(tx, actor, "group.remove", name, AuditDetails.Of(("grants", Number(grants)))).ConfigureAwait(false);
            return default(Done);
        },
        ct);

    /// <summary>Gives the group another name; members and grants stay.</summary>
    public async Task<Result<Done>> RenameAsync(Actor actor, string name, string newName, CancellationToken ct) => Names.Check(newName, "group", "name") is { } bad
        ? bad
        : await WithGroupAsync(
            actor,
            name,
            async (tx, group) =>
            {
                if (await GroupRows.FindAsync(tx, newName).ConfigureAwait(false) is not null)
                {
                    return Refusal.Failed($"There is a group {Text.Quote(newName)} already.", "name");
                }

                await GroupRows.RenameAsync(tx, group.Id, newName).ConfigureAwait(false);
                await _audit.AppendAsync(tx, actor, "group.rename", name, AuditDetails.Of(("to", newName))).ConfigureAwait(false);
                return default(Done);
            },
            ct).ConfigureAwait(false);

    /// <summary>A group and all its members.</summary>
    public Task<Result<Group>> FindAsync(Actor actor, string name, CancellationToken ct) => _database.ReadAsync<Result<Group>>(
        async tx => (await Caller.AdminAsync(tx, actor, "look at groups").ConfigureAwait(false)).Refusal is { } no
            ? no
            : await GroupRows.FindAsync(tx, name).ConfigureAwait(false) is { } group ? group : Refusal.NotFound($"There is no group {Text.Quote(name)}."),
        ct);

    /// <summary>In name order.</summary>
    /// <param name="filter">The filter language over name and member; a bare word is searched in the names.</param>
    /// <returns>Invalid: the filter does not parse, or asks for what no group has.</returns>
    public async Task<Result<Page<Group>>> ListAsync(Actor actor, string filter, PageRequest page, CancellationToken ct)
    {
        Result<FilterNode> parsed = FilterSubject.Group.Parse(filter, "A group");
        return parsed.Refusal is { } bad
            ? bad
            : await _database.ReadAsync<Result<Page<Group>>>(
                async tx => (await Caller.AdminAsync(tx, actor, "list groups").ConfigureAwait(false)).Refusal is { } no
                    ? no
                    : await GroupRows.PageAsync(tx, parsed.Value, FieldCheck.Bounded(page)).ConfigureAwait(false),
                ct).ConfigureAwait(false);
    }

    public Task<Result<Done>> AddMemberAsync(Actor actor, string group, string user, CancellationToken ct) => WithGroupAsync(
        actor,
        group,
        async (tx, found) =>
        {
            if (await UserRows.FindAsync(tx, user).ConfigureAwait(false) is not { } member)
            {
                return Users.NoUser(user);
            }

            if (found.Members.Contains(user, StringComparer.Ordinal))
            {
                return Refusal.Failed($"{Text.Quote(user)} is in the group {Text.Quote(group)} already.");
            }

            await GroupRows.AddMemberAsync(tx, found.Id, member.Id).ConfigureAwait(false);
            await _audit.AppendAsync(tx, actor, "group.member.add", group, AuditDetails.Of(("user", user))).ConfigureAwait(false);
            return default(Done);
        },
        ct);

    public Task<Result<Done>> RemoveMemberAsync(Actor actor, string group, string user, CancellationToken ct) => WithGroupAsync(
        actor,
        group,
        async (tx, found) =>
        {
            User? member = await UserRows.FindAsync(tx, user).ConfigureAwait(false);
            if (member is null || await GroupRows.RemoveMemberAsync(tx, found.Id, member.Id).ConfigureAwait(false) == 0)
            {
                return Refusal.NotFound($"{Text.Quote(user)} is not in the group {Text.Quote(group)}.");
            }

            await _audit.AppendAsync(tx, actor, "group.member.remove", group, AuditDetails.Of(("user", user))).ConfigureAwait(false);
            return default(Done);
        },
        ct);

    private static string Number(long number) => number.ToString(CultureInfo.InvariantCulture);

    private Task<Result<T>> AdminAsync<T>(Actor actor, string what, Func<Tx, Task<Result<T>>> work, CancellationToken ct) => _database.WriteAsync<T>(
        async tx => (await Caller.AdminAsync(tx, actor, what).ConfigureAwait(false)).Refusal is { } no ? no : await work(tx).ConfigureAwait(false),
        ct);

    private Task<Result<Done>> WithGroupAsync(Actor actor, string name, Func<Tx, Group, Task<Result<Done>>> work, CancellationToken ct) => AdminAsync<Done>(
        actor,
        "change groups",
        async tx => await GroupRows.FindAsync(tx, name).ConfigureAwait(false) is { } group
            ? await work(tx, group).ConfigureAwait(false)
            : Refusal.NotFound($"There is no group {Text.Quote(name)}."),
        ct);
}
