using System.Globalization;
using PamTui.Core.Model;

namespace PamTui.Tui.Models;

/// <summary>One thing done to many rows, a few at a time; what could not be done is told and stays marked.</summary>
/// <param name="Doing">"Checking".</param>
/// <param name="Done">"sign in": said behind the number of those that worked.</param>
/// <param name="Act">On the UI thread; null: it worked.</param>
internal sealed record Batch<T>(string Doing, string Done, Func<T, string> NameOf, Func<T, CancellationToken, Task<Refusal?>> Act)
{
    private const int AtOnce = 4;

    /// <param name="ended">What is left: failed, or not begun when it was stopped.</param>
    public void Start(Workplace work, IReadOnlyList<T> rows, Action<IReadOnlyList<T>> ended)
    {
        List<T> left = [.. rows];
        work.Errand.Start(string.Create(CultureInfo.InvariantCulture, $"{Doing} {rows.Count}… Esc stops it."), "Stopped; what was not done is still marked.", async ct =>
        {
            Refusal? first = null;
            Queue<T> waiting = new(rows);
            async Task WorkAsync()
            {
                while (waiting.TryDequeue(out T? row))
                {
                    ct.ThrowIfCancellationRequested();
                    if (await Act(row, ct) is { } no)
                    {
                        first ??= no with { Message = NameOf(row) + ": " + no.Message };
                    }
                    else
                    {
                        left.Remove(row);
                    }

                    work.Tell(string.Create(CultureInfo.InvariantCulture, $"{Doing}: {rows.Count - waiting.Count} of {rows.Count}… Esc stops it."), Tone.Normal);
                }
            }

            try
            {
                await Task.WhenAll(Enumerable.Range(0, AtOnce).Select(_ => WorkAsync()));
                string worked = string.Create(CultureInfo.InvariantCulture, $"{rows.Count - left.Count} of {rows.Count} {Done}.");
                work.Tell(first is null ? worked : $"{worked} The others stay marked; the first of them: {first.Message}", first is null ? Tone.Good : Tone.Bad);
            }
            finally
            {
                work.NoteChange();
                ended(left);
            }
        });
    }
}
