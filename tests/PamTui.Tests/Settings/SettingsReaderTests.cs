using System.Text.Json;
using PamTui.Core.Model;
using PamTui.Settings;

namespace PamTui.Tests.Settings;

public sealed class SettingsReaderTests : IDisposable
{
    private readonly DirectoryInfo _temp = Directory.CreateTempSubdirectory("pamtui-test-");

    [Fact]
    public void The_shipped_file_is_sound_and_says_the_defaults()
    {
        string shipped = Path.Combine(AppContext.BaseDirectory, SettingsReader.FileName);
        Assert.True(File.Exists(shipped));
        AppSettings read = SettingsReader.Read(shipped, null, false, new Dictionary<string, string>()).Value;

        // Records compare lists by reference.
        Assert.Equal(JsonSerializer.Serialize(new AppSettings()), JsonSerializer.Serialize(read));
    }

    [Fact]
    public void The_shipped_file_has_every_key()
    {
        using JsonDocument shipped = JsonDocument.Parse(File.ReadAllText(Path.Combine(AppContext.BaseDirectory, SettingsReader.FileName)));
        using JsonDocument all = JsonDocument.Parse(JsonSerializer.Serialize(new AppSettings()));
        foreach (JsonProperty section in all.RootElement.EnumerateObject())
        {
            Assert.Equal(section.Value.EnumerateObject().Select(key => key.Name), shipped.RootElement.GetProperty(section.Name).EnumerateObject().Select(key => key.Name));
        }
    }

    [Fact]
    public void Every_key_is_documented()
    {
        string document = File.ReadAllText(Path.Combine(Root(), "docs", "operating.md"));
        foreach (System.Reflection.PropertyInfo section in typeof(AppSettings).GetProperties())
        {
            foreach (System.Reflection.PropertyInfo key in section.PropertyType.GetProperties().Where(key => key.CanWrite))
            {
                Assert.Contains($"| `{section.Name}:{key.Name}` |", document, StringComparison.Ordinal);
            }
        }
    }

    [Fact]
    public void The_folders_file_overrides_the_shipped_one_and_the_environment_both()
    {
        string shipped = Write("""{ "Logging": { "Level": "Error", "FilesKept": 3, "FileMegabytes": 4 } }""");
        string own = Write("""{ "Logging": { "Level": "Debug", "FilesKept": 5 } }""");

        AppSettings settings = SettingsReader.Read(shipped, own, true, new Dictionary<string, string> { ["PAMTUI__Logging__FilesKept"] = "7", ["PAMTUI_DATA"] = "/x" }).Value;

        Assert.Equal((LogLevelName.Debug, 7, 4), (settings.Logging.Level, settings.Logging.FilesKept, settings.Logging.FileMegabytes));
    }

    [Theory]
    [InlineData("""{ "Loging": { } }""", "Loging")]
    [InlineData("""{ "Loging": 1 }""", "Loging")]
    [InlineData("""{ "Logging": { "Levle": "Debug" } }""", "Logging:Levle")]
    [InlineData("""{ "Logging": { "Level": { "Default": "Debug" } } }""", "Logging:Level:Default")]
    [InlineData("""{ "Logging": "Debug" }""", "Logging")]
    [InlineData("""{ "Logging": { "Level": "Loud" } }""", "Logging:Level")]
    [InlineData("""{ "Logging": { "FilesKept": 0 } }""", "Logging:FilesKept")]
    [InlineData("""{ "Gateway": { "DrainSeconds": -1 } }""", "Gateway:DrainSeconds")]
    [InlineData("""{ "Gateway": { "AcceptEnvironment": "LANG" } }""", "Gateway:AcceptEnvironment")]
    [InlineData("""{ "Gateway": { "NodeName": "x" } }""", "Gateway:NodeName")]
    [InlineData("""{ "Logging": { "FilesKept": "many" } }""", "Logging:FilesKept")]
    public void An_unknown_key_or_a_value_out_of_range_is_refused_with_its_name(string json, string name)
    {
        Refusal refusal = SettingsReader.Read(Write(json), null, false, new Dictionary<string, string>()).Refusal!;
        Assert.Equal(RefusalKind.Invalid, refusal.Kind);
        Assert.Contains(name, refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void An_unknown_key_in_the_environment_is_refused_too()
    {
        Refusal refusal = SettingsReader.Read(Write("{}"), null, false, new Dictionary<string, string> { ["PAMTUI__Gateways__Port"] = "1" }).Refusal!;
        Assert.Contains("Gateways", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_file_that_is_no_json_or_is_not_there_is_named()
    {
        string broken = Write("{ ");
        Assert.Contains(broken, SettingsReader.Read(broken, null, false, new Dictionary<string, string>()).Refusal!.Message, StringComparison.Ordinal);
        Assert.Equal(RefusalKind.NotFound, SettingsReader.Read(Write("{}"), "/nowhere/x.json", true, new Dictionary<string, string>()).Refusal!.Kind);
    }

    [Fact]
    public void A_file_that_cannot_be_read_is_named()
    {
        // Nobody can read the first byte of it, root neither.
        string file = Path.Combine(_temp.FullName, "unreadable.json");
        File.CreateSymbolicLink(file, "/proc/self/mem");

        Assert.Contains("unreadable.json' cannot be read", SettingsReader.Read(file, null, false, new Dictionary<string, string>()).Refusal!.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_list_replaces_the_one_below_it()
    {
        string shipped = Write("""{ "Gateway": { "AcceptEnvironment": ["LANG", "LC_*", "TERM"] } }""");
        string own = Write("""{ "gateway": { "acceptEnvironment": ["LANG"] } }""");
        Assert.Equal(["LANG"], SettingsReader.Read(shipped, own, true, new Dictionary<string, string>()).Value.Gateway.AcceptEnvironment);
        Dictionary<string, string> environment = new() { ["PAMTUI__Gateway__AcceptEnvironment__0"] = "A", ["PAMTUI__Gateway__AcceptEnvironment__1"] = "B" };
        Assert.Equal(["A", "B"], SettingsReader.Read(shipped, own, true, environment).Value.Gateway.AcceptEnvironment);
    }

    public void Dispose() => _temp.Delete(recursive: true);

    private static string Root()
    {
        DirectoryInfo? at = new(AppContext.BaseDirectory);
        while (at is not null && !File.Exists(Path.Combine(at.FullName, "PamTui.sln")))
        {
            at = at.Parent;
        }

        return at?.FullName ?? throw new InvalidOperationException("Not below the repository.");
    }

    private string Write(string json)
    {
        string file = Path.Combine(_temp.FullName, Path.GetRandomFileName());
        File.WriteAllText(file, json);
        return file;
    }
}
