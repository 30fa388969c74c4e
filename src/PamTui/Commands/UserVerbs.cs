using System.CommandLine;
using PamTui.Core.Model;

namespace PamTui.Commands;

internal static class UserVerbs
{
    public static void Fill(Verb noun, CommandContext context)
    {
        noun.Add(Add(context));
        noun.Add(List(context));
        noun.Add(Show(context));
        noun.Add(Remove(context));
        noun.Add(Disable(context, "disable", "End the user's sessions and let them in no more", disabled: true));
        noun.Add(Disable(context, "enable", "Let a disabled user in again", disabled: false));
        noun.Add(SetRole(context));
        Verb key = new("key", "The public keys a user signs in with");
        key.Add(AddKey(context));
        key.Add(RemoveKey(context));
        noun.Add(key);
        noun.Add(Password(context));
    }

    private static Argument<string> Name() => new("NAME") { Description = "The user's name" };

    private static Verb Add(CommandContext context)
    {
        Argument<string> name = Name();
        Option<string?> keyFile = new("--key") { Description = "File with the user's public key; - is stdin", HelpName = "FILE.pub" };
        Option<string?> role = new("--role") { Description = "member (the default) or admin", HelpName = "ROLE" };
        Verb verb = new("add", "Add a person or service who signs in to the gateway", "user add bob --key bob.pub", "user add carol --role admin --key - < carol.pub");
        verb.Add(name);
        verb.Add(keyFile);
        verb.Add(role);
        verb.RunsWithProduct(context, async (run, product, ct) =>
        {
            if (Words.Parse<Role>(run.Value(role) ?? "member", Words.Of) is not { } parsed)
            {
                return Refusal.Invalid($"{Text.Quote(run.Value(role) ?? "")} is no role: use admin or member.", "role");
            }

            string? line = null;
            if (run.Value(keyFile) is { } file)
            {
                Result<string> text = await run.TextFileAsync(file, "--key", ct);
                if (text.Refusal is { } refusal)
                {
                    return refusal;
                }

                line = text.Value;
            }

            Result<User> added = await product.Users.AddAsync(run.Actor, run.Value(name) ?? "", parsed, line, ct);
            return Answer(run, added, "Added");
        });
        return verb;
    }

    private static Verb List(CommandContext context)
    {
        Argument<string?> filter = new("FILTER") { Description = "Part of a name, or terms over name, role, state, password, group, key", Arity = ArgumentArity.ZeroOrOne };
        Lists lists = new();
        Verb verb = lists.On(new Verb("list", "List users", "user list --json", "user list 'group=payments state=enabled'", "user list 'password=yes -role=admin'"));
        verb.Add(filter);
        verb.RunsWithProduct(context, async (run, product, ct) =>
        {
            Result<IReadOnlyList<ListedUser>> all = await lists.ReadAsync(run, page => product.Users.ListAsync(run.Actor, run.Value(filter) ?? "", page, ct));
            if (all.Refusal is { } refusal)
            {
                return refusal;
            }

            if (run.Json)
            {
                run.WriteJson(json => Shapes.WriteList(json, all.Value, Shapes.Write));
                return default(Done);
            }

            Table table = new("name", "role", "state", "keys", "password", "last sign-in", "groups");
            foreach (ListedUser listed in all.Value)
            {
                User user = listed.User;
                table.Add(
                    user.Name,
                    Words.Of(user.Role),
                    user.Disabled ? "disabled" : "enabled",
                    ResourceVerbs.Plain(user.Keys.Count),
                    user.HasPassword ? "yes" : "no",
                    Shapes.Time(listed.LastSignIn) ?? "never",
                    string.Join(' ', user.Groups));
            }

            table.Write(run.Out);
            return default(Done);
        });
        return verb;
    }

    private static Verb Show(CommandContext context)
    {
        Argument<string> name = Name();
        Verb verb = new("show", "Show one user", "user show bob");
        verb.Add(name);
        verb.RunsWithProduct(context, async (run, product, ct) =>
        {
            string user = run.Value(name) ?? "";
            Result<User> found = await product.Users.FindAsync(run.Actor, user, ct);
            Result<UserActivity> activity = await product.Users.ActivityAsync(run.Actor, user, ct);
            return Answer(run, found, null, activity.IsOk ? activity.Value : null);
        });
        return verb;
    }

    private static Verb Remove(CommandContext context)
    {
        Argument<string> name = Name();
        Verb verb = new("remove", "Remove a user with their keys and grants", "user remove bob");
        verb.Add(name);
        verb.RunsWithProduct(context, async (run, product, ct) =>
        {
            string user = run.Value(name) ?? "";
            Result<User> found = await product.Users.FindAsync(run.Actor, user, ct);
            if (found.Refusal is { } missing)
            {
                return missing;
            }

            Result<Done> sure = await run.ConfirmAsync("user", user, ct);
            return sure.IsOk ? run.Say(await product.Users.RemoveAsync(run.Actor, user, ct), $"Removed the user {user}.") : sure;
        });
        return verb;
    }

