using PamTui.Core.Model;

namespace PamTui.Commands;

/// <summary>The forms of files that go in and out.</summary>
internal static class ImportFormats
{
    public const string Csv = "csv";
    public const string SshConfig = "ssh-config";
    public const string Json = "json";

    /// <summary>What was said, or what the file's name tells.</summary>
    public static Result<string> Of(string? said, string file) => said switch
    {
        Csv or SshConfig => said,
        not null => Refusal.Invalid($"{Text.Quote(said)} cannot be imported: use {Csv} or {SshConfig}."),
        _ when file.EndsWith(".csv", StringComparison.OrdinalIgnoreCase) => Csv,
        _ when Path.GetFileName(file) is "config" or "ssh_config" => SshConfig,
        _ => Refusal.Invalid($"The name of the file does not tell its form: add --format {Csv} or --format {SshConfig}."),
    };
}
