namespace PamTui.Sql.Commands;

internal enum CommandEnd
{
    Done,
    Failed,
    Quit,
}
