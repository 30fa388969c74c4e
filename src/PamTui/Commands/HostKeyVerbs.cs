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
        noun.Add(Remove(context));
        return noun;
    }

    private static Verb List(CommandContext context)
    {
        Argument<string> name = ResourceVerbs.Name();
        Verb verb = new("list", "List the pinned keys", "resource host-key list web-1");
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
