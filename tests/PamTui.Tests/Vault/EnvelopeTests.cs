using PamTui.Core.Model;
using PamTui.Core.Vault;

namespace PamTui.Tests.VaultTests;

public sealed class EnvelopeTests
{
    private static readonly SecretBinding s_row = new("account", 7, "password", 3);

    [Fact]
    public void Sealed_secret_opens_as_it_was_to_the_last_byte()
    {
        using KeyRing ring = KeyRing.Create();
        using Secret secret = Secret.FromText(" \tpass\u00e9 \0 \n");

        using Secret opened = Envelope.Open(ring, s_row, Envelope.Seal(ring, s_row, secret));

        Assert.True(secret.FixedTimeEquals(opened));
    }

    [Fact]
    public void Two_seals_of_one_secret_have_nothing_in_common()
    {
        using KeyRing ring = KeyRing.Create();
        using Secret secret = Secret.FromText("the same words");

        SealedSecret first = Envelope.Seal(ring, s_row, secret);
        SealedSecret second = Envelope.Seal(ring, s_row, secret);

        Assert.NotEqual(first.Nonce, second.Nonce);
        Assert.NotEqual(first.WrappedKey, second.WrappedKey);
        Assert.NotEqual(first.Ciphertext, second.Ciphertext);
    }

    [Theory]
    [InlineData("user", 7, "password", 3)]
    [InlineData("account", 8, "password", 3)]
    [InlineData("account", 7, "passphrase", 3)]
    [InlineData("account", 7, "password", 2)]
    public void Row_swapped_to_another_owner_field_or_version_does_not_open(string kind, long id, string field, long version)
    {
        using KeyRing ring = KeyRing.Create();
        using Secret secret = Secret.FromText("canary");
        SealedSecret row = Envelope.Seal(ring, s_row, secret);

        VaultException told = Assert.Throws<VaultException>(() => Envelope.Open(ring, new SecretBinding(kind, id, field, version), row));

        Assert.DoesNotContain("canary", told.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Row_with_any_byte_edited_does_not_open()
    {
        using KeyRing ring = KeyRing.Create();
        using Secret secret = Secret.FromText("canary");
        SealedSecret row = Envelope.Seal(ring, s_row, secret);
        SealedSecret[] edited =
        [
            row with { WrappedKey = Flip(row.WrappedKey) },
            row with { Nonce = Flip(row.Nonce) },
            row with { Ciphertext = Flip(row.Ciphertext) },
            row with { Ciphertext = row.Ciphertext[..^1] },
            row with { Tag = Flip(row.Tag) },
            row with { Tag = row.Tag[..12] },
            row with { WrappedKey = [] },
            row with { KeyVersion = 2 },
        ];

        Assert.All(edited, bad => Assert.Throws<VaultException>(() => Envelope.Open(ring, s_row, bad)));
    }

    [Fact]
    public void Data_key_of_another_row_does_not_open_this_one()
    {
        using KeyRing ring = KeyRing.Create();
        using Secret secret = Secret.FromText("canary");
        SealedSecret mine = Envelope.Seal(ring, s_row, secret);
        SealedSecret other = Envelope.Seal(ring, s_row with { OwnerId = 8 }, secret);

        Assert.Throws<VaultException>(() => Envelope.Open(ring, s_row, other));
        Assert.Throws<VaultException>(() => Envelope.Open(ring, s_row, mine with { WrappedKey = other.WrappedKey }));
    }

    [Fact]
    public void Rewrapped_secret_opens_with_the_new_key_alone()
    {
        using KeyRing old = KeyRing.Create();
        using KeyRing both = old.WithNewKey();
        using KeyRing fresh = both.WithCurrentOnly();
        using Secret secret = Secret.FromText("canary");
        SealedSecret row = Envelope.Seal(old, s_row, secret);

        using Secret opened = Envelope.Open(fresh, s_row, Envelope.Rewrap(both, s_row, row));

        Assert.True(secret.FixedTimeEquals(opened));
        Assert.Throws<VaultException>(() => Envelope.Open(fresh, s_row, row));
    }

    [Fact]
    public void Key_ring_reads_with_its_root_key_only()
    {
        using Secret root = KeyRing.NewKey();
        using Secret wrong = KeyRing.NewKey();
        using KeyRing ring = KeyRing.Create();
        using KeyRing both = ring.WithNewKey();
        string text = both.Write(root);

        using KeyRing? read = KeyRing.TryRead(text, root);

        Assert.Equal(2, read!.Current);
        Assert.True(read.Find(1)!.FixedTimeEquals(both.Find(1)!));
        Assert.Null(KeyRing.TryRead(text, wrong));
    }

    [Theory]
    [InlineData("")]
    [InlineData("1")]
    [InlineData("x AAAA")]
    [InlineData("1 **")]
    public void Damaged_key_ring_is_told(string text)
    {
        using Secret root = KeyRing.NewKey();

        Assert.Throws<VaultException>(() => KeyRing.TryRead(text, root));
    }

    private static byte[] Flip(byte[] bytes)
    {
        byte[] flipped = [.. bytes];
        flipped[flipped.Length / 2] ^= 1;
        return flipped;
    }
}
