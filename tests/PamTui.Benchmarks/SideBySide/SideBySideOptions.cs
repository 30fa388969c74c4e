using System.Globalization;
using PamTui.EndToEnd;

namespace PamTui.Benchmarks.SideBySide;

/// <summary>The command line: <c>side-by-side [--only bulk,rekey,echo,connect,setups,link] [--runs 5] [--size 512M] [--ciphers gcm,chacha,ctr] [--routes direct,jump,nested,gateway] [--gateway-env NAME=VALUE,…] [--program PATH]</c>.</summary>
internal sealed record SideBySideOptions
{
    public static IReadOnlyList<string> AllFigures { get; } = ["bulk", "rekey", "echo", "connect", "setups", "link"];

    public IReadOnlyList<string> Only { get; init; } = AllFigures;

    public int Runs { get; init; } = 5;

    /// <summary>Bytes of one bulk run.</summary>
    public long Size { get; init; } = 512L << 20;

    public IReadOnlyList<string> Ciphers { get; init; } = [.. CipherChoice.All.Select(choice => choice.Name)];

    public IReadOnlyList<Route> Routes { get; init; } = Enum.GetValues<Route>();

    /// <summary>The gateway's program: the built one, or a published one.</summary>
    public string Program { get; init; } = Vault.Program;

    /// <summary>Variables for the gateway process alone, to try the runtime's settings.</summary>
    public IReadOnlyDictionary<string, string?> GatewayEnvironment { get; init; } = new Dictionary<string, string?>();

    /// <exception cref="FormatException">A word that is none of ours.</exception>
    public static SideBySideOptions Parse(IReadOnlyList<string> arguments)
    {
        SideBySideOptions options = new();
        for (int i = 0; i < arguments.Count; i += 2)
        {
            string value = i + 1 < arguments.Count ? arguments[i + 1] : throw new FormatException($"{arguments[i]} wants a value.");
            options = arguments[i] switch
            {
                "--only" => options with { Only = Words(value, AllFigures) },
                "--runs" => options with { Runs = int.Parse(value, NumberStyles.None, CultureInfo.InvariantCulture) },
                "--size" => options with { Size = Bytes(value) },
                "--ciphers" => options with { Ciphers = Words(value, [.. CipherChoice.All.Select(choice => choice.Name)]) },
                "--routes" => options with { Routes = [.. Words(value, [.. Enum.GetNames<Route>().Select(name => name.ToLowerInvariant())]).Select(name => Enum.Parse<Route>(name, ignoreCase: true))] },
                "--gateway-env" => options with { GatewayEnvironment = value.Split(',').Select(pair => pair.Split('=', 2)).ToDictionary(pair => pair[0], pair => pair.ElementAtOrDefault(1)) },
                "--program" => options with { Program = Path.GetFullPath(value) },
                _ => throw new FormatException($"{arguments[i]} is no option: --only, --runs, --size, --ciphers, --routes, --gateway-env, --program."),
            };
        }

        return options;
    }

    private static string[] Words(string value, IReadOnlyList<string> known)
    {
        string[] words = value.Split(',');
        return Array.Find(words, word => !known.Contains(word)) is { } unknown
            ? throw new FormatException($"'{unknown}' is none of {string.Join(", ", known)}.")
            : words;
    }

    private static long Bytes(string value)
    {
        int shift = value[^1] switch { 'K' => 10, 'M' => 20, 'G' => 30, _ => 0 };
        return long.Parse(shift == 0 ? value : value[..^1], NumberStyles.None, CultureInfo.InvariantCulture) << shift;
    }
}
