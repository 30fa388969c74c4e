using System.CommandLine;
using PamTui.Core;
using PamTui.Core.Model;
using PamTui.Core.Resources;

namespace PamTui.Commands;

internal static class ResourceVerbs
{
    public static void Fill(Verb noun, CommandContext context)
    {
        noun.Add(Add(context));
        noun.Add(List(context));
        noun.Add(Show(context));
        noun.Add(Edit(context));
        noun.Add(Remove(context));
        noun.Add(Check(context));
        noun.Add(HostKeyVerbs.Build(context));
        noun.Add(TrustCaVerb.Build(context));
    }

    public static Argument<string> Name() => new("NAME") { Description = "The resource's name" };

    /// <summary>The fingerprint a target showed, put before a person; pinned when they say yes.</summary>
    public static async Task<Result<bool>> AcceptAsync(Invocation run, Product product, string resource, SeenHostKey key, CancellationToken ct)
    {
        await run.Error.WriteLineAsync($"{resource} shows the {Text.Escape(key.KeyType)} key {Text.Escape(key.Fingerprint)}".AsMemory(), ct);
        await run.Error.FlushAsync(ct);
        if (run.Context.Prompt is not { } prompt)
        {
            return false;
        }

        if (await prompt.AskAsync("Is this the key of that host (compare it with one you know to be true)? [yes/no] ", ct) is not "yes")
        {
            return false;
        }

        Result<Resource> pinned = await product.Resources.PinHostKeyAsync(run.Actor, resource, key, "accepted by " + run.Actor.Name, ct);
        return pinned.Refusal is { } refusal ? refusal : true;
    }

    private static Verb Add(CommandContext context)
    {
        Argument<string> name = Name();
        ResourceOptions options = new(isNew: true);
        Verb verb = options.On(new Verb(
            "add",
            "Add a system to reach",
            "resource add web-1 --kind linux --host 10.0.0.5 --host-key SHA256:… --meta env=prod",
            "resource add web-2 --kind linux --host web-2.example.org --host-key-file ~/.ssh/known_hosts",
            "resource add orders --kind postgresql --host db.example.org --database orders --tls-ca ca.pem"));
        verb.Arguments.Insert(0, name);
        verb.RunsWithProduct(context, async (run, product, ct) =>
        {
            Result<ResourceDraft> draft = await options.DraftAsync(run, run.Value(name) ?? "", ct);
            if (draft.Refusal is { } refusal)
            {
                return refusal;
            }

            Result<Resource> added = await product.Resources.AddAsync(run.Actor, draft.Value, ct);
            if (added.Refusal is { } refused)
            {
                return refused;
            }

            Resource resource = added.Value;
            if (resource is { Kind: ResourceKind.Linux, IsKnown: false, TrustOnFirstUse: false })
            {
                await FirstContactAsync(run, product, resource, ct);
                Result<Resource> found = await product.Resources.FindAsync(run.Actor, resource.Name, ct);
                resource = found.IsOk ? found.Value : resource;
            }

            return Answer(run, resource, "Added");
        });
        return verb;
    }

    private static async Task FirstContactAsync(Invocation run, Product product, Resource resource, CancellationToken ct)
    {
        string why = "no host key is pinned";
        if (run.Context.Prompt is not null)
        {
            Result<CheckReport> check = await product.Resources.CheckAsync(run.Actor, resource.Name, new CheckLines(run.Error), ct);
            if (check is { IsOk: true, Value.HostKey: { } key })
            {
                Result<bool> accepted = await AcceptAsync(run, product, resource.Name, key, ct);
                if (accepted is { IsOk: true, Value: true })
                {
                    return;
                }
            }
            else if (check is { IsOk: true, Value.Failure: { } failure })
            {
                why = failure.Message.TrimEnd('.');
            }
        }

        await run.Error.WriteLineAsync($"pamtui: {why}; nothing is sent to {resource.Name} before `pamtui resource host-key accept {resource.Name}` or `host-key add`.".AsMemory(), ct);
    }

