using System.Net.Sockets;
using System.Runtime.CompilerServices;
using PamTui.Ssh.Channels;

namespace PamTui.Ssh;

/// <summary>
/// Lets what awaits one socket, or the data of one channel, run on the thread that saw it come, instead of waking a thread of the pool for each
/// batch: that wake-up costs a relay more than its ciphers do. Others wait for that thread too: what runs there must not block
/// (<see cref="PoolThread.Enter"/>). The framework's public switch for it (an environment variable) is for all sockets of the process, also
/// those of libraries that block; the property behind it is per socket but not public. Where a later framework has no such property nothing
/// changes but the speed.
/// </summary>
public static class InlineCompletions
{
    /// <param name="stream">Of a socket, or <see cref="SshChannel.AsStream"/>; with another nothing changes.</param>
    public static void Prefer(Stream stream, bool value)
    {
        if (stream is ChannelStream channel)
        {
            channel.ReadsInline = value;
        }
        else if (stream is NetworkStream { Socket.SafeHandle: { } handle })
        {
            try
            {
                Set(handle, value);
            }
            catch (MissingMethodException)
            {
                // Another framework: what awaits goes to the pool, as always.
            }
        }
    }

    [UnsafeAccessor(UnsafeAccessorKind.Method, Name = "set_PreferInlineCompletions")]
    private static extern void Set(SafeSocketHandle handle, bool value);
}
