namespace PamTui.Gateway.Databases.MySql;

/// <summary>The first byte of what a client wants ("Command Phase"); the last one is MariaDB's.</summary>
internal enum Command : byte
{
    Quit = 1,
    InitDb = 2,
    Query = 3,
    FieldList = 4,
    Refresh = 7,
    Shutdown = 8,
    Statistics = 9,
    ProcessInfo = 10,
    ProcessKill = 12,
    Debug = 13,
    Ping = 14,
    ChangeUser = 17,
    BinlogDump = 18,
    TableDump = 19,
    RegisterReplica = 21,
    StmtPrepare = 22,
    StmtExecute = 23,
    StmtSendLongData = 24,
    StmtClose = 25,
    StmtReset = 26,
    SetOption = 27,
    StmtFetch = 28,
    BinlogDumpGtid = 30,
    ResetConnection = 31,
    StmtBulkExecute = 250,
}
