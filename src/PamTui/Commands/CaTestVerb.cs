using System.CommandLine;
using PamTui.Core.Authorities;
using PamTui.Core.Model;

namespace PamTui.Commands;

/// <summary>`ca test`: whether targets trust a key of the SSH CA, by real sign-ins, before it signs.</summary>
internal static class CaTestVerb
{
    public static Verb Build(CommandContext context)
    {
        Argument<string?> reference = new("RESOURCE/NAME") { Description = "This account alone; without it all that have certificates", Arity = ArgumentArity.ZeroOrOne };
        Option<string?> key = new("--key") { Description = "A key that is not retired; without it the next one", HelpName = "SHA256:…" };
        Verb verb = new(
            "test",
            "Sign in to the accounts with certificates by the next key, and change nothing: which targets do not trust it yet?",
            "ca test",
            "ca test web-1/deploy",
            "ca test --key SHA256:… --json");
        verb.Add(reference);
        verb.Add(key);
        verb.RunsWithProduct(context, async (run, product, ct) =>
        {
            AccountRef? only = null;
            if (run.Value(reference) is { } named)
            {
                Result<AccountRef> parsed = AccountRef.Parse(named);
                if (parsed.Refusal is { } bad)
                {
                    return bad;
                }

                only = parsed.Value;
            }

            Result<IReadOnlyList<TriedAccount>> tried = await product.Authorities.TryAsync(run.Actor, run.Value(key), only, null, ct);
            if (tried.Refusal is { } refusal)
            {
                return refusal;
            }

            Print(run, tried.Value);
            return TriedAccount.WhyNot(tried.Value) is { } no ? no : default(Done);
        });
        return verb;
    }

    private static void Print(Invocation run, IReadOnlyList<TriedAccount> tried)
    {
        if (run.Json)
        {
            run.WriteJson(json => Shapes.WriteList(json, tried, (writer, one) =>
            {
                writer.WriteStartObject();
                writer.WriteString("resource", one.Account.Resource);
                writer.WriteString("account", one.Account.Account);
                writer.WriteBoolean("signsIn", one.Report.Passed);
                writer.WriteString("stage", one.Report.Failure is { } at ? Shapes.Of(at.Stage) : null);
                writer.WriteString("error", one.Report.Failure?.Message);
                writer.WriteEndObject();
            }));
            return;
        }

        Table table = new("account", "signs in", "because");
        foreach (TriedAccount one in tried)
        {
            table.Add(one.Account.ToString(), one.Report.Passed ? "yes" : "no", one.Report.Failure?.Message ?? "");
        }

        table.Write(run.Out);
    }
}
