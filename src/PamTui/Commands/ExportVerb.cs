using System.CommandLine;
using PamTui.Core.Imports;
using PamTui.Core.Model;

namespace PamTui.Commands;

internal static class ExportVerb
{
    public static Verb Build(CommandContext context)
    {
        Argument<string?> filter = ResourceVerbs.FilterArgument();
        Option<string?> format = new("--format") { Description = "csv (the default), json or ssh-config", HelpName = "FORMAT" };
        format.CompletionSources.Add(ImportFormats.Csv, ImportFormats.Json, ImportFormats.SshConfig);
        Verb verb = new(
            "export",
            "Print the accounts you may see with their resources, without credentials",
            "export > servers.csv",
            "export 'env=prod kind=linux' --format ssh-config");
        verb.Add(filter);
        verb.Add(format);
        verb.RunsWithProduct(context, async (run, product, ct) =>
        {
            Result<string> text = await FilterVerbs.ResolveAsync(run, product, filter, ct);
            if (text.Refusal is { } bad)
            {
                return bad;
            }

            Result<IReadOnlyList<Account>> accounts = await Lists.AllAsync(page => product.Accounts.ListAsync(run.Actor, text.Value, page, ct));
            Result<IReadOnlyList<Resource>> resources = await Lists.AllAsync(page => product.Resources.ListAsync(run.Actor, "", page, ct));
            if ((accounts.Refusal ?? resources.Refusal) is { } refusal)
            {
                return refusal;
            }

            HashSet<string> used = [.. accounts.Value.Select(account => account.Resource)];
            return Write(run, run.Value(format), [.. resources.Value.Where(resource => text.Value.Length == 0 || used.Contains(resource.Name))], accounts.Value);
        });
        return verb;
    }

    private static Result<Done> Write(Invocation run, string? format, IReadOnlyList<Resource> resources, IReadOnlyList<Account> accounts)
    {
        string form = format ?? (run.Json ? ImportFormats.Json : ImportFormats.Csv);
        switch (form)
        {
            case ImportFormats.Json:
                run.WriteJson(json =>
                {
                    json.WriteStartObject();
                    json.WritePropertyName("resources");
                    Shapes.WriteList(json, resources, Shapes.Write);
                    json.WritePropertyName("accounts");
                    Shapes.WriteList(json, accounts, Shapes.Write);
                    json.WriteEndObject();
                });
                return default(Done);
            case ImportFormats.Csv:
                CsvExport.Write(run.Out, resources, accounts);
                return default(Done);
            case ImportFormats.SshConfig:
                Dictionary<string, Resource> hosts = resources.ToDictionary(resource => resource.Name);
                foreach (Account account in accounts.Where(account => account.Kind == ResourceKind.Linux))
                {
                    WriteHost(run.Out, hosts[account.Resource], account);
                }

                return default(Done);
            default:
                return Refusal.Invalid($"Nothing is exported as {Text.Quote(form)}: use {ImportFormats.Csv}, {ImportFormats.Json} or {ImportFormats.SshConfig}.");
        }
    }

    // Neither a name nor a host can hold what ends a line or a word; a username may, so it is quoted, and left out if that is not enough.
    private static void WriteHost(TextWriter output, Resource resource, Account account)
    {
        if (account.Username.AsSpan().IndexOfAny('"', '\\') >= 0)
        {
            output.WriteLine($"# {account.Reference}: its username cannot be written here");
            return;
        }

        output.WriteLine($"Host {account.Resource}.{account.Name}");
        output.WriteLine($"    HostName {resource.Host}");
        output.WriteLine($"    Port {ResourceVerbs.Plain(resource.Port)}");
        output.WriteLine($"    User \"{account.Username}\"");
        output.WriteLine();
    }
}
