using System.Text;
using PamTui.Commands;
using PamTui.Core;
using PamTui.Core.Model;
using PamTui.Core.Vault;

namespace PamTui.Tests.Commands;

/// <summary>The command line over a real vault in a folder of its own, without a process.</summary>
public sealed class CommandLineHarness : IDisposable
{
    private readonly DirectoryInfo _temp = Directory.CreateTempSubdirectory("pamtui-test-");
    private readonly Interrupts _interrupts = new();

    internal string Folder => Path.Combine(_temp.FullName, "vault");

    internal Task<Answer> RunAsync(string line, string stdin = "", params string[] answers) =>
        RunAsync(line, stdin, answers.Length > 0 ? new ScriptedPrompt(answers) : null, onTerminal: false, TimeProvider.System);

    /// <summary>The line with a person who sees the answer.</summary>
    internal Task<Answer> RunOnTerminalAsync(string line, Prompt prompt, TimeProvider time) => RunAsync(line, "", prompt, onTerminal: true, time);

    private async Task<Answer> RunAsync(string line, string stdin, Prompt? prompt, bool onTerminal, TimeProvider time)
    {
        using MemoryStream input = new(Encoding.UTF8.GetBytes(stdin));
        using StringWriter output = new() { NewLine = "\n" };
        using StringWriter error = new() { NewLine = "\n" };
        CommandContext context = new()
        {
            Input = input,
            Output = output,
            Error = error,
            Prompt = prompt,
            OnTerminal = onTerminal,
            Time = time,
            Machine = new LocalMachine(new Dictionary<string, string> { ["PAMTUI_DATA"] = Folder }, _interrupts),
        };
        int code = await CommandLine.RunAsync(ShellWords.Split(line).Value, context, TestContext.Current.CancellationToken);
        return new Answer(code, output.ToString(), error.ToString());
    }

    /// <summary>The same line as <paramref name="user"/> over SSH.</summary>
    internal async Task<Answer> RunRemoteAsync(string user, string line, string stdin = "")
    {
        DataFolder folder = DataFolder.Open(Folder).Value;
        await using Product product = (await Product.OpenAsync(
            folder, new VaultUnlock(), new CoreOptions(), TimeProvider.System, Microsoft.Extensions.Logging.Abstractions.NullLoggerFactory.Instance, CancellationToken.None)).Value;
        User who = (await product.Users.FindAsync(Actor.System, user, CancellationToken.None)).Value;
        using MemoryStream input = new(Encoding.UTF8.GetBytes(stdin));
        using StringWriter output = new() { NewLine = "\n" };
        using StringWriter error = new() { NewLine = "\n" };
        CommandContext context = new()
        {
            Input = input,
            Output = output,
            Error = error,
            Time = TimeProvider.System,
            Session = new RemoteSession(product, new Actor(who.Name, who.Id, who.Role, "192.0.2.7")),
        };
        int code = await CommandLine.RunAsync(ShellWords.Split(line).Value, context, TestContext.Current.CancellationToken);
        return new Answer(code, output.ToString(), error.ToString());
    }

    internal async Task OkAsync(string line, string stdin = "")
    {
        Answer answer = await RunAsync(line, stdin);
        Assert.True(answer.Code == 0, $"{line}: {answer}");
    }

    internal string Write(string name, string content)
    {
        string file = Path.Combine(_temp.FullName, name);
        File.WriteAllText(file, content);
        return file;
    }

    public void Dispose()
    {
        _interrupts.Dispose();
        _temp.Delete(recursive: true);
    }

    internal sealed record Answer(int Code, string Out, string Error);

    private sealed class ScriptedPrompt(string[] answers) : Prompt
    {
        private int _next;

        protected override Task<Secret?> ReadAsync(string question, bool echo, CancellationToken ct) =>
            Task.FromResult(_next < answers.Length ? Secret.FromText(answers[_next++]) : null);
    }
}
