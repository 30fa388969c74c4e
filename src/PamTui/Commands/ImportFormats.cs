using PamTui.Core.Model;

namespace PamTui.Commands;

/// <summary>The forms of files that go in and out.</summary>
internal static class ImportFormats
{
    public const string Csv = "csv";
    public const string SshConfig = "ssh-config";
    public const string KnownHosts = "known-hosts";
    public const string Json = "json";

    /// <summary>What was said, or what the file's name tells.</summary>
    public static Result<string> Of(string? said, string file) => said switch
    {
        Csv or SshConfig or KnownHosts => said,
        not null => Refusal.Invalid($"{Text.Quote(said)} cannot be imported: use {Csv}, {SshConfig} or {KnownHosts}."),
        _ when file.EndsWith(".csv", StringComparison.OrdinalIgnoreCase) => Csv,
        _ when Path.GetFileName(file) is "config" or "ssh_config" => SshConfig,
        _ when Path.GetFileName(file) is "known_hosts" or "ssh_known_hosts" => KnownHosts,
        _ => Refusal.Invalid($"The name of the file does not tell its form: add --format {Csv}, --format {SshConfig} or --format {KnownHosts}."),
    };
}
