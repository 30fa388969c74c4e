using System.Security.Cryptography;

namespace PamTui.Core.Resources;

/// <summary>
/// Many names of hosts, among which hashed ones are looked for. Each hashed one has a salt of its own, so that it must be held against every name;
/// the salt is hashed once for all of them.
/// </summary>
internal sealed class HostNames(IEnumerable<string> names)
{
    private readonly (string Name, byte[] Bytes)[] _names = [.. names.Select(name => (name, HashedName.BytesOf(name)))];

    /// <returns>Null: it is none of these names.</returns>
    public string? Find(HashedName hashed)
    {
        Span<byte> hash = stackalloc byte[HashedName.HashLength];
        using IncrementalHash hmac = IncrementalHash.CreateHMAC(HashAlgorithmName.SHA1, hashed.Salt);
        foreach ((string name, byte[] bytes) in _names)
        {
            hmac.AppendData(bytes);
            hmac.GetHashAndReset(hash);
            if (hash.SequenceEqual(hashed.Hash))
            {
                return name;
            }
        }

        return null;
    }
}
