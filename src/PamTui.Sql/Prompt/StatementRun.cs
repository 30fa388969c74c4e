using System.Globalization;
using System.Text;
using PamTui.Sql.Output;
using PamTui.Sql.Wire;

namespace PamTui.Sql.Prompt;

/// <summary>Runs a statement and writes what comes back.</summary>
/// <param name="error">Where errors and notices go.</param>
internal sealed class StatementRun(TextOut output, TextOut error, bool onTerminal, TimeProvider time)
{
    /// <param name="form">Of its results.</param>
    /// <param name="tags">Whether what gives no rows is confirmed.</param>
    /// <param name="timing">Whether the time is said.</param>
    /// <returns>False: a statement failed, and the error was told.</returns>
    /// <exception cref="SqlLostException">The connection is over.</exception>
    public async Task<bool> RunAsync(ISqlServer server, string statement, IResultForm form, bool tags, bool timing, CancellationToken ct)
    {
        long began = time.GetTimestamp();
        bool hasRows = false;
        bool hasCopied = false;
        bool went = true;
        await foreach (SqlReply reply in server.RunAsync(statement, ct))
        {
            switch (reply)
            {
                case SqlReply.Head { Columns: var columns }:
                    hasRows = true;
                    await form.HeadAsync(columns, ct);
                    break;
                case SqlReply.Row { Values: var values }:
                    await form.RowAsync(values, ct);
                    break;
                case SqlReply.End { Tag: var tag }:
                    await EndAsync(hasRows ? form : null, tags && !hasCopied && (!hasRows || IsChange(tag)) ? tag : null, failed: false, ct);
                    (hasRows, hasCopied) = (false, false);
                    break;
                case SqlReply.Notice { Said: var said }:
                    await ErrorAsync(said, statement, ct);
                    break;
                case SqlReply.Failed { Error: var failure }:
                    await EndAsync(hasRows ? form : null, null, failed: true, ct);
                    (hasRows, went) = (false, false);
                    await ErrorAsync(failure, statement, ct);
                    break;
                case SqlReply.Copied { Data: var data }:
                    hasCopied = true;
                    await CopiedAsync(data, ct);
                    break;
            }
        }

        if (timing)
        {
            await output.LineAsync(string.Create(CultureInfo.InvariantCulture, $"Time: {time.GetElapsedTime(began).TotalMilliseconds:0.000} ms"), ct);
        }

        await output.FlushAsync(ct);
        return went;
    }

    private async Task EndAsync(IResultForm? form, string? tag, bool failed, CancellationToken ct)
    {
        if (form is not null)
        {
            await form.EndAsync(failed, ct);
        }

        if (tag is not null)
        {
            await output.LineAsync(Cell.Show(tag), ct);
        }
    }

    // What was written before is there before.
    private async Task ErrorAsync(SqlError said, string statement, CancellationToken ct)
    {
        await output.FlushAsync(ct);
        await error.WriteAsync(ErrorLines.Of(said, statement), ct);
        await error.FlushAsync(ct);
    }

    private async Task CopiedAsync(byte[] data, CancellationToken ct)
    {
        if (onTerminal)
        {
            await output.LineAsync(Cell.Show(Encoding.UTF8.GetString(data).TrimEnd('\n')), ct);
            return;
        }

        await output.BytesAsync(data, ct);
    }

    private static bool IsChange(string tag) => tag.Split(' ')[0] is "INSERT" or "UPDATE" or "DELETE" or "MERGE";
}
