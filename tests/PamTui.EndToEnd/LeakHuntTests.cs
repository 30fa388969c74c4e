using System.Text;
using PamTui.Servers;

namespace PamTui.EndToEnd;

/// <summary>The hunt itself finds what is there.</summary>
public sealed class LeakHuntTests
{
    private const string Secret = "a secret (of 29 bytes) & more";

    public static TheoryData<string, string> Leaks { get; } = new()
    {
        { $"password={Secret}.", "as it" },
        { "gives " + Secret[..20], "first half" },
        { Secret[10..] + "\n", "second half" },
        { "x" + Convert.ToBase64String(Encoding.UTF8.GetBytes("user:" + Secret)), "base64" },
        { Convert.ToBase64String(Encoding.UTF8.GetBytes("user " + Secret)), "base64" },
        { Convert.ToBase64String(Encoding.UTF8.GetBytes("name:" + Secret + "...")), "base64" },
        { Convert.ToHexString(Encoding.UTF8.GetBytes("." + Secret)), "hex" },
        { Convert.ToHexStringLower(Encoding.UTF8.GetBytes(Secret)), "lower hex" },
        { "?p=" + Uri.EscapeDataString(Secret), "percent" },
        { Encoding.Latin1.GetString(Encoding.Unicode.GetBytes(Secret)), "UTF-16" },
    };

    [Theory]
    [MemberData(nameof(Leaks))]
    public void A_secret_is_found_in_each_form(string leak, string form)
    {
        LeakHunt hunt = new();
        hunt.For("the password", Secret);

        hunt.Look("a log", Encoding.Latin1.GetBytes(leak));

        hunt.Found(form);
    }

    [Fact]
    public async Task The_private_half_of_a_key_is_found_in_its_file_and_its_public_half_is_no_leak()
    {
        using TempFolder folder = new();
        SshKeyFile key = await SshKeyFile.MakeAsync(folder, "key");
        string file = await File.ReadAllTextAsync(key.Path, TestContext.Current.CancellationToken);
        LeakHunt hunt = new();
        hunt.ForKey("the key", file);

        hunt.Look("public", key.PublicLine);
        hunt.FoundNothing();
        hunt.Look("private", file);

        hunt.Found("base64");
    }
}
