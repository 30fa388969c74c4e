namespace PamTui.Gateway.Databases.MySql;

/// <summary>
/// What both ends of a MySQL connection can do ("Capabilities Flags" of MySQL's protocol documents); the upper half is MariaDB's own
/// ("Capabilities" in "Connection").
/// </summary>
[Flags]
internal enum Capabilities : ulong
{
    None = 0,

    /// <summary>CLIENT_LONG_PASSWORD; of MariaDB CLIENT_MYSQL: without it the upper half counts.</summary>
    MySql = 1,
    FoundRows = 1 << 1,
    LongFlag = 1 << 2,
    ConnectWithDb = 1 << 3,
    NoSchema = 1 << 4,
    Compress = 1 << 5,
    Odbc = 1 << 6,
    LocalFiles = 1 << 7,
    IgnoreSpace = 1 << 8,
    Protocol41 = 1 << 9,
    Interactive = 1 << 10,
    Ssl = 1 << 11,
    IgnoreSigPipe = 1 << 12,
    Transactions = 1 << 13,
    Reserved = 1 << 14,
    SecureConnection = 1 << 15,
    MultiStatements = 1 << 16,
    MultiResults = 1 << 17,
    PsMultiResults = 1 << 18,
    PluginAuth = 1 << 19,
    ConnectAttributes = 1 << 20,
    PluginAuthLenencData = 1 << 21,
    ExpiredPasswords = 1 << 22,
    SessionTrack = 1 << 23,
    DeprecateEof = 1 << 24,
    OptionalMetadata = 1 << 25,
    ZstdCompression = 1 << 26,
    QueryAttributes = 1 << 27,

    Progress = 1UL << 32,
    BulkOperations = 1UL << 34,
    ExtendedMetadata = 1UL << 35,
    CacheMetadata = 1UL << 36,

    /// <summary>What a client is offered, as far as the server can. It does not hold what the tunnel or the log could not see through:
    /// TLS and compression inside the tunnel, files of the client, attributes of queries, what hides or multiplies a sign-in.</summary>
    Offered = MySql | FoundRows | LongFlag | ConnectWithDb | NoSchema | Odbc | IgnoreSpace | Protocol41 | Interactive | IgnoreSigPipe | Transactions
        | Reserved | SecureConnection | MultiStatements | MultiResults | PsMultiResults | PluginAuth | ConnectAttributes | PluginAuthLenencData
        | SessionTrack | DeprecateEof | Progress | ExtendedMetadata | CacheMetadata,

    /// <summary>What the sign-in to a server takes, whatever the client said.</summary>
    OfSignIn = Protocol41 | SecureConnection | PluginAuth | PluginAuthLenencData,
}
