using System.Security.Cryptography;
using PamTui.Core.Model;
using PamTui.Core.Rotation;

namespace PamTui.Tests.Rotation;

public sealed class PasswordPolicyTests
{
    [Theory]
    [InlineData(12, CharacterClasses.All, "")]
    [InlineData(128, CharacterClasses.Lower | CharacterClasses.Digit, "l1o0")]
    [InlineData(20, CharacterClasses.Symbol, "'\"\\`$")]
    public void Passwords_have_the_length_every_class_and_nothing_that_is_left_out(int length, CharacterClasses classes, string without)
    {
        PasswordPolicy policy = new(length, classes, without);
        Assert.Null(policy.Check());
        PasswordMaker maker = new(RandomNumberGenerator.Create());
        for (int i = 0; i < 200; i++)
        {
            using Secret made = maker.Make(policy);
            string password = made.RevealText();
            Assert.Equal(length, password.Length);
            Assert.All(policy.Alphabets, alphabet => Assert.True(password.IndexOfAny([.. alphabet]) >= 0, password));
            Assert.DoesNotContain(password, without.Contains);
            Assert.All(password, c => Assert.Contains(policy.Alphabets, alphabet => alphabet.Contains(c, StringComparison.Ordinal)));
        }
    }

    [Fact]
    public void Every_character_comes_as_often_as_any_other()
    {
        PasswordPolicy policy = new(128, CharacterClasses.Lower, "");
        PasswordMaker maker = new(RandomNumberGenerator.Create());
        int[] counts = new int[26];
        for (int i = 0; i < 2000; i++)
        {
            using Secret made = maker.Make(policy);
            foreach (char c in made.RevealText())
            {
                counts[c - 'a']++;
            }
        }

        // 256,000 draws: 9,846 of each, a standard deviation of 97.
        Assert.All(counts, count => Assert.InRange(count, 9_260, 10_430));
    }

    [Theory]
    [InlineData(11, CharacterClasses.All, "", "passwordLength")]
    [InlineData(129, CharacterClasses.All, "", "passwordLength")]
    [InlineData(12, CharacterClasses.Digit, "", "passwordLength")]
    [InlineData(32, CharacterClasses.None, "", "passwordClasses")]
    [InlineData(32, CharacterClasses.All, "0123456789", "passwordWithout")]
    [InlineData(32, CharacterClasses.All, "é", "passwordWithout")]
    public void Policy_that_cannot_be_kept_or_makes_weak_passwords_names_its_field(int length, CharacterClasses classes, string without, string field) =>
        Assert.Equal(field, new PasswordPolicy(length, classes, without).Check()?.Field);

    [Fact]
    public void Entropy_counts_only_passwords_that_have_every_class()
    {
        Assert.Equal(32 * Math.Log2(10), new PasswordPolicy(32, CharacterClasses.Digit, "").EntropyBits, 6);
        Assert.InRange(new PasswordPolicy(32, CharacterClasses.All, "").EntropyBits, 209, 32 * Math.Log2(94));
    }

    [Fact]
    public void Account_says_what_its_resource_does_not_and_the_default_fills_the_rest()
    {
        PasswordChoice resource = PasswordChoice.None.With(new PasswordChange(40, null, "l1"));
        PasswordChoice account = PasswordChoice.None.With(new PasswordChange(null, CharacterClasses.Lower, null));

        Assert.Equal(new PasswordPolicy(40, CharacterClasses.Lower, "l1"), PasswordChoice.Resolve(account, resource));
        Assert.True(account.With(new PasswordChange(null, CharacterClasses.None, null)).IsEmpty);
    }
}
