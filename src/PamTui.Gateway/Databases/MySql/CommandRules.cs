namespace PamTui.Gateway.Databases.MySql;

/// <summary>Which commands pass, what each is answered with, and why the others do not.</summary>
internal static class CommandRules
{
    /// <summary>Null: it passes.</summary>
    public static string? WhyRefused(Command command, bool readOnly) => command switch
    {
        Command.ChangeUser => "Nobody changes the user of a brokered session: open another one, to the account that you want.",
        Command.BinlogDump or Command.BinlogDumpGtid or Command.RegisterReplica or Command.TableDump => "The gateway brokers no replication.",
        Command.Refresh or Command.Shutdown or Command.Debug when readOnly => "Your grant for this account is to read only.",
        _ => ReplyTo(command) is null ? "The gateway does not know this command." : null,
    };

    /// <summary>Null: it is not known.</summary>
    public static ReplyKind? ReplyTo(Command command) => command switch
    {
        Command.Quit or Command.StmtSendLongData or Command.StmtClose => ReplyKind.None,
        Command.InitDb or Command.Refresh or Command.Shutdown or Command.Statistics or Command.ProcessKill or Command.Debug or Command.Ping
            or Command.StmtReset or Command.SetOption or Command.ResetConnection => ReplyKind.Single,
        Command.Query or Command.StmtExecute or Command.ProcessInfo => ReplyKind.Results,
        Command.FieldList => ReplyKind.Fields,
        Command.StmtPrepare => ReplyKind.Prepared,
        Command.StmtFetch => ReplyKind.Rows,
        _ => null,
    };
}
