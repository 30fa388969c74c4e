using System.Security.Cryptography;
using System.Text;
using CsCheck;
using PamTui.Servers;
using PamTui.Ssh.Keys;

namespace PamTui.Ssh.Tests.Keys;

/// <summary>Key files as OpenSSH, OpenSSL and PuTTY write them.</summary>
public sealed class PrivateKeyFileTests
{
    private const string Passphrase = "correct horse \u00e9";

    public static TheoryData<string, string> Kinds => new()
    {
        { "ed25519", "256" },
        { "ecdsa", "256" },
        { "ecdsa", "384" },
        { "ecdsa", "521" },
        { "rsa", "2048" },
        { "rsa", "3072" },
    };

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task File_of_ssh_keygen_gives_its_key_with_and_without_passphrase(string type, string bits)
    {
        using TempFolder folder = new();
        SshKeyFile clear = await SshKeyFile.MakeAsync(folder, "clear", type, "", "-b", bits);
        SshKeyFile locked = await SshKeyFile.MakeAsync(folder, "locked", type, Passphrase, "-b", bits);

        using SshPrivateKey fromClear = SshPrivateKey.Parse(clear.PrivateBytes);
        using SshPrivateKey fromLocked = SshPrivateKey.Parse(locked.PrivateBytes, Encoding.UTF8.GetBytes(Passphrase));

        AssertIs(clear, fromClear);
        AssertIs(locked, fromLocked);
        Assert.Equal("clear", fromClear.Comment);
        Assert.Equal(int.Parse(bits, System.Globalization.CultureInfo.InvariantCulture), fromClear.PublicKey.Bits);
        AssertRefused(SshKeyFileReason.NeedsPassphrase, locked.PrivateBytes, "");
        AssertRefused(SshKeyFileReason.WrongPassphrase, locked.PrivateBytes, "wrong");
    }

    [Theory]
    [InlineData("aes128-ctr")]
    [InlineData("aes192-ctr")]
    [InlineData("aes256-cbc")]
    [InlineData("aes128-cbc")]
    [InlineData("aes256-gcm@openssh.com")]
    [InlineData("aes128-gcm@openssh.com")]
    [InlineData("chacha20-poly1305@openssh.com")]
    public async Task Every_cipher_that_ssh_keygen_takes_opens(string cipher)
    {
        using TempFolder folder = new();
        SshKeyFile file = await SshKeyFile.MakeAsync(folder, "key", "ed25519", "pass", "-Z", cipher, "-a", "3");

        using SshPrivateKey key = SshPrivateKey.Parse(file.PrivateBytes, "pass"u8);

        AssertIs(file, key);
        AssertRefused(SshKeyFileReason.WrongPassphrase, file.PrivateBytes, "Pass");
        AssertRefused(SshKeyFileReason.NeedsPassphrase, file.PrivateBytes, "");
    }

    [Fact]
    public async Task Cipher_that_is_too_weak_is_named_as_such()
    {
        using TempFolder folder = new();
        SshKeyFile file = await SshKeyFile.MakeAsync(folder, "key", "ed25519", "pass", "-Z", "3des-cbc", "-a", "1");

        AssertRefused(SshKeyFileReason.Unsupported, file.PrivateBytes, "pass");
    }

    [Theory]
    [InlineData("rsa", "PEM")]
    [InlineData("rsa", "PKCS8")]
    [InlineData("ecdsa", "PEM")]
    [InlineData("ecdsa", "PKCS8")]
    public async Task Pem_file_of_ssh_keygen_gives_its_key_with_and_without_passphrase(string type, string format)
    {
        using TempFolder folder = new();
        SshKeyFile clear = await SshKeyFile.MakeAsync(folder, "clear", type, "", "-m", format);
        SshKeyFile locked = await SshKeyFile.MakeAsync(folder, "locked", type, Passphrase, "-m", format);

        using SshPrivateKey fromClear = SshPrivateKey.Parse(clear.PrivateBytes);
        using SshPrivateKey fromLocked = SshPrivateKey.Parse(locked.PrivateBytes, Encoding.UTF8.GetBytes(Passphrase));

        AssertIs(clear, fromClear);
        AssertIs(locked, fromLocked);
        AssertRefused(SshKeyFileReason.NeedsPassphrase, locked.PrivateBytes, "");
        AssertRefused(SshKeyFileReason.WrongPassphrase, locked.PrivateBytes, "wrong");
    }

