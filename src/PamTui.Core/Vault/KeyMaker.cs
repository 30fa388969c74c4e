using System.Buffers.Binary;
using System.Buffers.Text;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using PamTui.Core.Model;

namespace PamTui.Core.Vault;

/// <summary>New Ed25519 key pairs, as files that every SSH client reads (OpenSSH's PROTOCOL.key, not encrypted: the vault seals them).</summary>
internal sealed class KeyMaker(RandomNumberGenerator random)
{
    private const int Block = 8;
    private const int Columns = 70;

    private static ReadOnlySpan<byte> Begin => "-----BEGIN OPENSSH PRIVATE KEY-----\n"u8;

    private static ReadOnlySpan<byte> End => "-----END OPENSSH PRIVATE KEY-----\n"u8;

    private static ReadOnlySpan<byte> Type => "ssh-ed25519"u8;

    /// <summary>What tells an administrator of the target whose line it is.</summary>
    public static string CommentFor(AccountRef account, DateTimeOffset now) => string.Create(CultureInfo.InvariantCulture, $"pamtui {account} {now:yyyy-MM-dd}");

    /// <param name="comment">What the public half says of itself; ASCII.</param>
    public Secret Make(string comment)
    {
        byte[] words = Encoding.ASCII.GetBytes(comment);
        using Ed25519Pair pair = Ed25519Pair.Generate(random);
        ReadOnlySpan<byte> open = pair.Public;
        int section = 8 + 4 + Type.Length + 4 + open.Length + 4 + Ed25519Pair.SeedBytes + open.Length + 4 + words.Length;
        int padding = (Block - (section % Block)) % Block;
        int blob = 4 + Type.Length + 4 + open.Length;
        byte[] content = GC.AllocateArray<byte>(15 + 8 + 8 + 4 + 4 + 4 + blob + 4 + section + padding, pinned: true);
        try
        {
            Span<byte> check = stackalloc byte[4];
            random.GetBytes(check);

            Span<byte> rest = content;
            Raw(ref rest, "openssh-key-v1\0"u8);
            String(ref rest, "none"u8);
            String(ref rest, "none"u8);
            String(ref rest, []);
            UInt32(ref rest, 1);
            UInt32(ref rest, blob);
            String(ref rest, Type);
            String(ref rest, open);
            UInt32(ref rest, section + padding);
            Raw(ref rest, check);
            Raw(ref rest, check);
            String(ref rest, Type);
            String(ref rest, open);
            UInt32(ref rest, Ed25519Pair.SeedBytes + open.Length);
            Raw(ref rest, pair.Seed.Bytes);
            Raw(ref rest, open);
            String(ref rest, words);
            for (int i = 1; i <= padding; i++)
            {
                Raw(ref rest, [(byte)i]);
            }

            return Armoured(content);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(content);
        }
    }

    private static Secret Armoured(ReadOnlySpan<byte> content)
    {
        int length = Base64.GetMaxEncodedToUtf8Length(content.Length);
        byte[] base64 = GC.AllocateArray<byte>(length, pinned: true);
        byte[] file = GC.AllocateArray<byte>(Begin.Length + length + ((length + Columns - 1) / Columns) + End.Length, pinned: true);
        try
        {
            Base64.EncodeToUtf8(content, base64, out _, out int written);
            Span<byte> rest = file;
            Raw(ref rest, Begin);
            for (int start = 0; start < written; start += Columns)
            {
                Raw(ref rest, base64.AsSpan(start, Math.Min(Columns, written - start)));
                Raw(ref rest, "\n"u8);
            }

            Raw(ref rest, End);
            return Secret.From(file.AsSpan(0, file.Length - rest.Length));
        }
        finally
        {
            CryptographicOperations.ZeroMemory(base64);
            CryptographicOperations.ZeroMemory(file);
        }
    }

    private static void Raw(ref Span<byte> rest, scoped ReadOnlySpan<byte> bytes)
    {
        bytes.CopyTo(rest);
        rest = rest[bytes.Length..];
    }

    private static void UInt32(ref Span<byte> rest, int value)
    {
        BinaryPrimitives.WriteInt32BigEndian(rest, value);
        rest = rest[4..];
    }

    private static void String(ref Span<byte> rest, scoped ReadOnlySpan<byte> bytes)
    {
        UInt32(ref rest, bytes.Length);
        Raw(ref rest, bytes);
    }
}
