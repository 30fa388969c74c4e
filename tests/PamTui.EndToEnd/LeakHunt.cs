using System.Text;
using PamTui.Servers;

namespace PamTui.EndToEnd;

/// <summary>Looks for secrets in what the product and its targets leave behind, in the forms a leak takes.</summary>
public sealed class LeakHunt
{
    private readonly List<(string Name, byte[] Secret)> _secrets = [];
    private readonly List<string> _found = [];

    public void For(string name, string secret) => For(name, Encoding.UTF8.GetBytes(secret));

    public void For(string name, byte[] secret)
    {
        Assert.InRange(secret.Length, 16, 4096);
        _secrets.Add((name, secret));
    }

    /// <summary>Hunts the private half of an unencrypted Ed25519 key of OpenSSH's format: its file is mostly public.</summary>
    public void ForKey(string name, string file)
    {
        byte[] content = Convert.FromBase64String(string.Concat(file.Split('\n').Where(line => !line.StartsWith("---", StringComparison.Ordinal))));

        // PROTOCOL.key: the pair is a string of 64 bytes, the seed and the public half.
        int pair = content.AsSpan().LastIndexOf((ReadOnlySpan<byte>)[0, 0, 0, 64]);
        Assert.True(pair > 0, "not a key that pamtui makes");
        For(name, content[(pair + 4)..(pair + 36)]);
    }

    public void Look(string where, string text) => Look(where, Encoding.UTF8.GetBytes(text));

    public void Look(string where, byte[] bytes)
    {
        foreach ((string name, byte[] secret) in _secrets)
        {
            foreach ((string form, byte[] pattern) in Forms(secret))
            {
                int at = bytes.AsSpan().IndexOf(pattern);
                if (at >= 0)
                {
                    int from = Math.Max(0, at - 80);
                    _found.Add($"{where} holds {name} as {form}: …{Encoding.UTF8.GetString(bytes, from, Math.Min(200, bytes.Length - from))}…");
                }
            }
        }
    }

    public async Task LookIntoAsync(string folder)
    {
        foreach (string file in Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories))
        {
            await LookAtAsync(file);
        }
    }

    public async Task LookAtAsync(string file) => Look(file, await ReadSharedAsync(file));

    /// <summary>Everything of a world: what its commands said, its files, its gateway's log and environment, and its target's log.</summary>
    public async Task LookIntoAsync(World world)
    {
        Look("output of commands", world.Vault.Said.ToString());
        Look("log of the gateway", world.Gateway.Log);
        Look("log of the target", world.Target.Log);
        await LookAtAsync($"/proc/{world.Gateway.ProcessId}/environ");
        await LookIntoAsync(world.Vault.Data);
    }

    public void FoundNothing()
    {
        Assert.NotEmpty(_secrets);
        Assert.True(_found.Count == 0, string.Join('\n', _found));
    }

    public void Found(string words) => Assert.Contains(_found, found => found.Contains(words, StringComparison.Ordinal));

    private static IEnumerable<(string Form, byte[] Pattern)> Forms(byte[] secret)
    {
        yield return ("percent code", Encoding.ASCII.GetBytes(Uri.EscapeDataString(Encoding.Latin1.GetString(secret))));
        yield return ("UTF-16", Encoding.Unicode.GetBytes(Encoding.Latin1.GetString(secret)));

        // Halves, as a line may end in the middle.
        foreach ((string part, byte[] bytes) in (IEnumerable<(string, byte[])>)[("it", secret), ("its first half", secret[..(secret.Length / 2)]), ("its second half", secret[(secret.Length / 2)..])])
        {
            yield return (part, bytes);
            yield return ($"{part} in hex", Encoding.ASCII.GetBytes(Convert.ToHexString(bytes)));
            yield return ($"{part} in lower hex", Encoding.ASCII.GetBytes(Convert.ToHexStringLower(bytes)));
            for (int offset = 0; offset < 3; offset++)
            {
                // Whatever stands before it, one of the three alignments of base64 is inside.
                string aligned = Convert.ToBase64String([.. new byte[offset], .. bytes]);
                yield return ($"{part} in base64 at {offset}", Encoding.ASCII.GetBytes(aligned[(offset == 0 ? 0 : 4)..^4]));
            }
        }
    }

    private static async Task<byte[]> ReadSharedAsync(string path)
    {
        await using FileStream stream = new(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        using MemoryStream copy = new();
        await stream.CopyToAsync(copy);
        return copy.ToArray();
    }
}
