using System.Buffers.Binary;
using System.Text;
using PamTui.Core.Model;

namespace PamTui.Core.Vault;

/// <summary>
/// The associated data of every encryption: a label for its purpose, then each part with its length before it, so that no two
/// different bindings have the same bytes.
/// </summary>
internal static class AssociatedData
{
    public static byte[] Secret(SecretBinding binding) => Encode("pamtui secret 1", 0, binding);

    public static byte[] DataKey(long keyVersion, SecretBinding binding) => Encode("pamtui data key 1", keyVersion, binding);

    public static byte[] MasterKey(long keyVersion) => Encode("pamtui master key 1", keyVersion, new SecretBinding("vault", 0, "", 0));

    public static byte[] Batch(BatchBinding binding)
    {
        using MemoryStream stream = new();
        Add(stream, "pamtui statements 1");
        Add(stream, binding.Session);
        Add(stream, binding.First);
        Add(stream, binding.Statements);
        return stream.ToArray();
    }

    private static byte[] Encode(string purpose, long keyVersion, SecretBinding binding)
    {
        using MemoryStream stream = new();
        Add(stream, purpose);
        Add(stream, keyVersion);
        Add(stream, binding.OwnerKind);
        Add(stream, binding.OwnerId);
        Add(stream, binding.Field);
        Add(stream, binding.Version);
        return stream.ToArray();
    }

    private static void Add(MemoryStream stream, string text)
    {
        byte[] bytes = Encoding.UTF8.GetBytes(text);
        Add(stream, bytes.Length);
        stream.Write(bytes);
    }

    private static void Add(MemoryStream stream, long number)
    {
        Span<byte> bytes = stackalloc byte[sizeof(long)];
        BinaryPrimitives.WriteInt64BigEndian(bytes, number);
        stream.Write(bytes);
    }
}
