using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using CsCheck;
using PamTui.Core.Access;
using PamTui.Core.Model;

namespace PamTui.Tests.AccessTests;

public sealed class AuthorizedKeyTests
{
    private const string Ed25519 = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAILM+rvN+ot98qgEN796jTiQfZfG1KaT0PtFDJ/XFSqti";

    private static readonly string[] s_types = ["ssh-ed25519", "ssh-rsa", "ecdsa-sha2-nistp256", "sk-ssh-ed25519@openssh.com"];

    [Fact]
    public void Ed25519_line_is_taken_with_its_fingerprint_and_comment()
    {
        Result<AuthorizedKey> key = AuthorizedKey.Parse(Ed25519 + " foo@bar.com \n");

        Assert.Equal("ssh-ed25519", key.Value.KeyType);
        Assert.Equal("SHA256:UCUiLr7Pjs9wFFJMDByLgc3NrtdU344OgUM45wZPcIQ", key.Value.Fingerprint);
        Assert.Equal("foo@bar.com", key.Value.Comment);
        Assert.Equal(Ed25519 + " foo@bar.com", key.Value.Line);
    }

    [Theory]
    [InlineData("ecdsa-sha2-nistp256", "nistp256")]
    [InlineData("ecdsa-sha2-nistp384", "nistp384")]
    [InlineData("ecdsa-sha2-nistp521", "nistp521")]
    public void Ecdsa_line_is_taken(string type, string curve) => Assert.True(AuthorizedKey.Parse(Line(type, EcdsaBlob(type, curve, curve))).IsOk);

    [Fact]
    public void Security_key_line_is_taken_and_needs_its_application()
    {
        byte[] blob = Blob("sk-ssh-ed25519@openssh.com", new byte[32]);

        Assert.True(AuthorizedKey.Parse(Line("sk-ssh-ed25519@openssh.com", [.. blob, .. Field("ssh:"u8)])).IsOk);
        Assert.False(AuthorizedKey.Parse(Line("sk-ssh-ed25519@openssh.com", blob)).IsOk);
    }

    [Theory]
    [InlineData(2048, true)]
    [InlineData(1024, false)]
    public void Rsa_needs_2048_bits(int bits, bool taken)
    {
        using RSA rsa = RSA.Create(bits);
        RSAParameters parameters = rsa.ExportParameters(false);

        Result<AuthorizedKey> key = AuthorizedKey.Parse(Line("ssh-rsa", Blob("ssh-rsa", parameters.Exponent!, [0, .. parameters.Modulus!])));

        Assert.Equal(taken, key.IsOk);
        Assert.Equal(!taken, key.Refusal?.Message.Contains("1024 bits", StringComparison.Ordinal) ?? false);
    }

    [Fact]
    public void A12_huge_rsa_modulus_is_refused()
    {
        byte[] modulus = new byte[1100];
        modulus.AsSpan().Fill(0x55);

        Assert.Contains("8192", AuthorizedKey.Parse(Line("ssh-rsa", Blob("ssh-rsa", [1, 0, 1], modulus))).Refusal!.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A15_type_before_and_inside_the_blob_must_be_the_same()
    {
        string blob = Ed25519.Split(' ')[1];

        Assert.False(AuthorizedKey.Parse("ecdsa-sha2-nistp256 " + blob).IsOk);
        Assert.False(AuthorizedKey.Parse(Line("ecdsa-sha2-nistp384", EcdsaBlob("ecdsa-sha2-nistp384", "nistp384", "nistp521"))).IsOk);
        Assert.False(AuthorizedKey.Parse(Line("ecdsa-sha2-nistp521", EcdsaBlob("ecdsa-sha2-nistp384", "nistp384", "nistp384"))).IsOk);
    }

    [Theory]
    [InlineData("restrict " + Ed25519)]
    [InlineData("from=\"10.0.0.1\" " + Ed25519)]
    [InlineData("cert-authority " + Ed25519)]
    public void A15_options_before_the_type_are_refused(string line) =>
        Assert.Contains("options", AuthorizedKey.Parse(line).Refusal!.Message, StringComparison.Ordinal);

    [Theory]
    [InlineData("")]
    [InlineData("ssh-ed25519")]
    [InlineData("ssh-dss AAAAB3NzaC1kc3M=")]
    [InlineData("ssh-ed25519-cert-v01@openssh.com AAAAIHNzaC1lZDI1NTE5LWNlcnQtdjAxQG9wZW5zc2guY29t")]
    [InlineData("ssh-ed25519 not*base64")]
    [InlineData(Ed25519 + "\n" + Ed25519)]
    [InlineData(Ed25519 + " \u001b[2J")]
    [InlineData("-----BEGIN OPENSSH PRIVATE KEY-----")]
    public void What_is_no_single_public_key_is_refused(string line) => Assert.Equal(RefusalKind.Invalid, AuthorizedKey.Parse(line).Refusal!.Kind);

    [Fact]
    public void Every_truncation_and_any_trailing_byte_is_refused()
    {
        byte[] blob = EcdsaBlob("ecdsa-sha2-nistp256", "nistp256", "nistp256");
        for (int length = 0; length < blob.Length; length++)
        {
            Assert.False(AuthorizedKey.Parse(Line("ecdsa-sha2-nistp256", blob[..length])).IsOk);
        }

        Assert.False(AuthorizedKey.Parse(Line("ecdsa-sha2-nistp256", [.. blob, 0])).IsOk);
    }

    [Fact]
    public void Point_off_its_curve_is_refused()
    {
        byte[] blob = EcdsaBlob("ecdsa-sha2-nistp256", "nistp256", "nistp256");
        blob[^1] ^= 1;

        Assert.Contains("not on its curve", AuthorizedKey.Parse(Line("ecdsa-sha2-nistp256", blob)).Refusal!.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void No_input_makes_the_parser_throw() =>
        Gen.Select(Gen.Int[0, s_types.Length - 1], Gen.Byte.Array[0, 200], Gen.String).Sample((type, blob, comment) =>
        {
            Result<AuthorizedKey> key = AuthorizedKey.Parse(Line(s_types[type], [.. Field(Encoding.ASCII.GetBytes(s_types[type])), .. blob]) + " " + comment);
            return !key.IsOk || key.Value.Line.StartsWith(s_types[type], StringComparison.Ordinal);
        });

    private static string Line(string type, byte[] blob) => type + " " + Convert.ToBase64String(blob);

    private static byte[] EcdsaBlob(string type, string curveName, string curve)
    {
        using ECDsa key = ECDsa.Create(curve switch
        {
            "nistp256" => ECCurve.NamedCurves.nistP256,
            "nistp384" => ECCurve.NamedCurves.nistP384,
            _ => ECCurve.NamedCurves.nistP521,
        });
        ECPoint q = key.ExportParameters(false).Q;
        return Blob(type, Encoding.ASCII.GetBytes(curveName), [4, .. q.X!, .. q.Y!]);
    }

    private static byte[] Blob(string type, params byte[][] fields) => [.. Field(Encoding.ASCII.GetBytes(type)), .. fields.SelectMany(field => Field(field))];

    private static byte[] Field(ReadOnlySpan<byte> value)
    {
        byte[] field = new byte[4 + value.Length];
        BinaryPrimitives.WriteInt32BigEndian(field, value.Length);
        value.CopyTo(field.AsSpan(4));
        return field;
    }
}