    private static Verb List(CommandContext context)
    {
        Argument<string?> filter = FilterArgument();
        Lists lists = new();
        SortOption<ResourceSort> sort = new(Words.Of);
        Verb verb = sort.On(lists.On(new Verb("list", "List resources", "resource list", "resource list 'env=prod kind=linux' --json", "resource list --sort check,-accounts")));
        verb.Add(filter);
        verb.RunsWithProduct(context, async (run, product, ct) =>
        {
            Result<IReadOnlyList<SortKey<ResourceSort>>> order = sort.Read(run);
            Result<string> text = await FilterVerbs.ResolveAsync(run, product, filter, ct);
            if ((order.Refusal ?? text.Refusal) is { } bad)
            {
                return bad;
            }

            Result<IReadOnlyList<Resource>> all = await lists.ReadAsync(run, page => product.Resources.ListSortedAsync(run.Actor, text.Value, order.Value, page, ct));
            if (all.Refusal is { } refusal)
            {
                return refusal;
            }

            if (run.Json)
            {
                run.WriteJson(json => Shapes.WriteList(json, all.Value, Shapes.Write));
                return default(Done);
            }

            Table table = new("name", "kind", "host", "port", "accounts", "metadata", "description");
            foreach (Resource resource in all.Value)
            {
                table.Add(resource.Name, Words.Of(resource.Kind), resource.Host, Plain(resource.Port), Plain(resource.AccountCount), Pairs(resource.Metadata), resource.Description);
            }

            table.Write(run.Out);
            return default(Done);
        });
        return verb;
    }

    private static Verb Show(CommandContext context)
    {
        Argument<string> name = Name();
        Verb verb = new("show", "Show one resource", "resource show web-1");
        verb.Add(name);
        verb.RunsWithProduct(context, async (run, product, ct) =>
        {
            Result<Resource> found = await product.Resources.FindAsync(run.Actor, run.Value(name) ?? "", ct);
            return found.Refusal is { } refusal ? refusal : Answer(run, found.Value, null);
        });
        return verb;
    }

    private static Verb Edit(CommandContext context)
    {
        Argument<string> name = Name();
        ResourceOptions options = new(isNew: false);
        Verb verb = options.On(new Verb(
            "edit",
            "Change a resource; what is not given stays",
            "resource edit web-1 --host 10.0.0.6",
            "resource edit web-1 --meta env=test --unset-meta owner"));
        verb.Arguments.Insert(0, name);
        verb.RunsWithProduct(context, async (run, product, ct) =>
        {
            Result<Resource> before = await product.Resources.FindAsync(run.Actor, run.Value(name) ?? "", ct);
            if (before.Refusal is { } refusal)
            {
                return refusal;
            }

            Result<ResourceChange> change = await options.ChangeAsync(run, before.Value, ct);
            if (change.Refusal is { } refused)
            {
                return refused;
            }

            Result<GivenHostKeys> keys = await options.NewKeysAsync(run, before.Value, change.Value, ct);
            if (keys.Refusal is { } unread)
            {
                return unread;
            }

            Result<Resource> edited = await product.Resources.EditAsync(run.Actor, before.Value.Name, change.Value, ct);
            foreach (HostKeyPin pin in keys.Value.Pins)
            {
                edited = edited.IsOk ? await product.Resources.PinHostKeyAsync(run.Actor, before.Value.Name, new SeenHostKey(pin.KeyType, pin.Fingerprint), pin.TrustSource, ct) : edited;
            }

            foreach (HostAuthority authority in keys.Value.Authorities)
            {
                edited = edited.IsOk ? await product.Resources.PinHostAuthorityAsync(run.Actor, before.Value.Name, authority, ct) : edited;
            }

            return edited.Refusal is { } no ? no : Answer(run, edited.Value, "Changed");
        });
        return verb;
    }

    private static Verb Remove(CommandContext context)
    {
        Argument<string> name = Name();
        Verb verb = new("remove", "Remove a resource with all its accounts", "resource remove web-1", "resource remove web-1 --yes");
        verb.Add(name);
        verb.RunsWithProduct(context, async (run, product, ct) =>
        {
            string resource = run.Value(name) ?? "";
            Result<Resource> found = await product.Resources.FindAsync(run.Actor, resource, ct);
            if (found.Refusal is { } missing)
            {
                return missing;
            }

            Result<Done> sure = await run.ConfirmAsync("resource", resource, ct);
            return sure.IsOk ? run.Say(await product.Resources.RemoveAsync(run.Actor, resource, ct), $"Removed the resource {resource}.") : sure;
        });
        return verb;
    }

