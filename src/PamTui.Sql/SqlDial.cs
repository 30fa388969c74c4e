namespace PamTui.Sql;

/// <summary>Another connection to the relay of the account: a duplex stream that speaks the protocol of its kind, and belongs to the caller.</summary>
public delegate Task<Stream> SqlDial(CancellationToken ct);
