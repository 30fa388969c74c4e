using System.Globalization;
using System.Text;
using PamTui.Core.Statements;

namespace PamTui.Gateway.Databases.PostgreSql;

/// <summary>
/// What the client asked for beside what the server answered, in the order of the answers: a statement is what the server ran, under the name
/// that the server knew, and not what the client last said (G4). An answer to nothing that was asked ends the session: from then on nobody
/// could say what is run. The two directions call from their own threads.
/// </summary>
internal sealed class StatementTracker(TimeProvider time, ClientEncoding encoding)
{
    /// <summary>Asked without an answer. A server answers at the latest when its buffer of 8 KiB is full, far below.</summary>
    private const int MaxAsked = 16 * 1024;

    /// <summary>What is kept of those; from then on texts are cut short, and values are left out.</summary>
    private const int MaxKept = 8 * 1024 * 1024;

    private const int ShortText = 4096;
    private const int MaxStatements = 4096;
    private const int MaxPortals = 1024;

    /// <summary>In place of the server's code, when the session ended before it gave an answer.</summary>
    private const string Unanswered = "unanswered";

    private readonly Lock _sync = new();
    private readonly Queue<Pending> _asked = new();
    private readonly NameTable<Prepared> _statements = new(MaxStatements);
    private readonly NameTable<Portal> _portals = new(MaxPortals);
    private readonly List<Statement> _ran = [];
    private TaskCompletionSource? _room;
    private int _kept;

    /// <summary>After an error the server drops what comes, up to a Sync that has not come yet.</summary>
    private bool _skips;

    /// <summary>The server takes COPY's data, and the client has not ended it.</summary>
    private bool _copies;

    /// <summary>Syncs that the server drops as they came while it took COPY's data; unless it had not begun to.</summary>
    private int _droppedSyncs;

    private long _rows;
    private long? _sum;
    private string? _error;
    private long _last;

    /// <summary>A statement since the last ReadyForQuery speaks of the setting, of which the server reports a change only then.</summary>
    private bool _setsBackslash;

    /// <summary>The client asks.</summary>
    /// <returns>Done, unless too much has no answer yet.</returns>
    public Task AskAsync(Pending pending)
    {
        lock (_sync)
        {
            if (_copies && pending.What is Asked.Sync or Asked.CopyEnd)
            {
                _droppedSyncs += pending.What == Asked.Sync ? 1 : 0;
                _copies = pending.What == Asked.Sync && _copies;
                return Task.CompletedTask;
            }

            if (_skips && pending.What != Asked.Sync)
            {
                return Task.CompletedTask;
            }

            _skips = false;
            Pending kept = Bounded(pending);
            _kept += Size(kept);
            _asked.Enqueue(kept);
            if (_asked.Count < MaxAsked)
            {
                return Task.CompletedTask;
            }

            _room ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            return _room.Task;
        }
    }

    /// <summary>A row of the statement that runs. Called by the server's direction alone, as all that follow.</summary>
    public void Row() => _rows++;

    /// <summary>The server answers.</summary>
    /// <param name="cut">Not all of the body is here.</param>
    /// <param name="ran">Gets the statements that are over by it.</param>
    /// <returns>For an error in place of which the client gets our words: those.</returns>
    public string? Answer(byte type, ReadOnlySpan<byte> body, bool cut, List<Statement> ran)
    {
        lock (_sync)
        {
            string? words = null;
            while (_asked.TryPeek(out Pending stray) && stray.What == Asked.CopyEnd)
            {
                Drop();
            }

            Pending? head = _asked.TryPeek(out Pending first) ? first : null;
            switch (type)
            {
                case Backend.ParseComplete when head?.What == Asked.Parse:
                    _statements.Set(first.Name, new Prepared(first.Text!, TypesOf(first)));
                    Drop();
                    break;
                case Backend.BindComplete when head?.What == Asked.Bind:
                    _portals.Set(first.Name, PortalOf(first));
                    Drop();
                    break;
                case Backend.CloseComplete when head?.What is Asked.CloseStatement or Asked.ClosePortal:
                    Close(first);
                    Drop();
                    break;
                case Backend.ParameterDescription when head?.What == Asked.DescribeStatement:
                    Described(first.Name, body);
                    break;
                case Backend.RowDescription or Backend.NoData when head?.What is Asked.DescribeStatement or Asked.DescribePortal:
                    Drop();
                    break;
                case Backend.CommandComplete when head?.What is Asked.Query or Asked.Execute:
                    Completed(first, body);
                    break;
                case Backend.EmptyQueryResponse or Backend.PortalSuspended when head?.What == Asked.Execute:
                    Ran(first, type == Backend.PortalSuspended ? _rows : null, null);
                    Drop();
                    break;
                case Backend.CopyInResponse when head?.What is Asked.Query or Asked.Execute:
                    CopyBegins();
                    break;
                case Backend.RowDescription or Backend.EmptyQueryResponse when head?.What == Asked.Query:
                case Backend.CopyOutResponse or Backend.CopyData or Backend.CopyDone when head?.What is Asked.Query or Asked.Execute:
                case Backend.FunctionCallResponse when head?.What == Asked.FunctionCall:
                    break;
                case Backend.ErrorResponse:
                    words = Failed(head, ErrorMessage.Read(body, cut));
                    break;
                case Backend.ReadyForQuery:
                    Ready(head);
                    break;
                default:
                    throw new BrokenProtocolException($"The server answers ({(char)type}) what it was not asked.");
            }

            ran.AddRange(_ran);
            _ran.Clear();
            if (_asked.Count < MaxAsked / 2)
            {
                _room?.TrySetResult();
                _room = null;
            }

            return words;
        }
    }

