using System.CommandLine;
using PamTui.Core;
using PamTui.Core.Authorities;
using PamTui.Core.Model;

namespace PamTui.Commands;

/// <summary>`ca test`: whether targets trust a key of the SSH CA, by real sign-ins, before it signs.</summary>
internal static class CaTestVerb
{
    private const int MaxNamed = 10;

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
            return Untrusted(tried.Value) is { } no ? no : default(Done);
        });
        return verb;
    }

    /// <summary>Null: every account with certificates signs in by the key.</summary>
    public static async Task<Refusal?> WhyNotAsync(Invocation run, Product product, string? fingerprint, CancellationToken ct)
    {
        Result<IReadOnlyList<TriedAccount>> tried = await product.Authorities.TryAsync(run.Actor, fingerprint, null, null, ct);
        return tried.Refusal ?? (Untrusted(tried.Value) is { } no
            ? Refusal.Failed($"{no.Message} Nothing was changed: `pamtui ca test` says why of each, `pamtui resource trust-ca RESOURCE` says how a target comes to trust it, and --force lets it sign all the same.")
            : null);
    }

    private static Refusal? Untrusted(IReadOnlyList<TriedAccount> tried)
    {
        List<string> failed = [.. tried.Where(one => !one.Report.Passed).Select(one => one.Account.ToString())];
        string more = failed.Count > MaxNamed ? ", …" : "";
        return failed.Count == 0 ? null : Refusal.Failed($"{failed.Count} of {tried.Count} accounts do not sign in by this key: {string.Join(", ", failed.Take(MaxNamed))}{more}.");
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
