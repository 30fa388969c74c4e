using System.Text;
using PamTui.Core.Connectors;
using PamTui.Core.Connectors.Rotation;
using PamTui.Core.Model;
using PamTui.Core.Vault;
using PamTui.Servers;

namespace PamTui.Tests.Rotation;

/// <summary>Lines of authorized_keys, as sshd reads them; and the keys that are made for them.</summary>
public sealed class AuthorizedKeysTests
{
    private static readonly PublicKey s_old = Made("old");
    private static readonly PublicKey s_new = Made("pamtui db/app 2026-03-01");
    private static readonly PublicKey s_other = Made("other");

    [Theory]
    [InlineData("")]
    [InlineData("restrict ")]
    [InlineData("from=\"10.0.0.0/8,192.168.1.1\",command=\"echo \\\"a b\\\" # c, d\",no-pty ")]
    [InlineData("environment=\"A=ssh-ed25519 AAAA\" ")]
    [InlineData("command=\"x cert-authority\"\t")]
    public void New_key_is_under_the_options_of_the_old_one_and_the_old_line_goes(string options)
    {
        string before = $"# ours\n\n{s_other.Line}\n{options}{s_old.Type} {s_old.Base64}\tany comment at all\n  {s_other.Line} twice";

        string both = Text(AuthorizedKeys.With(Bytes(before), s_old, s_new));
        string after = Text(AuthorizedKeys.Without(Bytes(both), s_old));

        string added = options.Length == 0 ? s_new.Line : options.TrimEnd() + " " + s_new.Line;
        Assert.Equal($"{before}\n{added}\n", both);
        Assert.Equal($"# ours\n\n{s_other.Line}\n  {s_other.Line} twice\n{added}\n", after);
        Assert.Equal(both, Text(AuthorizedKeys.With(Bytes(both), s_old, s_new)));
        Assert.Equal(before + "\n", Text(AuthorizedKeys.Without(Bytes(both), s_new)));
    }

    [Theory]
    [InlineData("# {0}\n")]
    [InlineData("cert-authority,principals=\"a\" {0}\n")]
    [InlineData("command=\"{0}\" {1}\n")]
    [InlineData("{2}\n")]
    public void Line_that_does_not_let_the_key_in_is_not_taken_for_it(string line)
    {
        string text = string.Format(System.Globalization.CultureInfo.InvariantCulture, line, s_old.Line, s_other.Line, s_old.Base64);

        Assert.False(AuthorizedKeys.Holds(Bytes(text), s_old));
        Assert.Equal(text, Text(AuthorizedKeys.Without(Bytes(text), s_old)));
    }

    [Fact]
    public void Every_line_of_the_old_key_has_its_own_options_in_the_new_ones()
    {
        string before = $"from=\"10.1.1.1\" {s_old.Line}\nno-pty,from=\"10.2.2.2\" {s_old.Line}\n";

        string both = Text(AuthorizedKeys.With(Bytes(before), s_old, s_new));

        Assert.Equal($"{before}from=\"10.1.1.1\" {s_new.Line}\nno-pty,from=\"10.2.2.2\" {s_new.Line}\n", both);
    }

    [Fact]
    public void Bytes_that_are_no_text_stay_as_they_are()
    {
        byte[] odd = [.. Bytes(s_old.Line + "\n"), 0, 0xff, (byte)'\r', (byte)'\n', 0xc3, (byte)'\n'];

        byte[] after = AuthorizedKeys.Without(AuthorizedKeys.With(odd, s_old, s_new), s_old);

        Assert.Equal([0, 0xff, (byte)'\r', (byte)'\n', 0xc3, (byte)'\n', .. Bytes(s_new.Line + "\n")], after);
    }

    [Fact]
    public async Task Made_key_is_what_ssh_keygen_takes_and_its_public_half_is_what_ssh_keygen_says()
    {
        using TempFolder folder = new();
        for (int i = 0; i < 9; i++)
        {
            // Each length of the comment pads the file otherwise.
            string comment = "pamtui" + new string('x', i);
            using System.Security.Cryptography.RandomNumberGenerator random = System.Security.Cryptography.RandomNumberGenerator.Create();
            using Secret key = new KeyMaker(random).Make(comment);
            string path = folder.WritePrivate("key" + i, key.RevealText());

            RunResult said = (await Run.ProgramAsync("ssh-keygen", "-y", "-f", path)).Succeeded();

            PublicKey half = PublicHalf.Of(key, null).Value;
            Assert.Equal(said.Text.Trim(), half.Line);
            Assert.Equal((256, comment), (half.Bits, half.Comment));
        }
    }

    [Theory]
    [InlineData("ed25519", "")]
    [InlineData("ecdsa", "-b 521")]
    [InlineData("rsa", "-b 3072")]
    [InlineData("rsa", "-b 3072 -m PEM")]
    [InlineData("rsa", "-b 3072 -m PKCS8")]
    public async Task Public_half_of_a_given_key_is_what_ssh_keygen_says(string type, string more)
    {
        using TempFolder folder = new();
        foreach (string passphrase in (string[])["", "a passphrase"])
        {
            SshKeyFile file = await SshKeyFile.MakeAsync(folder, type + passphrase.Length, type, passphrase, more.Split(' ', StringSplitOptions.RemoveEmptyEntries));
            using Secret key = Secret.From(file.PrivateBytes);
            using Secret phrase = Secret.FromText(passphrase);

            PublicKey half = PublicHalf.Of(key, phrase).Value;

            Assert.Equal(string.Join(' ', file.PublicLine.Split(' ')[..2]), half.Type + " " + half.Base64);
            Assert.Equal(file.Fingerprint, half.Fingerprint);
            using Secret wrong = Secret.FromText("wrong");
            Assert.Equal(passphrase.Length == 0, PublicHalf.Of(key, wrong).IsOk);
        }
    }

    private static PublicKey Made(string comment)
    {
        using System.Security.Cryptography.RandomNumberGenerator random = System.Security.Cryptography.RandomNumberGenerator.Create();
        using Secret key = new KeyMaker(random).Make(comment);
        return PublicHalf.Of(key, null).Value;
    }

    private static byte[] Bytes(string text) => Encoding.UTF8.GetBytes(text);

    private static string Text(byte[] bytes) => Encoding.UTF8.GetString(bytes);
}
