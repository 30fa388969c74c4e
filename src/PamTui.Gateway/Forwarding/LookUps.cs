using System.Net;
using System.Net.Sockets;

namespace PamTui.Gateway.Forwarding;

/// <summary>
/// What name servers say, asked once for all who want to know it at a time and kept for a moment: the many connections of a browser are one round
/// of questions. That a name has no address is an answer; that nobody knows is none, and the next one who wants to know asks again.
/// </summary>
/// <param name="stopping">Of the gateway: the questions belong to it, not to who asked first.</param>
#pragma warning disable CA1001 // A semaphore whose wait handle nobody asks for holds nothing to be disposed.
internal sealed class LookUps(ResolveName resolve, TimeProvider time, CancellationToken stopping)
#pragma warning restore CA1001
{
    /// <summary>No answer is given out that was asked for longer ago.</summary>
    public static readonly TimeSpan MaxAge = TimeSpan.FromSeconds(30);

    private const int AtOnce = 16;
    private const int MaxKept = 8192;

    /// <summary>A name with more is no name of one service.</summary>
    private const int MaxAddresses = 32;

    private readonly SemaphoreSlim _turns = new(AtOnce, AtOnce);
    private readonly Lock _lock = new();
    private readonly Dictionary<string, Question> _questions = new(StringComparer.OrdinalIgnoreCase);

    /// <returns>Empty: it has no address. Null: nobody knows, or too many are said to keep them.</returns>
    public Task<IPAddress[]?> AskAsync(string name, CancellationToken ct)
    {
        lock (_lock)
        {
            if (!_questions.TryGetValue(name, out Question? question) || !IsOpenOrKept(question))
            {
                MakeRoom();
                question = new Question(time.GetTimestamp(), Task.Run(() => ResolveAsync(name), stopping));
                _questions[name] = question;
            }

            return question.Answer.WaitAsync(ct);
        }
    }

    private bool IsOpenOrKept(Question question) => time.GetElapsedTime(question.Asked) < MaxAge
        && (!question.Answer.IsCompleted || (question.Answer.IsCompletedSuccessfully && question.Answer.Result is not null));

    private void MakeRoom()
    {
        if (_questions.Count < MaxKept)
        {
            return;
        }

        foreach (string name in _questions.Where(one => !IsOpenOrKept(one.Value)).Select(one => one.Key).ToArray())
        {
            _questions.Remove(name);
        }

        if (_questions.Count >= MaxKept)
        {
            _questions.Clear(); // Who waits has the answer all the same.
        }
    }

    private async Task<IPAddress[]?> ResolveAsync(string name)
    {
        await _turns.WaitAsync(stopping).ConfigureAwait(false);
        try
        {
            stopping.ThrowIfCancellationRequested();
            IPAddress[] addresses = await resolve(name, stopping).ConfigureAwait(false);
            return addresses.Length <= MaxAddresses ? addresses : null;
        }
        catch (SocketException e)
        {
            return e.SocketErrorCode is SocketError.HostNotFound or SocketError.NoData ? [] : null;
        }
        finally
        {
            _turns.Release();
        }
    }

    private sealed record Question(long Asked, Task<IPAddress[]?> Answer);
}
