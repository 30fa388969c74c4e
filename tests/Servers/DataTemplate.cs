namespace PamTui.Servers;

/// <summary>The empty data folder of a database, made by the first server that needs it and copied for all: to make one takes ten times as long as to copy it.</summary>
/// <param name="make">Makes the folder of that path.</param>
internal sealed class DataTemplate(Func<string, Task> make)
{
    private readonly Lazy<Task<TempFolder>> _made = new(() => MakeAsync(make));

    /// <summary>A copy with the owners and modes of the original.</summary>
    public async Task CopyToAsync(string data) => (await Run.ProgramAsync("cp", "-a", (await _made.Value).PathOf("data"), data)).Succeeded();

    private static async Task<TempFolder> MakeAsync(Func<string, Task> make)
    {
        TempFolder folder = new(readableByAll: true);
        AppDomain.CurrentDomain.ProcessExit += (_, _) => folder.Dispose();
        await make(folder.PathOf("data"));
        return folder;
    }
}
