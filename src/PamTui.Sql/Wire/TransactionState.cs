namespace PamTui.Sql.Wire;

internal enum TransactionState
{
    None,
    Open,

    /// <summary>Nothing but its end is taken any more.</summary>
    Failed,
}
