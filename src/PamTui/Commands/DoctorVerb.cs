using PamTui.Core;
using PamTui.Core.Model;
using PamTui.Settings;

namespace PamTui.Commands;

internal static class DoctorVerb
{
    public static Verb Build(CommandContext context)
    {
        Verb verb = new("doctor", "Look the vault and the settings over for what works today and bites tomorrow", "doctor", "doctor --json");
        verb.RunsWithProduct(context, async (run, product, ct) =>
        {
            Result<IReadOnlyList<Finding>> examined = await product.Doctor.ExamineAsync(run.Actor, ct);
            if (examined.Refusal is { } refusal)
            {
                return refusal;
            }

            List<Finding> findings = [.. examined.Value];
            if (context.Machine is { } machine)
            {
                Result<AppSettings> settings = machine.ReadSettings(run.Data, run.Config);
                if ((settings.Refusal ?? settings.Value.Gateway.Check()) is { } wrong)
                {
                    findings.Add(new Finding("settings", wrong.Message));
                }
            }

            Print(run, findings);
            return findings.Count == 0 ? default(Done) : Refusal.Failed(findings.Count == 1 ? "There is one finding." : $"There are {findings.Count} findings.");
        });
        return verb;
    }

    private static void Print(Invocation run, List<Finding> findings)
    {
        if (run.Json)
        {
            run.WriteJson(json => Shapes.WriteList(json, findings, (writer, finding) =>
            {
                writer.WriteStartObject();
                writer.WriteString("subject", finding.Subject);
                writer.WriteString("message", finding.Message);
                writer.WriteEndObject();
            }));
            return;
        }

        if (findings.Count == 0)
        {
            run.Out.WriteLine("All is well.");
        }

        foreach (Finding finding in findings)
        {
            run.Out.WriteLine(Text.Escape($"{finding.Subject}: {finding.Message}", 2048));
        }
    }
}
