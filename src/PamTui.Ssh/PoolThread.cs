using System.Runtime.CompilerServices;

namespace PamTui.Ssh;

/// <summary>
/// <c>await PoolThread.Enter();</c> before work that blocks or computes for long, where the code may run on a thread that waits for sockets
/// (<see cref="SshTransport.RunsInline"/>): goes on on a thread of the pool, at once when it is on one.
/// </summary>
public readonly struct PoolThread : ICriticalNotifyCompletion, IEquatable<PoolThread>
{
    public bool IsCompleted => Thread.CurrentThread.IsThreadPoolThread;

    public static bool operator ==(PoolThread left, PoolThread right) => left.Equals(right);

    public static bool operator !=(PoolThread left, PoolThread right) => !left.Equals(right);

    public static PoolThread Enter() => default;

    public PoolThread GetAwaiter() => this;

    public void GetResult()
    {
    }

    public void OnCompleted(Action continuation) => ThreadPool.QueueUserWorkItem(static go => go(), continuation, preferLocal: false);

    public void UnsafeOnCompleted(Action continuation) => ThreadPool.UnsafeQueueUserWorkItem(static go => go(), continuation, preferLocal: false);

    public bool Equals(PoolThread other) => true;

    public override bool Equals(object? obj) => obj is PoolThread;

    public override int GetHashCode() => 0;
}
