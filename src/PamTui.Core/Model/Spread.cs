using System.Buffers.Binary;
using System.Security.Cryptography;

namespace PamTui.Core.Model;

/// <summary>Where in a stretch of time an account's turn is: the same on every gateway and in every round, another one in the next cycle.</summary>
internal static class Spread
{
    /// <param name="since">When the cycle began.</param>
    /// <returns>From 0 to just below 1.</returns>
    public static double Of(long account, DateTimeOffset since)
    {
        Span<byte> seed = stackalloc byte[16];
        BinaryPrimitives.WriteInt64BigEndian(seed, account);
        BinaryPrimitives.WriteInt64BigEndian(seed[8..], since.UtcTicks);
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(seed, hash);
        return BinaryPrimitives.ReadUInt32BigEndian(hash) / (uint.MaxValue + 1.0);
    }
}
