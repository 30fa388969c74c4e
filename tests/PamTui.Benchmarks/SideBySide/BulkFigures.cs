namespace PamTui.Benchmarks.SideBySide;

/// <summary>Zeros down and up through one session, by cipher: megabytes (10^6) a second of the whole command.</summary>
internal static class BulkFigures
{
    // Of no weight in what is measured, and the same on all legs.
    private const string Kex = "KexAlgorithms curve25519-sha256";

    public static async IAsyncEnumerable<Figure> MeasureAsync(Rig rig, SideBySideOptions options)
    {
        foreach (CipherChoice choice in CipherChoice.All.Where(choice => options.Ciphers.Contains(choice.Name)))
        {
            Lab lab = await LabAsync(rig, choice, choice.Name);
            foreach (bool down in (bool[])[true, false])
            {
                yield return new Figure(
                    $"bulk {(down ? "down" : "up")}, {choice.Words}", "MB/s", MoreIsBetter: true,
                    await Figure.MeasureAsync(rig, options.Routes, options.Runs, route => RateAsync(lab, route, options.Size, down)),
                    Gigabytes: options.Size / 1e9);
            }
        }
    }

    public static Task<Lab> LabAsync(Rig rig, CipherChoice choice, string name)
    {
        string[] algorithms = [Kex, "Ciphers " + choice.Cipher, "MACs " + choice.Mac];
        return rig.LabAsync(name, algorithms, algorithms);
    }

    public static async Task<double> RateAsync(Lab lab, Route route, long bytes, bool down, params string[] before)
    {
        string size = Lab.Text(bytes);
        string line = down ? lab.Ssh(route, $"head -c {size} /dev/zero") + " > /dev/null" : $"head -c {size} /dev/zero | " + lab.Ssh(route, "cat > /dev/null");
        return bytes / 1e6 / await Lab.TimeAsync(line, before);
    }
}
