using System.Security.Cryptography;
using System.Text;
using PamTui.Core.Model;

namespace PamTui.Core.Vault;

/// <summary>
/// DIR/master.key: one line "pamtui-key-1 BASE64" per root key. Two lines, the newer first, while a rekey passes from one to the
/// other: whichever way the store's commit goes, the file then holds the key that opens it.
/// </summary>
internal static class MasterKeyFile
{
    public const string Name = "master.key";

    private const string Mark = "pamtui-key-1 ";
    private const string Comment = "# Whoever has this file and vault.db has every secret in it. Keep a copy, apart from the backups of the vault.";
    private const int MaxBytes = 4096;
    private const int MaxKeys = 2;

    /// <exception cref="IOException">The file cannot be read.</exception>
    public static Result<IReadOnlyList<Secret>> Read(DataFolder folder)
    {
        Result<byte[]?> read = folder.ReadPrivate(Name, MaxBytes);
        if (read.Refusal is { } refusal)
        {
            return refusal;
        }

        if (read.Value is not { } content)
        {
            return Refusal.Failed($"The master key {Text.Quote(folder.FileOf(Name))} is missing: put its copy back. Without it nobody can open the vault.");
        }

        try
        {
            return Parse(Encoding.ASCII.GetString(content)) is { } keys
                ? Result.Ok<IReadOnlyList<Secret>>(keys)
                : Refusal.Failed($"The file {Text.Quote(folder.FileOf(Name))} is not a master key: put its copy back.");
        }
        finally
        {
            CryptographicOperations.ZeroMemory(content);
        }
    }

    public static void Write(DataFolder folder, params ReadOnlySpan<Secret> keys)
    {
        StringBuilder text = new(Comment + "\n");
        foreach (Secret key in keys)
        {
            text.Append(Mark).Append(Convert.ToBase64String(key.Bytes)).Append('\n');
        }

        byte[] content = Encoding.ASCII.GetBytes(text.ToString());
        folder.WritePrivate(Name, content);
        CryptographicOperations.ZeroMemory(content);
    }

    private static List<Secret>? Parse(string text)
    {
        List<Secret> keys = [];
        foreach (string line in text.Split('\n').Where(line => line.Length > 0 && line[0] != '#'))
        {
            byte[] key = new byte[Aead.KeyBytes];
            if (keys.Count == MaxKeys
                || !line.StartsWith(Mark, StringComparison.Ordinal)
                || !Convert.TryFromBase64String(line[Mark.Length..], key, out int length)
                || length != Aead.KeyBytes)
            {
                return null;
            }

            keys.Add(Secret.From(key));
            CryptographicOperations.ZeroMemory(key);
        }

        return keys.Count == 0 ? null : keys;
    }
}
