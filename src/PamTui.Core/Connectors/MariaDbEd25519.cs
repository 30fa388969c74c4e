using System.Security.Cryptography;
using System.Text;
using MySqlConnector.Authentication;
using Org.BouncyCastle.Math.EC.Rfc8032;
using PamTui.Core.Model;

namespace PamTui.Core.Connectors;

/// <summary>
/// MariaDB's plug-in ed25519: Ed25519 (RFC 8032) whose private key is the password itself, of any length. The server has the public half
/// and a signature of its challenge proves the password.
/// </summary>
internal sealed class MariaDbEd25519 : IAuthenticationPlugin3
{
    private const int ChallengeLength = 32;
    private const int PublicKeyLength = 32;
    private const int SignatureLength = 64;

    public string Name => "client_ed25519";

    public byte[] CreateResponse(string password, ReadOnlySpan<byte> authenticationData)
    {
        CreateResponseAndPasswordHash(password, authenticationData, out byte[] response, out _);
        return response;
    }

    public void CreateResponseAndPasswordHash(string password, ReadOnlySpan<byte> authenticationData, out byte[] authenticationResponse, out byte[] passwordHash)
    {
        if (authenticationData.Length < ChallengeLength)
        {
            throw new FormatException("The challenge of client_ed25519 is too short.");
        }

        byte[] text = Encoding.UTF8.GetBytes(password);
        byte[] key = Expand(text);
        try
        {
            authenticationResponse = new byte[SignatureLength];
            passwordHash = new byte[PublicKeyLength];
            Ed25519.ExpandedKey.Sign(key, authenticationData[..ChallengeLength], authenticationResponse);
            Ed25519.ExpandedKey.GeneratePublicKey(key, passwordHash);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(text);
            CryptographicOperations.ZeroMemory(key);
        }
    }

    /// <summary>What the server stores: the public half in base64 without padding. It holds no character that a quoted string of SQL would change.</summary>
    public static string Hash(Secret password)
    {
        byte[] key = Expand(password.Bytes);
        try
        {
            Span<byte> half = stackalloc byte[PublicKeyLength];
            Ed25519.ExpandedKey.GeneratePublicKey(key, half);
            return Convert.ToBase64String(half).TrimEnd('=');
        }
        finally
        {
            CryptographicOperations.ZeroMemory(key);
        }
    }

    /// <summary>The private key that a password is; the caller zeroes it.</summary>
    internal static byte[] Expand(ReadOnlySpan<byte> password)
    {
        byte[] key = SHA512.HashData(password);
        Ed25519.ExpandedKey.Prune(key);
        return key;
    }
}
