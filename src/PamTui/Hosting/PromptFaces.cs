using PamTui.Core.Model;
using PamTui.Gateway.Databases;
using PamTui.Sql;

namespace PamTui.Hosting;

/// <summary>What the gateway shows to a user who named an account of a database.</summary>
internal sealed class PromptFaces(TimeProvider time)
{
    public async Task<int> RunAsync(PromptVisit visit, CancellationToken ct)
    {
        SqlTerminal? terminal = visit.Terminal is { } behind ? new SqlTerminal(() => behind.Size) : null;
        if (terminal is not null)
        {
            visit.Terminal!.Resized += terminal.Resize;
        }

        try
        {
            return await SqlPrompt.RunAsync(
                new PromptRequest(
                    visit.Kind == ResourceKind.PostgreSql ? SqlKind.PostgreSql : SqlKind.MySql,
                    visit.Account,
                    new SqlDial(visit.Dial),
                    terminal,
                    visit.Command,
                    visit.Input,
                    visit.Output,
                    visit.Error,
                    time),
                ct);
        }
        finally
        {
            if (terminal is not null)
            {
                visit.Terminal!.Resized -= terminal.Resize;
            }
        }
    }
}