    private static Verb Disable(CommandContext context, string word, string help, bool disabled)
    {
        Argument<string> name = Name();
        Verb verb = new(word, help, $"user {word} bob");
        verb.Add(name);
        verb.RunsWithProduct(context, async (run, product, ct) =>
            run.Say(await product.Users.SetDisabledAsync(run.Actor, run.Value(name) ?? "", disabled, ct), $"The user {run.Value(name)} is {word}d."));
        return verb;
    }

    private static Verb SetRole(CommandContext context)
    {
        Argument<string> name = Name();
        Argument<string> role = new("ROLE") { Description = "admin or member" };
        Verb verb = new("role", "Make a user an admin or a member", "user role bob admin");
        verb.Add(name);
        verb.Add(role);
        verb.RunsWithProduct(context, async (run, product, ct) => Words.Parse<Role>(run.Value(role) ?? "", Words.Of) is { } parsed
            ? run.Say(await product.Users.SetRoleAsync(run.Actor, run.Value(name) ?? "", parsed, ct), $"The user {run.Value(name)} is {(parsed == Role.Admin ? "an admin" : "a member")}.")
            : Refusal.Invalid($"{Text.Quote(run.Value(role) ?? "")} is no role: use admin or member.", "role"));
        return verb;
    }

    private static Verb AddKey(CommandContext context)
    {
        Argument<string> name = Name();
        Argument<string> file = new("FILE.pub") { Description = "The public key; - is stdin" };
        Verb verb = new("add", "Let a user sign in with one more key", "user key add bob bob-laptop.pub");
        verb.Add(name);
        verb.Add(file);
        verb.RunsWithProduct(context, async (run, product, ct) =>
        {
            Result<string> line = await run.TextFileAsync(run.Value(file) ?? "", "the key's file", ct);
            if (line.Refusal is { } refusal)
            {
                return refusal;
            }

            Result<UserKey> added = await product.Users.AddKeyAsync(run.Actor, run.Value(name) ?? "", line.Value, ct);
            return run.Say(added, added.IsOk ? $"The user {run.Value(name)} may sign in with {added.Value.KeyType} {added.Value.Fingerprint}." : "");
        });
        return verb;
    }

    private static Verb RemoveKey(CommandContext context)
    {
        Argument<string> name = Name();
        Argument<string> fingerprint = new("SHA256:…") { Description = "The key's fingerprint, as `user show` prints it" };
        Verb verb = new("remove", "Let a user sign in with a key no more", "user key remove bob SHA256:…");
        verb.Add(name);
        verb.Add(fingerprint);
        verb.RunsWithProduct(context, async (run, product, ct) =>
            run.Say(await product.Users.RemoveKeyAsync(run.Actor, run.Value(name) ?? "", run.Value(fingerprint) ?? "", ct), $"The user {run.Value(name)} may not sign in with that key any more."));
        return verb;
    }

    private static Verb Password(CommandContext context)
    {
        Argument<string> name = Name();
        Option<bool> stdin = new("--password-stdin") { Description = "Read it from stdin; one final newline is not part of it" };
        Option<bool> none = new("--none") { Description = "Take the password away: keys only" };
        Verb verb = new("password", "Set a user's password for the gateway", "user password bob", "user password bob --password-stdin < file");
        verb.Add(name);
        verb.Add(stdin);
        verb.Add(none);
        verb.RunsWithProduct(context, async (run, product, ct) =>
        {
            string user = run.Value(name) ?? "";
            if (run.Value(none))
            {
                return run.Say(await product.Users.SetPasswordAsync(run.Actor, user, null, ct), $"The user {user} has no password now.");
            }

            Result<Secret> password = await run.SecretAsync(stdin, $"New password of {Text.Escape(user)}", twice: true, ct);
            if (password.Refusal is { } refusal)
            {
                return refusal;
            }

            using Secret secret = password.Value;
            return run.Say(await product.Users.SetPasswordAsync(run.Actor, user, secret, ct), $"The password of {user} is set.");
        });
        return verb;
    }

    private static Result<Done> Answer(Invocation run, Result<User> result, string? what, UserActivity? activity = null)
    {
        if (result.Refusal is { } refusal)
        {
            return refusal;
        }

        User user = result.Value;
        if (run.Json)
        {
            run.WriteJson(json => Shapes.Write(json, user, activity));
        }
        else if (what is not null)
        {
            run.Out.WriteLine($"{what} the user {user.Name}.");
        }
        else
        {
            Table.WriteFields(run.Out,
            [
                ("Name", user.Name),
                ("Role", Words.Of(user.Role)),
                ("State", user.Disabled ? "disabled" : "enabled"),
                ("Password", user.HasPassword ? "set" : "none"),
                .. user.Keys.Select(key => ("Key", (string?)$"{key.KeyType} {key.Fingerprint} {key.Comment}")),
                ("Groups", string.Join(' ', user.Groups)),
                ("Created", Shapes.Time(user.Created)),
                .. activity is null
                    ? Array.Empty<(string, string?)>()
                    :
                    [
                        ("Last sign-in", activity.LastSignIn is { } at ? $"{Shapes.Time(at)} from {activity.LastSource}" : "never"),
                        ("Sessions", $"{activity.Sessions}, {activity.LiveSessions} live"),
                        ("Last session", Shapes.Time(activity.LastSession) ?? "never"),
                    ],
            ]);
        }

        return default(Done);
    }
}
