namespace PamTui.Gateway.Databases;

/// <summary>What has gone through, each way counted by one and read by anybody.</summary>
internal sealed class ByteCount
{
    private long _in;
    private long _out;

    public long In => Interlocked.Read(ref _in);

    public long Out => Interlocked.Read(ref _out);

    public void Add(int fromClient, int fromTarget)
    {
        Interlocked.Add(ref _in, fromClient);
        Interlocked.Add(ref _out, fromTarget);
    }
}
