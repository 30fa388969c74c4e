using System.CommandLine;
using PamTui.Core.Model;

namespace PamTui.Commands;

/// <summary>`ca …`: the keys of the gateway's own SSH CA.</summary>
internal static class CaVerbs
{
    public static void Fill(Verb noun, CommandContext context)
    {
        noun.Add(Init(context));
        noun.Add(Show(context));
        noun.Add(Rotate(context));
        noun.Add(CaTestVerb.Build(context));
        noun.Add(Activate(context));
        noun.Add(Retire(context));
    }

    private static Verb Init(CommandContext context)
    {
        Verb verb = new("init", "Make the SSH CA; `resource trust-ca` does it too when there is none", "ca init");
        verb.RunsWithProduct(context, async (run, product, ct) =>
            Answer(run, await product.Authorities.InitAsync(run.Actor, ct), key => $"Made the SSH CA {key.Fingerprint}. Targets must trust it: `pamtui resource trust-ca RESOURCE`."));
        return verb;
    }

    private static Verb Show(CommandContext context)
    {
        Option<bool> retired = new("--retired") { Description = "Those that are retired as well" };
        Verb verb = new("show", "Show the keys of the SSH CA, the newest first", "ca show", "ca show --retired --json");
        verb.Add(retired);
        verb.RunsWithProduct(context, async (run, product, ct) =>
        {
            Result<IReadOnlyList<SshAuthority>> all = await product.Authorities.ListAsync(run.Actor, ct);
            if (all.Refusal is { } refusal)
            {
                return refusal;
            }

            List<SshAuthority> shown = [.. all.Value.Where(key => key.IsTrusted || run.Value(retired))];
            if (run.Json)
            {
                run.WriteJson(json => Shapes.WriteList(json, shown, AuthorityShapes.Write));
                return default(Done);
            }

            if (shown.Count == 0)
            {
                return Refusal.NotFound("There is no SSH CA yet: `pamtui ca init` makes it.");
            }

            Table table = new("state", "fingerprint", "created", "signs since", "retired");
            foreach (SshAuthority key in shown)
            {
                table.Add(Words.Of(key.State), key.Fingerprint, Shapes.Time(key.Created), Shapes.Time(key.Activated), Shapes.Time(key.Retired));
            }

            table.Write(run.Out);
            return default(Done);
        });
        return verb;
    }

    private static Verb Rotate(CommandContext context)
    {
        Verb verb = new("rotate", "Make the key that is to sign next; it signs nothing before `ca activate`", "ca rotate");
        verb.RunsWithProduct(context, async (run, product, ct) => Answer(
            run,
            await product.Authorities.RotateAsync(run.Actor, ct),
            key => $"Made the next key {key.Fingerprint}. It signs nothing yet: let every target trust it (`pamtui resource trust-ca RESOURCE`), then `pamtui ca activate`."));
        return verb;
    }

    private static Verb Activate(CommandContext context)
    {
        Argument<string?> fingerprint = new("SHA256:…") { Description = "A key that is not retired; without it the next one", Arity = ArgumentArity.ZeroOrOne };
        Option<bool> force = new("--force") { Description = "Do not try it first: where it is not trusted, no session of these accounts begins any more" };
        Verb verb = new(
            "activate",
            "Let the next key sign from now on, once every account with certificates signs in by it; the one before stays trusted until it is retired",
            "ca activate",
            "ca activate SHA256:…",
            "ca activate --force");
        verb.Add(fingerprint);
        verb.Add(force);
        verb.RunsWithProduct(context, async (run, product, ct) => Answer(
            run,
            await product.Authorities.ActivateAsync(run.Actor, run.Value(fingerprint), run.Value(force), ct),
            key => $"{key.Fingerprint} signs from now on. `pamtui ca retire` the key before it when nobody needs it, or `pamtui ca activate` it again."));
        return verb;
    }

    private static Verb Retire(CommandContext context)
    {
        Argument<string> fingerprint = new("SHA256:…") { Description = "A key that does not sign" };
        Verb verb = new("retire", "Destroy the private half of a key that does not sign; targets need not trust it any more", "ca retire SHA256:…");
        verb.Add(fingerprint);
        verb.RunsWithProduct(context, async (run, product, ct) =>
        {
            Result<Done> sure = await run.ConfirmAsync("key of the SSH CA", run.Value(fingerprint) ?? "", ct);
            return sure.IsOk
                ? Answer(run, await product.Authorities.RetireAsync(run.Actor, run.Value(fingerprint) ?? "", ct), key => $"{key.Fingerprint} is retired. Take it off the targets as well: `pamtui resource trust-ca RESOURCE` says what should be there.")
                : sure;
        });
        return verb;
    }

    private static Result<Done> Answer(Invocation run, Result<SshAuthority> result, Func<SshAuthority, string> sentence)
    {
        if (result.Refusal is { } refusal)
        {
            return refusal;
        }

        if (!run.Json)
        {
            return run.Say(result, sentence(result.Value));
        }

        run.WriteJson(json => AuthorityShapes.Write(json, result.Value));
        return default(Done);
    }
}
