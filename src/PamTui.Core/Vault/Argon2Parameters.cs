using System.Globalization;
using System.Security.Cryptography;
using Konscious.Security.Cryptography;
using PamTui.Core.Model;

namespace PamTui.Core.Vault;

/// <summary>The cost of one Argon2id (RFC 9106): memory in KiB, passes, lanes.</summary>
public sealed record Argon2Parameters(int MemoryKiB, int Iterations, int Lanes)
{
    /// <summary>For a user's password: OWASP's first choice; several sign-ins at once must fit into a small gateway.</summary>
    public static Argon2Parameters Password { get; } = new(19 * 1024, 2, 1);

    /// <summary>For the passphrase of the vault, asked for once a start: RFC 9106's second recommendation.</summary>
    public static Argon2Parameters Passphrase { get; } = new(64 * 1024, 3, 4);

    /// <summary>"m=19456,t=2,p=1": the form of the PHC string.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"m={MemoryKiB},t={Iterations},p={Lanes}");

    /// <summary>Null for what is not such a form or would cost more than 1 GiB, 64 passes or 16 lanes.</summary>
    internal static Argon2Parameters? Parse(string text)
    {
        string[] parts = text.Split(',');
        return parts.Length == 3
            && Number(parts[0], "m=", 1024 * 1024) is { } memory
            && Number(parts[1], "t=", 64) is { } iterations
            && Number(parts[2], "p=", 16) is { } lanes
            && memory >= 8 * lanes
                ? new Argon2Parameters(memory, iterations, lanes)
                : null;
    }

    internal byte[] Derive(Secret password, byte[] salt, int length)
    {
        // The library takes a byte[] only; the copy is pinned and zeroed with the Secret it belongs to.
        byte[] copy = GC.AllocateUninitializedArray<byte>(password.Length, pinned: true);
        password.Bytes.CopyTo(copy);
        try
        {
            using Argon2id hash = new(copy)
            {
                Salt = salt,
                MemorySize = MemoryKiB,
                Iterations = Iterations,
                DegreeOfParallelism = Lanes,
            };
            return hash.GetBytes(length);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(copy);
        }
    }

    private static int? Number(string part, string prefix, int max) =>
        part.StartsWith(prefix, StringComparison.Ordinal)
        && int.TryParse(part.AsSpan(prefix.Length), NumberStyles.None, CultureInfo.InvariantCulture, out int number)
        && number >= 1
        && number <= max
            ? number
            : null;
}
