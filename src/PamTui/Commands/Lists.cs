using System.CommandLine;
using PamTui.Core.Model;

namespace PamTui.Commands;

/// <summary>Lists: all of it, or the part that --limit and --offset name.</summary>
internal sealed class Lists
{
    public Option<string?> Limit { get; } = new("--limit") { Description = "At most so many; without it all", HelpName = "N" };

    public Option<string?> Offset { get; } = new("--offset") { Description = "Leave out so many at the start", HelpName = "N" };

    public Verb On(Verb verb)
    {
        verb.Add(Limit);
        verb.Add(Offset);
        return verb;
    }

    /// <summary>All of it.</summary>
    public static Task<Result<IReadOnlyList<T>>> AllAsync<T>(Func<PageRequest, Task<Result<Page<T>>>> page) => ReadAsync(page, 0, int.MaxValue);

    /// <param name="usual">At most so many when no --limit is given; null: all.</param>
    public async Task<Result<IReadOnlyList<T>>> ReadAsync<T>(Invocation run, Func<PageRequest, Task<Result<Page<T>>>> page, int? usual = null)
    {
        Result<(int At, int Left)> part = Part(run, usual);
        return part.Refusal is { } refusal ? refusal : await ReadAsync(page, part.Value.At, part.Value.Left);
    }

    /// <summary>Where the part begins, and how much of it there is at most.</summary>
    public Result<(int At, int Left)> Part(Invocation run, int? usual = null)
    {
        Result<int?> limit = Inputs.Number(run.Value(Limit), "--limit", 1, int.MaxValue);
        Result<int?> offset = Inputs.Number(run.Value(Offset), "--offset", 0, int.MaxValue);
        return (limit.Refusal ?? offset.Refusal) is { } refusal ? refusal : (offset.Value ?? 0, limit.Value ?? usual ?? int.MaxValue);
    }

    private static async Task<Result<IReadOnlyList<T>>> ReadAsync<T>(Func<PageRequest, Task<Result<Page<T>>>> page, int at, int left)
    {
        List<T> all = [];
        while (left > 0)
        {
            int size = Math.Min(left, PageRequest.MaxLimit);
            Result<Page<T>> part = await page(new PageRequest(at, size));
            if (part.Refusal is { } refused)
            {
                return refused;
            }

            all.AddRange(part.Value.Items);
            at += part.Value.Items.Count;
            left -= part.Value.Items.Count;
            if (part.Value.Items.Count < size || at >= part.Value.Total)
            {
                break;
            }
        }

        return Result.Ok<IReadOnlyList<T>>(all);
    }
}