    [Theory]
    [InlineData("genpkey", "-algorithm", "ed25519")]
    [InlineData("genpkey", "-algorithm", "ed25519", "-aes256", "-pass", "pass:pass")]
    [InlineData("genpkey", "-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-384")]
    [InlineData("genpkey", "-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-521", "-aes128", "-pass", "pass:pass")]
    [InlineData("genpkey", "-algorithm", "RSA", "-des3", "-pass", "pass:pass")]
    [InlineData("ecparam", "-name", "prime256v1", "-genkey")]
    [InlineData("genrsa", "-traditional", "-aes192", "-passout", "pass:pass", "2048")]
    [InlineData("genrsa", "-traditional", "-des3", "-passout", "pass:pass", "2048")]
    public async Task File_of_openssl_gives_a_key_that_ssh_keygen_reads_back(params string[] arguments)
    {
        using TempFolder folder = new();
        RunResult made = (await Run.ProgramAsync("openssl", arguments)).Succeeded();

        using SshPrivateKey key = SshPrivateKey.Parse(made.Output, "pass"u8);

        await AssertOpenSshReadsAsync(folder, key);
        if (arguments.Contains("pass:pass"))
        {
            AssertRefused(SshKeyFileReason.WrongPassphrase, made.Output, "wrong");
            AssertRefused(SshKeyFileReason.NeedsPassphrase, made.Output, "");
        }
    }

    [Theory]
    [InlineData("genpkey", "-algorithm", "ed448")]
    [InlineData("genpkey", "-algorithm", "X25519")]
    [InlineData("ecparam", "-name", "secp256k1", "-genkey", "-noout")]
    [InlineData("ecparam", "-name", "prime256v1", "-genkey", "-noout", "-param_enc", "explicit")]
    [InlineData("genrsa", "1024")]
    [InlineData("genrsa", "-traditional", "1024")]
    [InlineData("genrsa", "-traditional", "-aria128", "-passout", "pass:pass", "2048")]
    [InlineData("genrsa", "-traditional", "-primes", "3", "2048")]
    public async Task Key_of_a_kind_that_is_not_taken_is_told_so(params string[] arguments)
    {
        RunResult made = (await Run.ProgramAsync("openssl", arguments)).Succeeded();

        AssertRefused(SshKeyFileReason.Unsupported, made.Output, "pass");
    }

    [Theory]
    [InlineData("ed25519", 2)]
    [InlineData("ed25519", 3)]
    [InlineData("ecdsa", 2)]
    [InlineData("ecdsa", 3)]
    [InlineData("rsa", 2)]
    [InlineData("rsa", 3)]
    public async Task Putty_file_gives_its_key_with_and_without_passphrase(string type, int version)
    {
        using TempFolder folder = new();
        SshKeyFile source = await SshKeyFile.MakeAsync(folder, "source", type);
        byte[] clear = await PuttyAsync(folder, source, version, passphrase: "");
        byte[] locked = await PuttyAsync(folder, source, version, "pass");

        using SshPrivateKey fromClear = SshPrivateKey.Parse(clear);
        using SshPrivateKey fromLocked = SshPrivateKey.Parse(locked, "pass"u8);

        AssertIs(source, fromClear);
        AssertIs(source, fromLocked);
        Assert.Equal("source", fromLocked.Comment);
        AssertRefused(SshKeyFileReason.NeedsPassphrase, locked, "");
        AssertRefused(SshKeyFileReason.WrongPassphrase, locked, "wrong");
    }

    [Fact]
    public async Task Putty_file_with_any_character_changed_gives_no_key()
    {
        using TempFolder folder = new();
        SshKeyFile source = await SshKeyFile.MakeAsync(folder, "source");
        byte[] file = await PuttyAsync(folder, source, 3, passphrase: "");
        for (int i = 0; i < file.Length; i++)
        {
            byte[] changed = [.. file];
            changed[i] ^= 0x02;
            // Hex digits may change their case and line ends be lost: what is read is then still the same.
            if (file[i] is not ((byte)'\n' or (byte)'\r'))
            {
                Assert.ThrowsAny<SshKeyFileException>(() => SshPrivateKey.Parse(changed));
            }
        }
    }

    [Theory]
    [InlineData("Argon2-Memory: 8192", "Argon2-Memory: 2000000")]
    [InlineData("Argon2-Memory: 8192", "Argon2-Memory: 2147483647")]
    [InlineData("Argon2-Parallelism: 1", "Argon2-Parallelism: 1000")]
    public async Task A12_Putty_file_that_asks_for_too_much_memory_is_refused_at_once(string line, string instead)
    {
        using TempFolder folder = new();
        SshKeyFile source = await SshKeyFile.MakeAsync(folder, "source");
        string file = Encoding.UTF8.GetString(await PuttyAsync(folder, source, 3, "pass"));
        Assert.Contains(line, file, StringComparison.Ordinal);

        AssertRefused(SshKeyFileReason.TooCostly, Encoding.UTF8.GetBytes(file.Replace(line, instead, StringComparison.Ordinal)), "pass");
    }

