using System.Text;
using PamTui.Core.Model;

namespace PamTui.Core.Connectors;

/// <summary>One check as it happens: which stage, since when, and what may be said about it. Libraries call in from their own threads.</summary>
internal sealed class CheckRun : IDisposable
{
    private readonly IProgress<CheckProgress>? _progress;
    private readonly TimeProvider _time;
    private readonly long _started;
    private readonly Lock _gate = new();
    private readonly List<Secret> _secrets = [];
    private long _stageStarted;
    private CheckStage? _stage;
    private SeenHostKey? _hostKey;
    private bool _ended;

    public CheckRun(Login? login, IProgress<CheckProgress>? progress, TimeProvider time)
    {
        _progress = progress;
        _time = time;
        _started = time.GetTimestamp();
        Hide(login?.Main);
        Hide(login?.Passphrase);
    }

    public DateTimeOffset Now => _time.GetUtcNow();

    /// <summary>The stage that runs, or ran last.</summary>
    public CheckStage Stage
    {
        get
        {
            lock (_gate)
            {
                return _stage ?? CheckStage.Resolve;
            }
        }
    }

    /// <summary>Starts the stage; what ran before it has passed.</summary>
    public void Enter(CheckStage stage)
    {
        CheckProgress? passed;
        lock (_gate)
        {
            if (_ended || _stage == stage)
            {
                return;
            }

            passed = _stage is { } before ? new CheckProgress(before, StageState.Passed, _time.GetElapsedTime(_stageStarted)) : null;
            _stage = stage;
            _stageStarted = _time.GetTimestamp();
        }

        if (passed is not null)
        {
            _progress?.Report(passed);
        }

        _progress?.Report(new CheckProgress(stage, StageState.Running, TimeSpan.Zero));
    }

    public void Saw(SeenHostKey key)
    {
        lock (_gate)
        {
            _hostKey = key;
        }
    }

    public CheckFailure Fail(CheckCause cause, string message) => new(Stage, cause, message);

    /// <summary>For what turns up in another stage than the one that runs.</summary>
    public CheckFailure FailAt(CheckStage stage, CheckCause cause, string message)
    {
        Enter(stage);
        return Fail(cause, message);
    }

    /// <summary>Ends the last stage; later calls of a library's threads change nothing.</summary>
    public CheckReport Done(CheckFailure? failure)
    {
        CheckProgress? last;
        SeenHostKey? hostKey;
        lock (_gate)
        {
            last = _stage is { } stage
                ? new CheckProgress(stage, failure is null ? StageState.Passed : StageState.Failed, _time.GetElapsedTime(_stageStarted), failure?.Cause)
                : null;
            hostKey = _hostKey;
            _ended = true;
        }

        if (last is not null)
        {
            _progress?.Report(last);
        }

        return new CheckReport(failure, hostKey, _time.GetElapsedTime(_started));
    }

    /// <summary>Words of the target that hold this are not repeated either.</summary>
    public void Hide(Secret? secret)
    {
        if (secret is { Length: > 0 })
        {
            lock (_gate)
            {
                _secrets.Add(secret.Copy());
            }
        }
    }

    /// <summary>The target's own words, quoted and escaped. A target knows the secret it was sent: words that hold it are not repeated.</summary>
    public string Said(string words)
    {
        string line = words.Trim();
        lock (_gate)
        {
            if (_ended || line.Length == 0)
            {
                return "nothing";
            }

            byte[] said = Encoding.UTF8.GetBytes(line);
            foreach (Secret secret in _secrets)
            {
                if (said.AsSpan().IndexOf(secret.Bytes) >= 0)
                {
                    return "words that hold the secret";
                }
            }
        }

        return Text.Quote(line);
    }

    public void Dispose()
    {
        lock (_gate)
        {
            _ended = true;
            _secrets.ForEach(secret => secret.Dispose());
            _secrets.Clear();
        }
    }
}
