using PamTui.Sql.Wire;

namespace PamTui.Sql.Output;

/// <summary>A way to write results. A head, its rows, an end; then perhaps the next.</summary>
internal interface IResultForm
{
    ValueTask HeadAsync(IReadOnlyList<SqlColumn> columns, CancellationToken ct);

    ValueTask RowAsync(IReadOnlyList<string?> values, CancellationToken ct);

    /// <param name="failed">By an error, perhaps before all rows came: people are not told then that there are none.</param>
    ValueTask EndAsync(bool failed, CancellationToken ct);
}