    [Fact]
    public async Task A12_Bcrypt_rounds_of_a_pasted_key_are_capped()
    {
        using TempFolder folder = new();
        SshKeyFile source = await SshKeyFile.MakeAsync(folder, "source", "ed25519", "pass", "-a", "7");
        byte[] content = Content(source.PrivateBytes);
        int rounds = content.AsSpan().IndexOf<byte>([0, 0, 0, 7, 0, 0, 0, 1]);
        Assert.True(rounds > 0);
        content.AsSpan(rounds, 4).Fill(0x7f);

        AssertRefused(SshKeyFileReason.TooCostly, Armor(content), "pass");

        content.AsSpan(rounds, 4).Clear();
        AssertRefused(SshKeyFileReason.NotAKey, Armor(content), "pass");
    }

    [Fact]
    public async Task A12_Pbkdf2_rounds_of_a_pasted_key_are_capped()
    {
        RunResult made = (await Run.ProgramAsync("openssl", "genpkey", "-algorithm", "ed25519", "-out", "/dev/stdout")).Succeeded();
        using TempFolder folder = new();
        string clear = folder.WritePrivate("clear.pem", made.Text);
        RunResult locked = (await Run.ProgramAsync("openssl", "pkcs8", "-topk8", "-in", clear, "-iter", "3000000", "-passout", "pass:pass")).Succeeded();

        AssertRefused(SshKeyFileReason.TooCostly, locked.Output, "pass");
    }

    [Fact]
    public async Task Every_truncation_of_every_form_gives_no_key_and_no_other_error()
    {
        using TempFolder folder = new();
        SshKeyFile ed25519 = await SshKeyFile.MakeAsync(folder, "ed25519");
        SshKeyFile locked = await SshKeyFile.MakeAsync(folder, "locked", "ecdsa", "pass", "-a", "1");
        SshKeyFile pem = await SshKeyFile.MakeAsync(folder, "pem", "ecdsa", "", "-m", "PEM");
        SshKeyFile pkcs8 = await SshKeyFile.MakeAsync(folder, "pkcs8", "ecdsa", "", "-m", "PKCS8");
        byte[] putty = await PuttyAsync(folder, ed25519, 3, "");
        foreach (byte[] file in new[] { ed25519.PrivateBytes, locked.PrivateBytes, pem.PrivateBytes, pkcs8.PrivateBytes, putty })
        {
            // The last bytes are dashes and line ends.
            for (int length = 0; length < file.Length - 2; length++)
            {
                Assert.Throws<SshKeyFileException>(() => SshPrivateKey.Parse(file.AsSpan(0, length), "pass"u8));
            }
        }
    }

    [Theory]
    [InlineData("ed25519")]
    [InlineData("rsa")]
    public async Task Every_truncation_and_extension_of_the_inside_gives_no_key(string type)
    {
        using TempFolder folder = new();
        SshKeyFile file = await SshKeyFile.MakeAsync(folder, "key", type);
        byte[] content = Content(file.PrivateBytes);
        for (int length = 0; length < content.Length; length += type == "rsa" ? 7 : 1)
        {
            AssertRefused(SshKeyFileReason.NotAKey, Armor(content[..length]), "");
        }

        AssertRefused(SshKeyFileReason.NotAKey, Armor([.. content, 0]), "");
    }

    [Fact]
    public async Task Inside_with_any_byte_changed_never_gives_another_key()
    {
        using TempFolder folder = new();
        SshKeyFile file = await SshKeyFile.MakeAsync(folder, "key");
        byte[] content = Content(file.PrivateBytes);
        for (int i = 0; i < content.Length; i++)
        {
            byte[] changed = [.. content];
            changed[i] ^= 0x01;
            try
            {
                // Only the comment is nobody's business.
                using SshPrivateKey key = SshPrivateKey.Parse(Armor(changed));
                Assert.Equal(file.Fingerprint, key.PublicKey.Fingerprint);
                Assert.NotEqual("key", key.Comment);
            }
            catch (SshKeyFileException)
            {
                continue;
            }
        }
    }

