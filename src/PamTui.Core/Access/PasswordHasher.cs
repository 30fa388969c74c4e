using System.Security.Cryptography;
using PamTui.Core.Model;
using PamTui.Core.Vault;

namespace PamTui.Core.Access;

/// <summary>
/// Hashes of users' passwords in the PHC form "$argon2id$v=19$m=…,t=…,p=…$salt$hash". Only a few are computed at once and few more
/// may wait, so that strangers cannot spend the machine's memory.
/// </summary>
internal sealed class PasswordHasher(Argon2Parameters cost) : IDisposable
{
    public const int MaxPasswordBytes = 1024;

    private const int AtOnce = 4;
    private const int MaxWaiting = 64;
    private const int SaltBytes = 16;
    private const int HashBytes = 32;

    private readonly SemaphoreSlim _slots = new(AtOnce, AtOnce);

    // What an unknown user's password is compared with: the same work, never equal.
    private readonly string _nobody = Format(cost, RandomNumberGenerator.GetBytes(SaltBytes), RandomNumberGenerator.GetBytes(HashBytes));

    private int _waiting;

    /// <summary>Null when too many are under way.</summary>
    public Task<string?> HashAsync(Secret password, CancellationToken ct) => InSlotAsync<string?>(
        () =>
        {
            byte[] salt = RandomNumberGenerator.GetBytes(SaltBytes);
            return Format(cost, salt, cost.Derive(password, salt, HashBytes));
        },
        null,
        ct);

    /// <summary>False also without a hash (an unknown user), for a password out of bounds, and when too many are under way; the same time as a wrong password.</summary>
    public Task<bool> VerifyAsync(Secret password, Secret? hash, CancellationToken ct) => InSlotAsync(
        () =>
        {
            bool inBounds = password.Length is > 0 and <= MaxPasswordBytes;
            using Secret asked = inBounds ? password.Copy() : Secret.FromText("out of bounds");
            bool equal = Matches(asked, hash?.RevealText() ?? _nobody);
            return inBounds && hash is not null && equal;
        },
        false,
        ct);

    public void Dispose() => _slots.Dispose();

    private static string Format(Argon2Parameters cost, byte[] salt, byte[] hash) =>
        $"$argon2id$v=19${cost}${Unpadded(salt)}${Unpadded(hash)}";

    private static bool Matches(Secret password, string phc)
    {
        string[] parts = phc.Split('$');
        if (parts is not ["", "argon2id", "v=19", var costs, var salt, var hash] || Argon2Parameters.Parse(costs) is not { } parameters)
        {
            throw new VaultException("A stored password hash has a form this program does not know: set the password anew.");
        }

        byte[] expected = Padded(hash);
        return CryptographicOperations.FixedTimeEquals(expected, parameters.Derive(password, Padded(salt), expected.Length));
    }

    private static string Unpadded(byte[] bytes) => Convert.ToBase64String(bytes).TrimEnd('=');

    private static byte[] Padded(string text) => Convert.FromBase64String(text.PadRight((text.Length + 3) / 4 * 4, '='));

    private async Task<T> InSlotAsync<T>(Func<T> work, T whenFull, CancellationToken ct)
    {
        if (Interlocked.Increment(ref _waiting) > MaxWaiting)
        {
            Interlocked.Decrement(ref _waiting);
            return whenFull;
        }

        try
        {
            await _slots.WaitAsync(ct).ConfigureAwait(false);
            try
            {
                return await Task.Run(work, CancellationToken.None).ConfigureAwait(false);
            }
            finally
            {
                _slots.Release();
            }
        }
        finally
        {
            Interlocked.Decrement(ref _waiting);
        }
    }
}
