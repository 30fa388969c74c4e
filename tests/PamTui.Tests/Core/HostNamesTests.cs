using System.Security.Cryptography;
using CsCheck;
using PamTui.Core.Resources;

namespace PamTui.Tests.CoreTests;

public sealed class HostNamesTests
{
    private static readonly Gen<string> s_name = Gen.String[Gen.Char["abcXYZ019.-[]:é"], 1, 90];

    private static readonly Gen<byte[]> s_salt = Gen.Byte.Array[0, 64];

    [Fact]
    public void A_hashed_name_is_found_among_any_number_of_names_of_any_length() => Gen.Select(Names(1), s_salt, Gen.Int[0, 1000]).Sample((names, salt, which) =>
    {
        string wanted = names[which % names.Length];

        Assert.Equal(wanted, new HostNames(names).Find(Hashed(salt, wanted)));
    }, iter: 2000);

    [Fact]
    public void A_name_that_is_not_among_them_is_not_found() => Gen.Select(Names(0), s_salt).Sample((names, salt) =>
        Assert.Null(new HostNames(names).Find(Hashed(salt, "elsewhere.example"))), iter: 500);

    [Theory]
    [InlineData("|1|193prJhfK7VbeKIuItNvldqOCC4=|KmWXLiLG+NcFbc7pDwF9KtBtnR8=", "example.org")]
    [InlineData("|1|193prJhfK7VbeKIuItNvldqOCC4=|KmWXLiLG+NcFbc7pDwF9KtBtnR8", null)]
    [InlineData("|1|193prJhfK7VbeKIuItNvldqOCC4=|KmWXLiLG+NcFbc7pDwF9", null)]
    [InlineData("|1|193prJhfK7VbeKIuItNvldqOCC4=", null)]
    public void What_ssh_keygen_has_hashed_is_found_and_what_is_cut_short_is_none(string hashed, string? found) =>
        Assert.Equal(found, HashedName.Read(hashed) is { } name ? new HostNames(["other.example", "Example.org", "example.org.example"]).Find(name)?.ToLowerInvariant() : null);

    private static Gen<string[]> Names(int least) => s_name.Array[least, 40].Select(names => names.DistinctBy(name => name.ToLowerInvariant()).ToArray());

#pragma warning disable CA5350 // The format's own.
    private static HashedName Hashed(byte[] salt, string name) =>
        HashedName.Read($"|1|{Convert.ToBase64String(salt)}|{Convert.ToBase64String(HMACSHA1.HashData(salt, HashedName.BytesOf(name)))}")!;
#pragma warning restore CA5350
}
