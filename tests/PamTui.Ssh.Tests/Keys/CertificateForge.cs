using PamTui.Ssh.Keys;
using PamTui.Ssh.Wire;

namespace PamTui.Ssh.Tests.Keys;

/// <summary>A certificate as no honest CA would write it, correctly signed all the same.</summary>
internal sealed record CertificateForge
{
    public string? Type { get; init; }

    public uint Kind { get; init; } = 1;

    public IReadOnlyList<byte[]> Principals { get; init; } = ["alice"u8.ToArray()];

    public ulong ValidAfter { get; init; }

    public ulong ValidBefore { get; init; } = ulong.MaxValue;

    public IReadOnlyList<(string Name, byte[] Data)> Options { get; init; } = [];

    public IReadOnlyList<(string Name, byte[] Data)> Extensions { get; init; } = [];

    /// <summary>In place of the CA's key.</summary>
    public byte[]? SignatureKey { get; init; }

    public static byte[] Text(string text) => Payload.Of((ref w) => w.String(text));

    public byte[] Make(SshPublicKey subject, SshPrivateKey authority)
    {
        SshReader fields = new(subject.Blob.Span);
        fields.String(64);
        byte[] rest = fields.Rest().ToArray();
        byte[] signed = Payload.Of((ref w) =>
        {
            w.String(Type ?? CertificateNames.Of(subject.KeyType));
            w.String("nonce");
            w.Raw(rest);
            w.UInt64(7);
            w.UInt32(Kind);
            w.String("forged");
            w.String(Strings(Principals));
            w.UInt64(ValidAfter);
            w.UInt64(ValidBefore);
            w.String(Tuples(Options));
            w.String(Tuples(Extensions));
            w.String("");
            w.String(SignatureKey ?? authority.PublicKey.Blob.Span);
        });
        byte[] signature = authority.Sign(authority.SignatureAlgorithms[0], signed);
        return Payload.Of((ref w) =>
        {
            w.Raw(signed);
            w.String(signature);
        });
    }

    private static byte[] Strings(IReadOnlyList<byte[]> strings) => Payload.Of((ref w) =>
    {
        foreach (byte[] value in strings)
        {
            w.String(value);
        }
    });

    private static byte[] Tuples(IReadOnlyList<(string Name, byte[] Data)> tuples) => Payload.Of((ref w) =>
    {
        foreach ((string name, byte[] data) in tuples)
        {
            w.String(name);
            w.String(data);
        }
    });
}
