using System.Globalization;
using System.Security.Cryptography;
using PamTui.Core.Model;

namespace PamTui.Core.Connectors.Rotation;

/// <summary>
/// What PostgreSQL stores of a password (RFC 5802 §3, RFC 7677): enough to recognise it, not enough to sign in with. A server takes
/// it in the password's place, so the password itself never reaches a server, its log or its memory.
/// </summary>
internal static class ScramVerifier
{
    public const int DefaultIterations = 4096;

    private const int SaltBytes = 16;

    /// <summary>"SCRAM-SHA-256$iterations:salt$StoredKey:ServerKey".</summary>
    public static string Of(Secret password, int iterations) => Of(password, RandomNumberGenerator.GetBytes(SaltBytes), iterations);

    public static string Of(Secret password, byte[] salt, int iterations)
    {
        byte[] prepared = ScramPassword.Prepare(password);
        byte[] salted = new byte[SHA256.HashSizeInBytes];
        byte[] clientKey = new byte[SHA256.HashSizeInBytes];
        try
        {
            Rfc2898DeriveBytes.Pbkdf2(prepared, salt, salted, iterations, HashAlgorithmName.SHA256);
            HMACSHA256.HashData(salted, "Client Key"u8, clientKey);
            string storedKey = Convert.ToBase64String(SHA256.HashData(clientKey));
            string serverKey = Convert.ToBase64String(HMACSHA256.HashData(salted, "Server Key"u8));
            return string.Create(CultureInfo.InvariantCulture, $"SCRAM-SHA-256${iterations}:{Convert.ToBase64String(salt)}${storedKey}:{serverKey}");
        }
        finally
        {
            CryptographicOperations.ZeroMemory(prepared);
            CryptographicOperations.ZeroMemory(salted);
            CryptographicOperations.ZeroMemory(clientKey);
        }
    }
}
