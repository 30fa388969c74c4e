using System.CommandLine;
using PamTui.Core.Model;

namespace PamTui.Commands;

internal static class GroupVerbs
{
    public static void Fill(Verb noun, CommandContext context)
    {
        noun.Add(Add(context));
        noun.Add(Remove(context));
        noun.Add(Rename(context));
        noun.Add(List(context));
        noun.Add(Show(context));
        Verb member = new("member", "Who is in a group");
        member.Add(Member(context, "add", "Put a user into a group", add: true));
        member.Add(Member(context, "remove", "Take a user out of a group", add: false));
        noun.Add(member);
    }

    private static Argument<string> Name() => new("GROUP") { Description = "The group's name" };

    private static Verb Add(CommandContext context)
    {
        Argument<string> name = Name();
        Verb verb = new("add", "Add a group of users", "group add payments");
        verb.Add(name);
        verb.RunsWithProduct(context, async (run, product, ct) =>
            run.Say(await product.Groups.AddAsync(run.Actor, run.Value(name) ?? "", ct), $"Added the group {run.Value(name)}."));
        return verb;
    }

    private static Verb Remove(CommandContext context)
    {
        Argument<string> name = Name();
        Verb verb = new("remove", "Remove a group and what was granted to it", "group remove payments");
        verb.Add(name);
        verb.RunsWithProduct(context, async (run, product, ct) =>
        {
            Result<Done> sure = await run.ConfirmAsync("group", run.Value(name) ?? "", ct);
            return sure.IsOk ? run.Say(await product.Groups.RemoveAsync(run.Actor, run.Value(name) ?? "", ct), $"Removed the group {run.Value(name)}.") : sure;
        });
        return verb;
    }

    private static Verb Rename(CommandContext context)
    {
        Argument<string> name = Name();
        Argument<string> newName = new("NEW") { Description = "The name it gets" };
        Verb verb = new("rename", "Give a group another name; members and grants stay", "group rename payments billing");
        verb.Add(name);
        verb.Add(newName);
        verb.RunsWithProduct(context, async (run, product, ct) =>
            run.Say(await product.Groups.RenameAsync(run.Actor, run.Value(name) ?? "", run.Value(newName) ?? "", ct), $"The group {run.Value(name)} is called {run.Value(newName)} now."));
        return verb;
    }

    private static Verb Show(CommandContext context)
    {
        Argument<string> name = Name();
        Verb verb = new("show", "Show one group and its members", "group show payments");
        verb.Add(name);
        verb.RunsWithProduct(context, async (run, product, ct) =>
        {
            Result<Group> found = await product.Groups.FindAsync(run.Actor, run.Value(name) ?? "", ct);
            if (found.Refusal is { } refusal)
            {
                return refusal;
            }

            if (run.Json)
            {
                run.WriteJson(json => Shapes.Write(json, found.Value));
                return default(Done);
            }

            Table.WriteFields(run.Out, [("Group", found.Value.Name), .. found.Value.Members.Select(member => ("Member", (string?)member))]);
            return default(Done);
        });
        return verb;
    }

    private static Verb List(CommandContext context)
    {
        Argument<string?> filter = new("FILTER") { Description = "Part of a name, or terms over name and member", Arity = ArgumentArity.ZeroOrOne };
        Lists lists = new();
        Verb verb = lists.On(new Verb("list", "List groups and their members", "group list --json", "group list member=bob"));
        verb.Add(filter);
        verb.RunsWithProduct(context, async (run, product, ct) =>
        {
            Result<IReadOnlyList<Group>> all = await lists.ReadAsync(run, page => product.Groups.ListAsync(run.Actor, run.Value(filter) ?? "", page, ct));
            if (all.Refusal is { } refusal)
            {
                return refusal;
            }

            if (run.Json)
            {
                run.WriteJson(json => Shapes.WriteList(json, all.Value, Shapes.Write));
                return default(Done);
            }

            Table table = new("group", "members");
            foreach (Group group in all.Value)
            {
                table.Add(group.Name, string.Join(' ', group.Members));
            }

            table.Write(run.Out);
            return default(Done);
        });
        return verb;
    }

    private static Verb Member(CommandContext context, string word, string help, bool add)
    {
        Argument<string> group = Name();
        Argument<string> user = new("USER") { Description = "The user's name" };
        Verb verb = new(word, help, $"group member {word} payments bob");
        verb.Add(group);
        verb.Add(user);
        verb.RunsWithProduct(context, async (run, product, ct) =>
        {
            string who = run.Value(user) ?? "";
            string where = run.Value(group) ?? "";
            return add
                ? run.Say(await product.Groups.AddMemberAsync(run.Actor, where, who, ct), $"The user {who} is in the group {where}.")
                : run.Say(await product.Groups.RemoveMemberAsync(run.Actor, where, who, ct), $"The user {who} is not in the group {where} any more.");
        });
        return verb;
    }
}
