using System.CommandLine;
using PamTui.Core.Model;

namespace PamTui.Commands;

/// <summary>`resource trust-ca`: what a target needs to take the gateway's certificates.</summary>
internal static class TrustCaVerb
{
    public static Verb Build(CommandContext context)
    {
        Argument<string> name = ResourceVerbs.Name();
        Verb verb = new(
            "trust-ca",
            "Print the lines for sshd's TrustedUserCAKeys, which let a target take the gateway's certificates; makes the SSH CA when there is none",
            "resource trust-ca web-1",
            "resource trust-ca web-1 > pamtui_ca.pub",
            "resource trust-ca web-1 --install");
        Option<bool> install = new("--install") { Description = "Bring them to the target by the resource's rotation account, which must be root there or may use sudo" };
        verb.Add(name);
        verb.Add(install);
        verb.RunsWithProduct(context, async (run, product, ct) =>
        {
            if (run.Value(install))
            {
                return run.Say(
                    await product.Authorities.InstallAsync(run.Actor, run.Value(name) ?? "", new CheckLines(run.Error), ct),
                    $"{run.Value(name)} trusts the gateway's SSH CA: `pamtui account check` tries an account.");
            }

            Result<IReadOnlyList<SshAuthority>> trusted = await product.Authorities.TrustedAsync(run.Actor, run.Value(name) ?? "", ct);
            return trusted.Refusal is { } refusal ? refusal : await PrintAsync(run, trusted.Value, ct);
        });
        return verb;
    }

    // The lines alone on stdout: they may go straight into the file.
    private static async Task<Result<Done>> PrintAsync(Invocation run, IReadOnlyList<SshAuthority> keys, CancellationToken ct)
    {
        if (run.Json)
        {
            run.WriteJson(json => Shapes.WriteList(json, keys, AuthorityShapes.Write));
            return default(Done);
        }

        await run.Error.WriteLineAsync("Put these lines into /etc/ssh/pamtui_ca.pub on the target (root's, mode 0644), name the file in its sshd_config:".AsMemory(), ct);
        await run.Error.WriteLineAsync("    TrustedUserCAKeys /etc/ssh/pamtui_ca.pub".AsMemory(), ct);
        await run.Error.WriteLineAsync("and reload sshd. Whoever has one of these keys' private halves signs in there as any user, so they never leave the vault.".AsMemory(), ct);
        await run.Error.FlushAsync(ct);
        foreach (SshAuthority key in keys)
        {
            run.Out.WriteLine(key.KeyLine);
        }

        return default(Done);
    }
}
