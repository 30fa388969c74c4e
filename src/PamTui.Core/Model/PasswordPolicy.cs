using System.Numerics;

namespace PamTui.Core.Model;

/// <summary>The kinds of characters a new password is made of. Only ASCII: every target, terminal and keyboard takes it.</summary>
[Flags]
public enum CharacterClasses
{
    None = 0,
    Lower = 1,
    Upper = 2,
    Digit = 4,
    Symbol = 8,
    All = Lower | Upper | Digit | Symbol,
}

/// <summary>What new passwords look like. Every class that is asked for is in every password.</summary>
/// <param name="Length">Characters, 12 to 128.</param>
/// <param name="Without">Characters left out.</param>
public sealed record PasswordPolicy(int Length, CharacterClasses Classes, string Without)
{
    public const int MinLength = 12;
    public const int MaxLength = 128;

    // Below this a stolen hash is worth trying.
    private const double MinBits = 64;

    private static readonly (CharacterClasses Class, string Word, string Characters)[] s_classes =
    [
        (CharacterClasses.Lower, "lower", "abcdefghijklmnopqrstuvwxyz"),
        (CharacterClasses.Upper, "upper", "ABCDEFGHIJKLMNOPQRSTUVWXYZ"),
        (CharacterClasses.Digit, "digit", "0123456789"),
        (CharacterClasses.Symbol, "symbol", "!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~"),
    ];

    public static PasswordPolicy Default { get; } = new(32, CharacterClasses.All, "");

    /// <summary>The characters of each class that is asked for, without those left out.</summary>
    public IReadOnlyList<string> Alphabets =>
        [.. s_classes.Where(one => Classes.HasFlag(one.Class)).Select(one => string.Concat(one.Characters.Except(Without)))];

    /// <summary>The logarithm of how many passwords there are, each as likely as any other.</summary>
    public double EntropyBits
    {
        get
        {
            // Inclusion and exclusion over the classes that a string of the whole alphabet may lack.
            int[] sizes = [.. Alphabets.Select(alphabet => alphabet.Length)];
            int all = sizes.Sum();
            BigInteger count = 0;
            for (int lacking = 0; lacking < 1 << sizes.Length; lacking++)
            {
                int left = all - sizes.Where((_, i) => (lacking >> i & 1) == 1).Sum();
                BigInteger some = BigInteger.Pow(left, Length);
                count += int.IsEvenInteger(BitOperations.PopCount((uint)lacking)) ? some : -some;
            }

            return count.Sign <= 0 ? 0 : BigInteger.Log(count, 2);
        }
    }

    public static string WordsOf(CharacterClasses classes) => string.Join(',', s_classes.Where(one => classes.HasFlag(one.Class)).Select(one => one.Word));

    /// <summary>"lower,digit"; a refusal for a word that is none of lower, upper, digit, symbol.</summary>
    public static Result<CharacterClasses> ParseClasses(string text)
    {
        CharacterClasses classes = CharacterClasses.None;
        foreach (string word in text.Split(','))
        {
            CharacterClasses found = s_classes.FirstOrDefault(one => one.Word == word).Class;
            if (found == CharacterClasses.None)
            {
                return Refusal.Invalid($"{Text.Quote(word)} is no class of characters: use {string.Join(", ", s_classes.Select(one => one.Word))}.", "passwordClasses");
            }

            classes |= found;
        }

        return classes;
    }

    /// <summary>The first rule that is broken, or null.</summary>
    public Refusal? Check()
    {
        if (Length is < MinLength or > MaxLength)
        {
            return Refusal.Invalid($"A password has {MinLength} to {MaxLength} characters, not {Length}.", "passwordLength");
        }

        if (Classes == CharacterClasses.None || (Classes & ~CharacterClasses.All) != 0)
        {
            return Refusal.Invalid("A password needs a class of characters: lower, upper, digit or symbol.", "passwordClasses");
        }

        if (Without.Any(c => c is < '!' or > '~'))
        {
            return Refusal.Invalid("Only printable ASCII can be left out of passwords: nothing else is in them.", "passwordWithout");
        }

        if (Alphabets.Any(alphabet => alphabet.Length == 0))
        {
            return Refusal.Invalid("Every character of a class is left out: leave the class out.", "passwordWithout");
        }

        return EntropyBits < MinBits
            ? Refusal.Invalid($"Such passwords can be guessed ({Math.Floor(EntropyBits)} bits): make them longer, or leave fewer characters out.", "passwordLength")
            : null;
    }
}

/// <summary>What a resource or an account says about new passwords; null: the account asks its resource, the resource the default.</summary>
public sealed record PasswordChoice(int? Length, CharacterClasses? Classes, string? Without)
{
    public static PasswordChoice None { get; } = new(null, null, null);

    public bool IsEmpty => this == None;

    public static PasswordPolicy Resolve(PasswordChoice account, PasswordChoice resource) => new(
        account.Length ?? resource.Length ?? PasswordPolicy.Default.Length,
        account.Classes ?? resource.Classes ?? PasswordPolicy.Default.Classes,
        account.Without ?? resource.Without ?? PasswordPolicy.Default.Without);

    /// <summary>With what is given; null keeps, zero and empty clear.</summary>
    public PasswordChoice With(PasswordChange change) => new(
        change.Length is { } length ? length == 0 ? null : length : Length,
        change.Classes is { } classes ? classes == CharacterClasses.None ? null : classes : Classes,
        change.Without is { } without ? without.Length == 0 ? null : without : Without);
}

/// <summary>What to change of a <see cref="PasswordChoice"/>.</summary>
/// <param name="Length">Null keeps, 0 clears.</param>
/// <param name="Classes">Null keeps, None clears.</param>
/// <param name="Without">Null keeps, empty clears.</param>
public sealed record PasswordChange(int? Length, CharacterClasses? Classes, string? Without);
