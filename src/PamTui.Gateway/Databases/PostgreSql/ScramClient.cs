using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using PamTui.Core.Connectors;
using PamTui.Core.Model;

namespace PamTui.Gateway.Databases.PostgreSql;

/// <summary>
/// SCRAM-SHA-256 and -PLUS (RFC 5802, RFC 7677) for the client's side, which also proves that the server knows the password. PostgreSQL takes
/// the user from the start-up packet and ignores the one in here.
/// </summary>
internal sealed class ScramClient : IDisposable
{
    public const string Plain = "SCRAM-SHA-256";
    public const string Plus = "SCRAM-SHA-256-PLUS";

    /// <summary>A server that asks for more wants to keep us busy; PostgreSQL's default is 4096.</summary>
    private const int MaxIterations = 1_000_000;

    private const int MaxField = 1024;

    private readonly string _header;
    private readonly byte[] _binding;
    private readonly string _first;
    private readonly byte[] _serverSignature = new byte[SHA256.HashSizeInBytes];

    /// <param name="binding">tls-server-end-point of the server's certificate; empty: none.</param>
    /// <param name="couldBind">The server offered no binding, and we could have.</param>
    public ScramClient(byte[] binding, bool couldBind)
        : this(binding, couldBind, Convert.ToBase64String(RandomNumberGenerator.GetBytes(18)))
    {
    }

    internal ScramClient(byte[] binding, bool couldBind, string nonce)
    {
        _binding = binding;
        _header = binding.Length > 0 ? "p=tls-server-end-point,," : couldBind ? "y,," : "n,,";
        Nonce = nonce;
        _first = "n=,r=" + nonce;
    }

    public string Mechanism => _binding.Length > 0 ? Plus : Plain;

    public byte[] First => Encoding.ASCII.GetBytes(_header + _first);

    private string Nonce { get; }

    /// <summary>The answer to the server's challenge.</summary>
    /// <exception cref="BrokenProtocolException">The challenge is none.</exception>
    public byte[] Answer(ReadOnlySpan<byte> challenge, Secret password)
    {
        string server = AsciiOf(challenge);
        string[] fields = server.Split(',');
        if (fields.Length < 3 || ValueOf(fields[0], "r=") is not { } nonce || !nonce.StartsWith(Nonce, StringComparison.Ordinal) || nonce.Length == Nonce.Length)
        {
            throw new BrokenProtocolException("The server's SCRAM challenge is not one to ours.");
        }

        if (BytesOf(ValueOf(fields[1], "s=")) is not { Length: > 0 } salt
            || !int.TryParse(ValueOf(fields[2], "i="), NumberStyles.None, CultureInfo.InvariantCulture, out int iterations)
            || iterations is < 1 or > MaxIterations)
        {
            throw new BrokenProtocolException("The server's SCRAM challenge has no salt, or asks for too many iterations.");
        }

        string withoutProof = "c=" + Convert.ToBase64String([.. Encoding.ASCII.GetBytes(_header), .. _binding]) + ",r=" + nonce;
        byte[] all = Encoding.ASCII.GetBytes(_first + "," + server + "," + withoutProof);
        byte[] prepared = ScramPassword.Prepare(password);
        byte[] salted = new byte[SHA256.HashSizeInBytes];
        byte[] clientKey = new byte[SHA256.HashSizeInBytes];
        byte[] serverKey = new byte[SHA256.HashSizeInBytes];
        try
        {
            Rfc2898DeriveBytes.Pbkdf2(prepared, salt, salted, iterations, HashAlgorithmName.SHA256);
            HMACSHA256.HashData(salted, "Client Key"u8, clientKey);
            HMACSHA256.HashData(salted, "Server Key"u8, serverKey);
            HMACSHA256.HashData(serverKey, all, _serverSignature);
            byte[] proof = HMACSHA256.HashData(SHA256.HashData(clientKey), all);
            for (int i = 0; i < proof.Length; i++)
            {
                proof[i] ^= clientKey[i];
            }

            return Encoding.ASCII.GetBytes(withoutProof + ",p=" + Convert.ToBase64String(proof));
        }
        finally
        {
            CryptographicOperations.ZeroMemory(prepared);
            CryptographicOperations.ZeroMemory(salted);
            CryptographicOperations.ZeroMemory(clientKey);
            CryptographicOperations.ZeroMemory(serverKey);
        }
    }

    /// <summary>Whether the server's last word proves that it knows the password too.</summary>
    public bool IsServer(ReadOnlySpan<byte> final) =>
        BytesOf(ValueOf(AsciiOf(final).Split(',')[0], "v=")) is { } shown && CryptographicOperations.FixedTimeEquals(shown, _serverSignature);

    public void Dispose() => CryptographicOperations.ZeroMemory(_serverSignature);

    private static string AsciiOf(ReadOnlySpan<byte> words) => words.Length <= MaxField && Ascii.IsValid(words)
        ? Encoding.ASCII.GetString(words)
        : throw new BrokenProtocolException("The server's SCRAM words are too long, or no ASCII.");

    private static string? ValueOf(string field, string name) => field.StartsWith(name, StringComparison.Ordinal) ? field[name.Length..] : null;

    private static byte[]? BytesOf(string? base64)
    {
        byte[] bytes = new byte[MaxField];
        return base64 is not null && Convert.TryFromBase64String(base64, bytes, out int count) ? bytes[..count] : null;
    }
}