    [Theory]
    [InlineData("genpkey", "-algorithm", "ed25519")]
    [InlineData("genpkey", "-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256")]
    [InlineData("ecparam", "-name", "secp384r1", "-genkey", "-noout")]
    [InlineData("genpkey", "-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256", "-aes256", "-pass", "pass:pass")]
    public async Task Der_with_any_byte_changed_or_missing_gives_a_key_or_a_reason(params string[] arguments)
    {
        RunResult made = (await Run.ProgramAsync("openssl", arguments)).Succeeded();
        string label = made.Text.Split("-----")[1]["BEGIN ".Length..];
        byte[] content = Content(made.Output);
        using SshPrivateKey key = SshPrivateKey.Parse(made.Output, "pass"u8);
        for (int i = 0; i < content.Length; i++)
        {
            byte[] changed = [.. content];
            changed[i] ^= 0x01;
            AssertKeyOrRefused(key, Armor(changed, label));
            AssertKeyOrRefused(key, Armor([.. content[..i], .. content[(i + 1)..]], label));
            Assert.Throws<SshKeyFileException>(() => SshPrivateKey.Parse(Armor(content[..i], label), "pass"u8));
        }

        Assert.Throws<SshKeyFileException>(() => SshPrivateKey.Parse(Armor([.. content, 0], label), "pass"u8));
    }

    [Fact]
    public void Random_bytes_in_any_form_give_a_reason_and_no_other_error() =>
        Gen.Select(
            OneOf("OPENSSH PRIVATE KEY", "RSA PRIVATE KEY", "EC PRIVATE KEY", "PRIVATE KEY", "ENCRYPTED PRIVATE KEY"),
            Gen.Byte.Array[0, 200],
            OneOf("", "DEK-Info: AES-256-CBC,00112233445566778899AABBCCDDEEFF\n", "DEK-Info: DES-EDE3-CBC,0011223344556677\n", "DEK-Info: ,\n"))
            .Sample((label, content, header) =>
            {
                byte[] file = Encoding.ASCII.GetBytes(
                    $"-----BEGIN {label}-----\n{header}{Convert.ToBase64String(content)}\n-----END {label}-----\n");
                Assert.Throws<SshKeyFileException>(() => SshPrivateKey.Parse(file, "pass"u8));
            });

    [Theory]
    [InlineData("")]
    [InlineData("hello")]
    [InlineData("ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIGbDTBFiC7h6NHx4mGmV1x3w2MV1MbysvgXosw7UzMa1 a public key")]
    [InlineData("-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n")]
    [InlineData("-----BEGIN PRIVATE KEY-----\n-----END PRIVATE KEY-----\n")]
    [InlineData("-----BEGIN PRIVATE KEY-----\n****\n-----END PRIVATE KEY-----\n")]
    [InlineData("-----BEGIN PRIVATE KEY-----\nAAAA\n-----END RSA PRIVATE KEY-----\n")]
    [InlineData("-----BEGIN OPENSSH PRIVATE KEY-----\nAAAA\n-----END OPENSSH PRIVATE KEY-----\n")]
    [InlineData("-----BEGIN RSA PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\nDEK-Info: AES-128-CBC,zz\n\nAAAA\n-----END RSA PRIVATE KEY-----\n")]
    [InlineData("-----BEGIN RSA PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\nDEK-Info: AES-128-CBC\n\nAAAA\n-----END RSA PRIVATE KEY-----\n")]
    [InlineData("PuTTY-User-Key-File-3: ssh-ed25519")]
    [InlineData("PuTTY-User-Key-File-3: ssh-ed25519\nEncryption: none\nComment: x\nPublic-Lines: 99999999\n")]
    public void What_is_no_private_key_is_told_so(string file) => AssertRefused(SshKeyFileReason.NotAKey, Encoding.UTF8.GetBytes(file), "pass");

    [Fact]
    public void File_above_the_limit_is_not_looked_at() =>
        AssertRefused(SshKeyFileReason.NotAKey, [.. Enumerable.Repeat((byte)'\n', PrivateKeyFile.MaxFile + 1)], "");