    /// <summary>The session is over: what may have run without an answer.</summary>
    public IReadOnlyList<Statement> Abandon()
    {
        lock (_sync)
        {
            _ran.Clear();
            while (_asked.TryPeek(out Pending pending))
            {
                if (pending.What is Asked.Query or Asked.Execute or Asked.FunctionCall)
                {
                    Ran(pending, null, _error ?? Unanswered);
                }

                Drop();
            }

            return [.. _ran];
        }
    }

    private void Completed(Pending head, ReadOnlySpan<byte> body)
    {
        ReadOnlySpan<byte> tag = new WireReader(body).CString();
        ReadOnlySpan<byte> last = tag[(tag.LastIndexOf((byte)' ') + 1)..];
        long? rows = long.TryParse(last, NumberStyles.None, CultureInfo.InvariantCulture, out long count) ? count : null;
        (_copies, _droppedSyncs, _rows) = (false, 0, 0);
        if (tag.SequenceEqual("DISCARD ALL"u8) || tag.SequenceEqual("DEALLOCATE ALL"u8))
        {
            _statements.Clear();
        }

        if (head.What == Asked.Query)
        {
            _sum = rows is null ? _sum : (_sum ?? 0) + rows;
            return;
        }

        Ran(head, rows, null);
        Drop();
    }

    private string? Failed(Pending? head, ErrorMessage error)
    {
        _copies = false;
        if (head is not { } failed)
        {
            return null;
        }

        string code = failed.Refused is null ? error.Code : ErrorMessage.ReadOnlyTransaction;
        if (!failed.IsExtended)
        {
            _error ??= code;
            return failed.Refused;
        }

        if (failed.What is Asked.Parse or Asked.Bind or Asked.Execute)
        {
            Ran(failed, null, code);
        }

        while (_asked.TryPeek(out Pending next) && next.What != Asked.Sync)
        {
            Drop();
        }

        _skips = _asked.Count == 0;
        return failed.Refused;
    }

    private void Ready(Pending? head)
    {
        switch (head?.What)
        {
            case Asked.Query or Asked.FunctionCall:
                Ran(head.Value, _sum, _error);
                Drop();
                break;
            case Asked.Sync:
                if (_error is not null)
                {
                    // Each statement went well by itself; what they did together did not.
                    _ran.Add(new Statement(head.Value.At, Took(head.Value.Since), "-- the end of a transaction that was not begun by a statement", [], null, _error, Truncated: false));
                }

                Drop();
                break;
            default:
                if (_droppedSyncs == 0)
                {
                    throw new BrokenProtocolException("The server is ready (Z) for what it was not asked.");
                }

                _droppedSyncs--;
                _skips = false;
                break;
        }

        (_sum, _error, _rows, _setsBackslash) = (null, null, 0, false);
    }

    /// <summary>The server drops every Sync from here to the end of the data, whether it came already or not.</summary>
    private void CopyBegins()
    {
        (_copies, _droppedSyncs) = (true, 0);
        int behind = _asked.Count - 1;
        _asked.Enqueue(_asked.Dequeue());
        for (int i = 0; i < behind; i++)
        {
            Pending next = _asked.Dequeue();
            if (_copies && next.What == Asked.Sync)
            {
                _droppedSyncs++;
            }
            else if (_copies && next.What == Asked.CopyEnd)
            {
                _copies = false;
            }
            else
            {
                _asked.Enqueue(next);
            }
        }
    }

