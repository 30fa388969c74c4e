using Xunit;

namespace PamTui.Servers;

/// <summary>What stays on the managed heap. For tests that run alone: the heap is the process's.</summary>
[CollectionDefinition(Alone, DisableParallelization = true)]
public sealed class Heap
{
    /// <summary>The collection of tests that measure the process and so share it with no other test.</summary>
    public const string Alone = "measures the process";

    /// <summary>Bytes in use once all that nobody holds is gone.</summary>
    public static long InUse()
    {
        long least = long.MaxValue;
        // Finalizers and what they let go take a second look.
        for (int i = 0; i < 3; i++)
        {
            GC.Collect(GC.MaxGeneration, GCCollectionMode.Forced, blocking: true, compacting: true);
            GC.WaitForPendingFinalizers();
            least = Math.Min(least, GC.GetTotalMemory(forceFullCollection: true));
        }

        return least;
    }
}