    [Fact]
    public async Task Windows_line_ends_a_byte_order_mark_and_text_around_are_no_hindrance()
    {
        using TempFolder folder = new();
        SshKeyFile file = await SshKeyFile.MakeAsync(folder, "key");
        string text = Encoding.ASCII.GetString(file.PrivateBytes);
        string[] forms = ["\uFEFF" + text, text.ReplaceLineEndings("\r\n"), "deploy key of web-1\n\n" + text + "\nend", text.TrimEnd(), "  " + text];

        foreach (string form in forms)
        {
            using SshPrivateKey key = SshPrivateKey.Parse(Encoding.UTF8.GetBytes(form));
            AssertIs(file, key);
        }
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task Written_file_is_read_by_ssh_keygen_and_by_us(string type, string bits)
    {
        using TempFolder folder = new();
        SshKeyFile file = await SshKeyFile.MakeAsync(folder, "key", type, "", "-b", bits);
        using SshPrivateKey key = SshPrivateKey.Parse(file.PrivateBytes);

        using SshPrivateKey again = SshPrivateKey.Parse(key.WriteOpenSsh());

        Assert.Equal(key.PublicKey, again.PublicKey);
        Assert.Equal("key", again.Comment);
        await AssertOpenSshReadsAsync(folder, key);
    }

    [Fact]
    public async Task Error_holds_nothing_of_the_file()
    {
        using TempFolder folder = new();
        SshKeyFile file = await SshKeyFile.MakeAsync(folder, "canary-comment");
        byte[] content = Content(file.PrivateBytes);
        content[^60] ^= 1;

        SshKeyFileException told = Assert.Throws<SshKeyFileException>(() => SshPrivateKey.Parse(Armor(content)));

        Assert.DoesNotContain("canary", told.ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain(Convert.ToBase64String(content)[100..120], told.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Key_that_was_disposed_signs_no_more()
    {
        using TempFolder folder = new();
        SshKeyFile file = await SshKeyFile.MakeAsync(folder, "key");
        SshPrivateKey key = SshPrivateKey.Parse(file.PrivateBytes);
        key.Dispose();

        Assert.Throws<ObjectDisposedException>(() => key.Sign("ssh-ed25519", "data"u8));
        Assert.Throws<ObjectDisposedException>(() => key.WriteOpenSsh());
        Assert.DoesNotContain("seed", key.ToString(), StringComparison.Ordinal);
    }

    private static Gen<string> OneOf(params string[] choices) => Gen.Int[0, choices.Length - 1].Select(i => choices[i]);

    private static void AssertIs(SshKeyFile file, SshPrivateKey key)
    {
        Assert.Equal(file.Fingerprint, key.PublicKey.Fingerprint);
        Assert.Equal(file.PublicLine.Split(' ')[..2], key.PublicKey.ToString().Split(' '));
        byte[] data = RandomNumberGenerator.GetBytes(100);
        foreach (string algorithm in key.SignatureAlgorithms)
        {
            Assert.True(key.PublicKey.Verify(algorithm, key.Sign(algorithm, data), data));
        }
    }

    private static async Task AssertOpenSshReadsAsync(TempFolder folder, SshPrivateKey key)
    {
        string path = folder.WritePrivate("written", Encoding.ASCII.GetString(key.WriteOpenSsh()));
        RunResult read = (await Run.ProgramAsync("ssh-keygen", "-y", "-f", path)).Succeeded();
        Assert.StartsWith(key.PublicKey.ToString(), read.Text, StringComparison.Ordinal);
    }

    private static void AssertKeyOrRefused(SshPrivateKey key, byte[] file)
    {
        try
        {
            using SshPrivateKey other = SshPrivateKey.Parse(file, "pass"u8);
            // An EC file without its point still holds the scalar; a changed scalar of a file without a point is another sound key.
            Assert.Equal(key.PublicKey.KeyType, other.PublicKey.KeyType);
        }
        catch (SshKeyFileException)
        {
            return;
        }
    }

    private static void AssertRefused(SshKeyFileReason reason, byte[] file, string passphrase)
    {
        SshKeyFileException told = Assert.Throws<SshKeyFileException>(() => SshPrivateKey.Parse(file, Encoding.UTF8.GetBytes(passphrase)));
        Assert.Equal(reason, told.Reason);
    }

    private static async Task<byte[]> PuttyAsync(TempFolder folder, SshKeyFile source, int version, string passphrase)
    {
        string name = $"{version}-{passphrase}.ppk";
        string word = folder.WritePrivate("word", passphrase);
        (await Run.ProgramAsync(
            "puttygen",
            source.Path,
            "-O",
            "private",
            "-o",
            folder.PathOf(name),
            "--ppk-param",
            $"version={version},memory=8192,passes=3",
            "--new-passphrase",
            word)).Succeeded();
        return await File.ReadAllBytesAsync(folder.PathOf(name));
    }

    private static byte[] Content(byte[] file) =>
        Convert.FromBase64String(string.Concat(Encoding.ASCII.GetString(file).Split('\n').Where(line => !line.StartsWith('-'))));

    private static byte[] Armor(byte[] content, string label = "OPENSSH PRIVATE KEY") => Encoding.ASCII.GetBytes(
        $"-----BEGIN {label}-----\n{Convert.ToBase64String(content)}\n-----END {label}-----\n");
}