    private void Close(Pending closed)
    {
        if (closed.What == Asked.CloseStatement)
        {
            _statements.Remove(closed.Name);
        }
        else
        {
            _portals.Remove(closed.Name);
        }
    }

    private void Described(string name, ReadOnlySpan<byte> body)
    {
        if (_statements.TryGet(name, out Prepared? prepared))
        {
            WireReader reader = new(body);
            _statements.Set(name, prepared with { Types = ReadTypes(ref reader) });
        }
    }

    private static int[] TypesOf(Pending parse)
    {
        WireReader reader = new(parse.Bytes);
        return parse.Bytes is { Length: > 0 } ? ReadTypes(ref reader) : [];
    }

    private static int[] ReadTypes(ref WireReader reader)
    {
        int[] types = new int[Math.Min((ushort)reader.Int16(), reader.Rest.Length / sizeof(int))];
        for (int i = 0; i < types.Length; i++)
        {
            types[i] = reader.Int32();
        }

        return types;
    }

    private Portal PortalOf(Pending bind)
    {
        WireReader reader = new(bind.Bytes);
        reader.CString();
        string name = StatementName.Of(reader.CString());
        List<StatementValue> values = [];
        Prepared prepared = _statements.TryGet(name, out Prepared? known) ? known : new Prepared(new SqlText($"-- a statement that was prepared by SQL, or long ago, as {Core.Model.Text.Quote(name)}", Cut: true), []);
        bool all = BoundValues.Read(ref reader, prepared.Types, bind.Cut, encoding.Now, values);
        return new Portal(prepared.Text, values, AllThere: all);
    }

    private void Ran(Pending ran, long? rows, string? code)
    {
        Portal what = ran.What switch
        {
            Asked.Bind => PortalOf(ran),
            Asked.Execute => _portals.TryGet(ran.Name, out Portal? known) ? known
                : new Portal(new SqlText($"-- the rest of a portal that was declared by SQL, or long ago, as {Core.Model.Text.Quote(ran.Name)}", Cut: true), [], AllThere: true),
            Asked.FunctionCall => FunctionOf(ran),
            _ => new Portal(ran.Text!, [], AllThere: true),
        };
        _setsBackslash |= what.Text.Text.Contains(ClientEncoding.BackslashSetting, StringComparison.OrdinalIgnoreCase);
        _ran.Add(new Statement(ran.At, Took(ran.Since), what.Text.Text, what.Values, rows, code, what.Text.Cut || !what.AllThere)
        {
            Backslash = !_setsBackslash && what.Text.Backslash == encoding.Backslash ? what.Text.Backslash : Backslash.Unsure,
        });
        _rows = 0;
    }

    private Portal FunctionOf(Pending call)
    {
        WireReader reader = new(call.Bytes);
        int function = reader.Int32();
        List<StatementValue> values = [];
        bool all = BoundValues.Read(ref reader, [], call.Cut, encoding.Now, values);
        return new Portal(new SqlText(string.Create(CultureInfo.InvariantCulture, $"-- FunctionCall of the function with oid {(uint)function}"), Cut: false), values, all);
    }

    /// <summary>Since it was asked, or since the one before it was over.</summary>
    private TimeSpan Took(long since)
    {
        long now = time.GetTimestamp();
        TimeSpan took = time.GetElapsedTime(Math.Max(since, _last), now);
        _last = now;
        return took;
    }

    private Pending Bounded(Pending pending)
    {
        if (_kept <= MaxKept || Size(pending) <= ShortText)
        {
            return pending;
        }

        SqlText? text = pending.Text is { Text.Length: > ShortText } long_ ? (long_ with { Text = long_.Text[..ShortText], Cut = true }) : pending.Text;
        return pending with { Text = text, Bytes = pending.Bytes is { Length: > ShortText } bytes ? bytes[..ShortText] : pending.Bytes, Cut = true };
    }

    private void Drop() => _kept -= Size(_asked.Dequeue());

    private static int Size(Pending pending) => ((pending.Text?.Text.Length ?? 0) * sizeof(char)) + (pending.Bytes?.Length ?? 0);

    private sealed record Prepared(SqlText Text, int[] Types);

    private sealed record Portal(SqlText Text, IReadOnlyList<StatementValue> Values, bool AllThere);
}
