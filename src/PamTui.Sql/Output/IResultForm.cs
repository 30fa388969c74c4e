using PamTui.Sql.Wire;

namespace PamTui.Sql.Output;

/// <summary>A way to write results. A head, its rows, an end; then perhaps the next.</summary>
internal interface IResultForm
{
    ValueTask HeadAsync(IReadOnlyList<SqlColumn> columns, CancellationToken ct);

    ValueTask RowAsync(IReadOnlyList<string?> values, CancellationToken ct);

    ValueTask EndAsync(CancellationToken ct);
}
