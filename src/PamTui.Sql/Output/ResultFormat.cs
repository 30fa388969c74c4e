namespace PamTui.Sql.Output;

internal enum ResultFormat
{
    Aligned,
    Csv,
    Json,
}
