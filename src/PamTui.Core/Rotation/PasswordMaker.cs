using System.Security.Cryptography;
using PamTui.Core.Model;

namespace PamTui.Core.Rotation;

/// <summary>New passwords: every one that the policy allows is as likely as any other.</summary>
internal sealed class PasswordMaker(RandomNumberGenerator random)
{
    public Secret Make(PasswordPolicy policy)
    {
        IReadOnlyList<string> alphabets = policy.Alphabets;
        string all = string.Concat(alphabets);
        byte[] password = GC.AllocateArray<byte>(policy.Length, pinned: true);
        try
        {
            // Those that lack a class are thrown away as a whole: to mend one would make some more likely than others.
            do
            {
                for (int i = 0; i < password.Length; i++)
                {
                    password[i] = (byte)all[Below(all.Length)];
                }
            }
            while (!alphabets.All(alphabet => Holds(password, alphabet)));
            return Secret.From(password);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(password);
        }
    }

    private static bool Holds(byte[] password, string alphabet)
    {
        bool found = false;
        foreach (byte character in password)
        {
            found |= alphabet.Contains((char)character, StringComparison.Ordinal);
        }

        return found;
    }

    // A byte modulo the bound would favour the first characters.
    private int Below(int bound)
    {
        Span<byte> one = stackalloc byte[1];
        int fair = 256 - (256 % bound);
        do
        {
            random.GetBytes(one);
        }
        while (one[0] >= fair);
        return one[0] % bound;
    }
}
