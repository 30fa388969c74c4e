using System.CommandLine;
using PamTui.Core;
using PamTui.Core.Model;
using PamTui.Hosting;
using PamTui.Settings;

namespace PamTui.Commands;

/// <summary>`connect`: what Enter does in the full screen, for fingers and scripts. The session is the gateway's, through this machine's own ssh.</summary>
internal static class ConnectVerb
{
    public static Verb Build(CommandContext context)
    {
        Argument<string> account = new("ACCOUNT") { Description = "ACCOUNT@RESOURCE, RESOURCE/ACCOUNT, or an alias" };
        Argument<string[]> command = new("COMMAND") { Description = "Behind `--`: run this in place of a shell; of a database, SQL statements", Arity = ArgumentArity.ZeroOrMore };
        Verb verb = new(
            "connect",
            "Open a session of an account through the gateway, with this machine's ssh; the exit status is the session's",
            "connect web-1/deploy",
            "connect deploy@web-1 -- uptime",
            "connect analytics@production-database",
            "connect analytics -- 'select count(*) from orders'",
            "connect analytics < report.sql")
        {
            LocalOnly = "connect runs the ssh of the machine you sit at: from there, `ssh USER@ACCOUNT@RESOURCE@GATEWAY`.",
        };
        verb.Add(account);
        verb.Add(command);
        verb.SetAction(async (parse, ct) =>
        {
            Invocation run = new(context, parse);
            int status = 0;
            Result<Done> done = await run.WithProductAsync(
                async product =>
                {
                    Result<int> ended = await ConnectAsync(run, product, run.Value(account) ?? "", run.Value(command) ?? [], ct);
                    status = ended.Refusal is null ? ended.Value : 0;
                    return ended.Refusal is { } refusal ? refusal : default(Done);
                },
                ct);
            return done.Refusal is { } why ? await CommandLine.FailAsync(context, why) : status;
        });
        return verb;
    }

    private static async Task<Result<int>> ConnectAsync(Invocation run, Product product, string account, string[] command, CancellationToken ct)
    {
        LocalMachine machine = run.Context.Machine ?? throw new InvalidOperationException("A local run has a machine.");
        Result<string> login = LoginOf(account);
        Result<AppSettings> settings = machine.ReadSettings(run.Data, run.Config);
        Result<DataFolder> folder = DataFolder.Open(machine.FolderPath(run.Data));
        if ((login.Refusal ?? settings.Refusal ?? folder.Refusal) is { } wrong)
        {
            return wrong;
        }

        string signIn = await GatewayDoors.SignInNameAsync(product, settings.Value.Tui, run.Actor, ct) ?? "";
        Result<GatewayDoor> door = GatewayDoors.Of(folder.Value, settings.Value, signIn);
        if (door.Refusal is { } closed)
        {
            return closed;
        }

        machine.Interrupts.Ignored = true;
        try
        {
            return await door.Value.RunAsync(login.Value, command, ct) is { } status
                ? status
                : Refusal.Failed("There is no ssh on this machine: install the OpenSSH client.");
        }
        finally
        {
            machine.Interrupts.Ignored = false;
        }
    }

    private static Result<string> LoginOf(string account)
    {
        string[] parts = account.Contains('/', StringComparison.Ordinal) ? [.. account.Split('/').Reverse()] : account.Split('@');
        return parts.Length <= 2 && parts.All(Names.IsValid)
            ? string.Join('@', parts)
            : Refusal.Invalid($"{Text.Quote(account)} is not an account: write ACCOUNT@RESOURCE, RESOURCE/ACCOUNT, or an alias.");
    }
}