    private static Verb Check(CommandContext context)
    {
        Argument<string> name = Name();
        Verb verb = new("check", "Reach it and look at its host key or certificate; no credential is sent", "resource check web-1");
        verb.Add(name);
        verb.RunsWithProduct(context, async (run, product, ct) =>
        {
            string resource = run.Value(name) ?? "";
            Result<CheckReport> report = await product.Resources.CheckAsync(run.Actor, resource, new CheckLines(run.Error), ct);
            if (report.Refusal is { } refusal)
            {
                return refusal;
            }

            if (report.Value is { IsUnpinned: true, HostKey: { } key })
            {
                await run.Error.WriteLineAsync($"pamtui: the key that {resource} shows is not pinned yet ({key.KeyType} {key.Fingerprint}): the first account that signs in pins what it sees then, `pamtui resource host-key accept {resource}` pins it now.".AsMemory(), ct);
            }

            return AnswerCheck(run, report.Value);
        });
        return verb;
    }

    public static Argument<string?> FilterArgument() => new("FILTER")
    {
        Description = "Terms such as env=prod, kind=postgresql, name~repl, -owner, a OR b (docs/user-guide.md), or @NAME of `filter save`",
        Arity = ArgumentArity.ZeroOrOne,
    };

    public static Result<Done> AnswerCheck(Invocation run, CheckReport report)
    {
        if (run.Json)
        {
            run.WriteJson(json => Shapes.Write(json, report));
        }
        else if (report is { Passed: true })
        {
            run.Out.WriteLine(string.Create(System.Globalization.CultureInfo.InvariantCulture, $"The check passed in {report.Elapsed.TotalMilliseconds:0} ms."));
        }

        return report.Failure is { } failure ? Refusal.Failed(failure.Message) : default(Done);
    }

    public static string Plain(long number) => number.ToString(System.Globalization.CultureInfo.InvariantCulture);

    public static string Pairs(Metadata metadata) => string.Join(' ', metadata.Select(pair => pair.Key + "=" + pair.Value));

    private static Result<Done> Answer(Invocation run, Resource resource, string? what)
    {
        if (run.Json)
        {
            run.WriteJson(json => Shapes.Write(json, resource));
            return default(Done);
        }

        if (what is not null)
        {
            run.Out.WriteLine($"{what} the resource {resource.Name}.");
            return default(Done);
        }

        bool linux = resource.Kind == ResourceKind.Linux;
        List<(string, string?)> fields =
        [
            ("Name", resource.Name),
            ("Kind", Words.Of(resource.Kind)),
            ("Host", resource.Host),
            ("Port", Plain(resource.Port)),
        ];
        if (!linux)
        {
            fields.Add(("Database", resource.Database));
            fields.Add(("TLS", Words.Of(resource.TlsMode)));
            fields.Add(("TLS CA", resource.TlsMode == TlsMode.Verify ? resource.TlsCa is null ? "the machine's own" : "given" : null));
        }

        fields.AddRange(resource.HostKeys.Select(pin => ("Host key", (string?)$"{pin.KeyType} {pin.Fingerprint} ({pin.TrustSource})".TrimStart())));
        fields.AddRange(resource.HostAuthorities.Select(pin => ("Host CA", (string?)$"{pin.KeyType} {pin.Fingerprint} ({pin.TrustSource})")));
        fields.AddRange(resource.OfferedHostKeys.Select(pin => ("Host key", (string?)$"offered by the target, not trusted: {pin.KeyType} {pin.Fingerprint}")));
        if (linux && !resource.IsKnown)
        {
            fields.Add(("Host key", resource.TrustOnFirstUse ? "the first one seen" : "none yet: nothing is sent to this host"));
        }

        fields.Add(("Description", resource.Description));
        fields.AddRange(resource.Metadata.Select(pair => ("Metadata", (string?)(pair.Key + "=" + pair.Value))));
        fields.Add(("Rotated by", resource.RotationAccount));
        fields.Add(("Certs from", resource.SourceAddress is { Networks: null } ? "anywhere" : resource.SourceAddress?.Text));
        fields.Add(("Passwords", RotationShapes.Of(resource.Passwords)));
        fields.Add(("Accounts", Plain(resource.AccountCount)));
        fields.Add(("Changed", Shapes.Time(resource.Updated)));
        Table.WriteFields(run.Out, [.. fields]);
        return default(Done);
    }
}
