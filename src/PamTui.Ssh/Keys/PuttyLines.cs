using System.Globalization;
using System.Text;

namespace PamTui.Ssh.Keys;

/// <summary>The lines of a PPK file, read in order: "Name: value", and counted lines of base64. Strings cannot be zeroed: the file's text stays until it is collected.</summary>
internal sealed class PuttyLines
{
    // An RSA key of 8192 bits takes under 100.
    private const int MaxBlobLines = 1000;

    private readonly string[] _lines;
    private int _next;

    public PuttyLines(ReadOnlySpan<byte> file) => _lines = Encoding.UTF8.GetString(file).Split('\n');

    public (string Name, string Value) Header()
    {
        string line = Line();
        int colon = line.IndexOf(": ", StringComparison.Ordinal);
        if (colon > 0)
        {
            return (line[..colon], line[(colon + 2)..]);
        }

        // An empty comment may have lost its space on the way.
        return line.EndsWith(':') ? (line[..^1], "") : throw SshKeyFileException.NotAKey();
    }

    public string Header(string name)
    {
        (string found, string value) = Header();
        return found == name ? value : throw SshKeyFileException.NotAKey();
    }

    public int Number(string name) =>
        int.TryParse(Header(name), NumberStyles.None, CultureInfo.InvariantCulture, out int number) ? number : throw SshKeyFileException.NotAKey();

    public byte[] Blob(string name)
    {
        int count = Number(name);
        if (count > MaxBlobLines || count > _lines.Length - _next)
        {
            throw SshKeyFileException.NotAKey();
        }

        StringBuilder base64 = new();
        for (int i = 0; i < count; i++)
        {
            base64.Append(Line());
        }

        try
        {
            return Convert.FromBase64String(base64.ToString());
        }
        catch (FormatException e)
        {
            throw SshKeyFileException.NotAKey(e);
        }
    }

    public void End()
    {
        while (_next < _lines.Length)
        {
            if (Line().Length != 0)
            {
                throw SshKeyFileException.NotAKey();
            }
        }
    }

    private string Line() => _next < _lines.Length ? _lines[_next++].TrimEnd('\r') : throw SshKeyFileException.NotAKey();
}
