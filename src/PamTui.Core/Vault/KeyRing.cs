using System.Buffers.Text;
using System.Globalization;
using System.Security.Cryptography;
using PamTui.Core.Model;

namespace PamTui.Core.Vault;

/// <summary>
/// The master keys by version, newest first in use; two while a rekey runs, one otherwise. At rest each is wrapped by the root key
/// (of the key file, the passphrase or the credential), so a wrong root key shows at once and before anything is written.
/// </summary>
internal sealed class KeyRing : IDisposable
{
    // One in use, one on its way out.
    private const int MaxKeys = 2;

    private readonly SortedDictionary<long, Secret> _keys;

    private KeyRing(SortedDictionary<long, Secret> keys) => _keys = keys;

    /// <summary>The version that seals.</summary>
    public long Current => _keys.Keys.Last();

    public bool IsRekeying => _keys.Count > 1;

    public static KeyRing Create() => new(new SortedDictionary<long, Secret> { [1] = NewKey() });

    public static Secret NewKey()
    {
        Span<byte> bytes = stackalloc byte[Aead.KeyBytes];
        RandomNumberGenerator.Fill(bytes);
        Secret key = Secret.From(bytes);
        CryptographicOperations.ZeroMemory(bytes);
        return key;
    }

    /// <summary>Null when <paramref name="root"/> is not the key it was written with.</summary>
    /// <exception cref="VaultException">The text is not a key ring.</exception>
    public static KeyRing? TryRead(string text, Secret root)
    {
        SortedDictionary<long, Secret> keys = [];
        KeyRing ring = new(keys);
        Span<byte> key = stackalloc byte[Aead.KeyBytes];
        foreach (string line in text.Split('\n', MaxKeys + 1))
        {
            string[] parts = line.Split(' ');
            if (parts.Length != 2
                || keys.Count == MaxKeys
                || !long.TryParse(parts[0], NumberStyles.None, CultureInfo.InvariantCulture, out long version)
                || !Base64.IsValid(parts[1]))
            {
                ring.Dispose();
                throw new VaultException("The vault's list of master keys is damaged: restore the vault from a backup.");
            }

            if (!Aead.TryUnwrap(root.Bytes, Convert.FromBase64String(parts[1]), AssociatedData.MasterKey(version), key))
            {
                ring.Dispose();
                return null;
            }

            keys[version] = Secret.From(key);
            CryptographicOperations.ZeroMemory(key);
        }

        return ring;
    }

    public string Write(Secret root) => string.Join('\n', _keys.Select(entry => string.Create(
        CultureInfo.InvariantCulture,
        $"{entry.Key} {Convert.ToBase64String(Aead.Wrap(root.Bytes, entry.Value.Bytes, AssociatedData.MasterKey(entry.Key)))}")));

    public Secret? Find(long version) => _keys.GetValueOrDefault(version);

    /// <summary>The same keys and a new one which seals from now on.</summary>
    public KeyRing WithNewKey()
    {
        SortedDictionary<long, Secret> keys = CopyKeys();
        keys[Current + 1] = NewKey();
        return new KeyRing(keys);
    }

    public KeyRing WithCurrentOnly() => new(new SortedDictionary<long, Secret> { [Current] = _keys[Current].Copy() });

    public void Dispose()
    {
        foreach (Secret key in _keys.Values)
        {
            key.Dispose();
        }
    }

    private SortedDictionary<long, Secret> CopyKeys()
    {
        SortedDictionary<long, Secret> keys = [];
        foreach ((long version, Secret key) in _keys)
        {
            keys[version] = key.Copy();
        }

        return keys;
    }
}
