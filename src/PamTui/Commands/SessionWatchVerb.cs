using System.CommandLine;
using PamTui.Core.Model;

namespace PamTui.Commands;

/// <summary>
/// `session watch`: on a terminal the live sessions as they are, drawn again when they change; else a line for each that begins, moves
/// bytes or ends.
/// </summary>
internal static class SessionWatchVerb
{
    private const string HomeAndClear = "\x1b[H\x1b[J";

    public static Verb Build(CommandContext context)
    {
        Argument<string?> filter = SessionVerbs.Filter();
        Verb verb = new(
            "watch",
            "Show the live sessions as they come and go, until Ctrl-C",
            "session watch",
            "session watch user=bob",
            "session watch --json | jq -c 'select(.event == \"ended\")'");
        verb.Add(filter);
        verb.RunsWithProduct(context, (run, product, ct) => run.UntilStoppedAsync(
            async stop =>
            {
                Dictionary<long, SessionRecord> known = [];
                SessionQuery query = new(run.Value(filter) ?? "", LiveOnly: true);
                await foreach (Result<Page<SessionRecord>> live in product.Sessions.WatchAsync(run.Actor, query, stop))
                {
                    if (live.Refusal is { } refusal)
                    {
                        return refusal;
                    }

                    if (context.OnTerminal && !run.Json)
                    {
                        Draw(run, live.Value);
                    }
                    else
                    {
                        known = await TellAsync(run, product, known, live.Value.Items, stop);
                    }

                    await run.Out.FlushAsync(stop);
                }

                return default(Done);
            },
            ct));
        return verb;
    }

    private static void Draw(Invocation run, Page<SessionRecord> live)
    {
        run.Out.Write(HomeAndClear);
        run.Out.WriteLine($"{live.Total} live at {Shapes.Time(run.Context.Time.GetUtcNow())}; Ctrl-C ends this");
        SessionVerbs.Print(run, live.Items);
    }

    private static async Task<Dictionary<long, SessionRecord>> TellAsync(
        Invocation run, Core.Product product, Dictionary<long, SessionRecord> known, IReadOnlyList<SessionRecord> live, CancellationToken ct)
    {
        Dictionary<long, SessionRecord> now = live.ToDictionary(session => session.Id);
        foreach (SessionRecord session in known.Values.Where(session => !now.ContainsKey(session.Id)).OrderBy(session => session.Id))
        {
            // One that the caller may not see any more is over for him.
            Result<SessionRecord> ended = await product.Sessions.FindAsync(run.Actor, session.Id, ct);
            Tell(run, "ended", ended.IsOk ? ended.Value : session);
        }

        foreach (SessionRecord session in live.OrderBy(session => session.Id))
        {
            if (!known.TryGetValue(session.Id, out SessionRecord? before))
            {
                Tell(run, "started", session);
            }
            else if (before != session)
            {
                Tell(run, "bytes", session);
            }
        }

        return now;
    }

    private static void Tell(Invocation run, string what, SessionRecord session)
    {
        if (run.Json)
        {
            run.WriteJsonLine(json =>
            {
                json.WriteStartObject();
                json.WriteString("event", what);
                json.WritePropertyName("session");
                Shapes.Write(json, session);
                json.WriteEndObject();
            });
            return;
        }

        string end = session.EndReason is { } reason ? $": {reason}" : "";
        string line = $"{Shapes.Time(run.Context.Time.GetUtcNow())} {what} {session.Id} {session.User} {session.Target} from {session.Source}, {session.BytesIn} in, {session.BytesOut} out{end}";
        run.Out.WriteLine(Text.Escape(line, 1024));
    }
}
