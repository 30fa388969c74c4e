using System.Security.Cryptography;

namespace PamTui.Gateway.Databases.PostgreSql;

/// <summary>BackendKeyData: what a client shows, on a connection of its own, to have its statement cancelled. Both numbers are the secret.</summary>
internal sealed class CancelKey(int processId, byte[] secret)
{
    /// <summary>Of protocol 3.2.</summary>
    private const int MaxSecret = 256;

    private const int MinSecret = 4;

    public int ProcessId => processId;

    public static CancelKey Make(int version)
    {
        byte[] secret = RandomNumberGenerator.GetBytes(version >= StartupPacket.Version32 ? 32 : MinSecret);
        return new CancelKey(RandomNumberGenerator.GetInt32(1, int.MaxValue), secret);
    }

    public static CancelKey Read(ReadOnlySpan<byte> body)
    {
        WireReader reader = new(body);
        int processId = reader.Int32();
        return reader.Rest.Length is >= MinSecret and <= MaxSecret
            ? new CancelKey(processId, reader.Rest.ToArray())
            : throw new BrokenProtocolException("A cancel key has a wrong length.");
    }

    public bool FixedTimeEquals(CancelKey other) => processId == other.ProcessId && CryptographicOperations.FixedTimeEquals(secret, other.Secret);

    public void WriteKeyData(MessageWriter writer) => writer.Begin(Backend.BackendKeyData).Int32(processId).Bytes(secret).End();

    /// <summary>CancelRequest, which is a start-up packet.</summary>
    public ReadOnlyMemory<byte> WriteRequest() => new MessageWriter().Begin(null).Int32((1234 << 16) | 5678).Int32(processId).Bytes(secret).End().Written;

    private byte[] Secret => secret;
}
