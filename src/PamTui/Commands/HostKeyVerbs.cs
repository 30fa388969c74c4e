using System.CommandLine;
using PamTui.Core.Model;

namespace PamTui.Commands;

internal static class HostKeyVerbs
{
    public static Verb Build(CommandContext context)
    {
        Verb noun = new("host-key", "The host keys a linux resource may show");
        noun.Add(List(context));
        noun.Add(Add(context));
        noun.Add(Accept(context));
        noun.Add(Remove(context));
        return noun;
    }

    private static Verb List(CommandContext context)
    {
        Argument<string> name = ResourceVerbs.Name();
        Verb verb = new("list", "List the pinned keys, the CAs, and the keys that the target has offered", "resource host-key list web-1");
        verb.Add(name);
        verb.RunsWithProduct(context, async (run, product, ct) =>
        {
            Result<Resource> found = await product.Resources.FindAsync(run.Actor, run.Value(name) ?? "", ct);
            if (found.Refusal is { } refusal)
            {
                return refusal;
            }

            if (run.Json)
            {
                run.WriteJson(json => Shapes.WriteList(json, found.Value.HostKeys, Shapes.Write));
                return default(Done);
            }

            Table table = new("type", "fingerprint", "trust", "added");
            foreach (HostKeyPin pin in found.Value.HostKeys)
            {
                table.Add(pin.KeyType, pin.Fingerprint, pin.TrustSource, Shapes.Time(pin.Added));
            }

            foreach (HostKeyPin pin in found.Value.HostAuthorities)
            {
                table.Add("CA " + pin.KeyType, pin.Fingerprint, pin.TrustSource, Shapes.Time(pin.Added));
            }

            foreach (HostKeyPin pin in found.Value.OfferedHostKeys)
            {
                table.Add(pin.KeyType, pin.Fingerprint, "offered by the target, not trusted", Shapes.Time(pin.Added));
            }

            table.Write(run.Out);
            return default(Done);
        });
        return verb;
    }

    private static Verb Add(CommandContext context)
    {
        Argument<string> name = ResourceVerbs.Name();
        Argument<string> fingerprint = Fingerprint();
        Verb verb = new("add", "Pin a key whose fingerprint you know", "resource host-key add web-1 SHA256:…");
        verb.Add(name);
        verb.Add(fingerprint);
        verb.RunsWithProduct(context, async (run, product, ct) =>
        {
            Result<Resource> pinned = await product.Resources.PinHostKeyAsync(run.Actor, run.Value(name) ?? "", new SeenHostKey("", run.Value(fingerprint) ?? ""), "option", ct);
            return run.Say(pinned, $"Pinned the key of {run.Value(name)}.");
        });
        return verb;
    }

    private static Verb Accept(CommandContext context)
    {
        Argument<string> name = ResourceVerbs.Name();
        Argument<string?> offered = new("SHA256:…") { Description = "A key that the target has offered by itself (resource show)", Arity = ArgumentArity.ZeroOrOne };
        Verb verb = new(
            "accept",
            "Reach the host, show its key and pin it when you say yes (--yes: without a question); or pin a key that the target has offered",
            "resource host-key accept web-1",
            "resource host-key accept web-1 SHA256:…");
        verb.Add(name);
        verb.Add(offered);
        verb.RunsWithProduct(context, async (run, product, ct) =>
        {
            string resource = run.Value(name) ?? "";
            if (run.Value(offered) is { } fingerprint)
            {
                Result<Resource> taken = await product.Resources.AcceptOfferedHostKeyAsync(run.Actor, resource, fingerprint, ct);
                return run.Say(taken, $"Pinned {fingerprint} for {resource}.");
            }

            Result<CheckReport> check = await product.Resources.CheckAsync(run.Actor, resource, new CheckLines(run.Error), ct);
            if (check.Refusal is { } refusal)
            {
                return refusal;
            }

            if (check.Value.HostKey is not { } key)
            {
                return Refusal.Failed(check.Value.Failure?.Message ?? $"{resource} shows no host key.");
            }

            // One that trusts the first key passes before any is pinned.
            Result<Resource> found = await product.Resources.FindAsync(run.Actor, resource, ct);
            if (found.Refusal is { } gone)
            {
                return gone;
            }

            if (check.Value.Passed && found.Value.IsKnown)
            {
                run.Out.WriteLine($"The key {key.Fingerprint} of {resource} is pinned already.");
                return default(Done);
            }

            if (run.Yes)
            {
                Result<Resource> pinned = await product.Resources.PinHostKeyAsync(run.Actor, resource, key, "accepted by " + run.Actor.Name, ct);
                return run.Say(pinned, $"Pinned {key.KeyType} {key.Fingerprint} for {resource}.");
            }

            Result<bool> accepted = await ResourceVerbs.AcceptAsync(run, product, resource, key, ct);
            return accepted.Refusal is { } refused
                ? refused
                : accepted.Value
                    ? run.Say(Result.Ok(default(Done)), $"Pinned {key.KeyType} {key.Fingerprint} for {resource}.")
                    : Refusal.Failed($"The key was not accepted: nothing is sent to {resource}. Compare the fingerprint and run it again, or add --yes.");
        });
        return verb;
    }

    private static Verb Remove(CommandContext context)
    {
        Argument<string> name = ResourceVerbs.Name();
        Argument<string> fingerprint = Fingerprint();
        Verb verb = new("remove", "Trust a key no longer", "resource host-key remove web-1 SHA256:…");
        verb.Add(name);
        verb.Add(fingerprint);
        verb.RunsWithProduct(context, async (run, product, ct) =>
        {
            Result<Done> sure = await run.ConfirmAsync("host key", run.Value(fingerprint) ?? "", ct);
            return sure.IsOk
                ? run.Say(await product.Resources.RemoveHostKeyAsync(run.Actor, run.Value(name) ?? "", run.Value(fingerprint) ?? "", ct), $"The key is no longer trusted for {run.Value(name)}.")
                : sure;
        });
        return verb;
    }

    private static Argument<string> Fingerprint() => new("SHA256:…") { Description = "The fingerprint, as ssh-keygen -lf prints it" };
}
