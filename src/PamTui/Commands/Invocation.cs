using System.CommandLine;
using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using PamTui.Core;
using PamTui.Core.Model;

namespace PamTui.Commands;

/// <summary>One run of one verb: what was typed, where the answer goes, who asks.</summary>
internal sealed class Invocation(CommandContext context, ParseResult parse)
{
    // The library's default would write "+" of a fingerprint as \u002B, for the sake of HTML.
    private static readonly JsonWriterOptions s_json = new() { Indented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public CommandContext Context => context;

    public TextWriter Out => context.Output;

    public TextWriter Error => context.Error;

    public bool Json => parse.GetValue<bool>("--json");

    public bool Yes => parse.GetValue<bool>("--yes");

    /// <summary>--data as typed; null over SSH and when not given.</summary>
    public string? Data => context.IsRemote ? null : parse.GetValue<string?>("--data");

    public string? Config => context.IsRemote ? null : parse.GetValue<string?>("--config");

    /// <summary>The signed-in user over SSH; at the machine itself whoever can open the folder.</summary>
    public Actor Actor => context.Session?.Actor ?? Actor.Local(Environment.UserName);

    public T? Value<T>(Option<T> option) => parse.GetValue(option);

    public T? Value<T>(Argument<T> argument) => parse.GetValue(argument);

    /// <summary>Whether the option was typed.</summary>
    public bool Has(Option option) => parse.GetResult(option) is { Implicit: false };

    /// <summary>Runs with the vault open; at the machine itself it is opened for this and closed after it.</summary>
    public async Task<Result<Done>> WithProductAsync(Func<Product, Task<Result<Done>>> work, CancellationToken ct)
    {
        if (context.Session is { } session)
        {
            return await work(session.Product);
        }

        LocalMachine machine = context.Machine ?? throw new InvalidOperationException("A local command line has a machine.");
        Result<Product> opened = await machine.OpenAsync(Data, context.Prompt, ct);
        if (opened.Refusal is { } refusal)
        {
            return refusal;
        }

        await using Product product = opened.Value;
        return await work(product);
    }

    public void WriteJson(Action<Utf8JsonWriter> write) => WriteJson(write, s_json with { NewLine = Out.NewLine });

    /// <summary>One value on one line: what goes on and on is read line by line.</summary>
    public void WriteJsonLine(Action<Utf8JsonWriter> write) => WriteJson(write, s_json with { Indented = false });

    private void WriteJson(Action<Utf8JsonWriter> write, JsonWriterOptions options)
    {
        using MemoryStream buffer = new();
        using (Utf8JsonWriter writer = new(buffer, options))
        {
            write(writer);
        }

        Out.WriteLine(Ascii(Encoding.UTF8.GetString(buffer.GetBuffer(), 0, (int)buffer.Length)));
    }

    // What is not ASCII stands only inside strings, where \uXXXX is the same: nothing a terminal could obey is left (E3).
    private static string Ascii(string json)
    {
        StringBuilder text = new(json.Length);
        foreach (char c in json)
        {
            if (c < 0x7f)
            {
                text.Append(c);
            }
            else
            {
                text.Append(CultureInfo.InvariantCulture, $"\\u{(int)c:x4}");
            }
        }

        return text.ToString();
    }

    /// <summary>The sentence when it worked (not with --json, where silence and the exit code say it), the refusal when not.</summary>
    public Result<Done> Say<T>(Result<T> result, string sentence)
    {
        if (result.Refusal is { } refusal)
        {
            return refusal;
        }

        if (!Json)
        {
            Out.WriteLine(Text.Escape(sentence, 1024));
        }

        return default(Done);
    }

    /// <summary>Before something is removed: its name is typed, or --yes was given.</summary>
    public async Task<Result<Done>> ConfirmAsync(string what, string name, CancellationToken ct)
    {
        if (Yes)
        {
            return default(Done);
        }

        if (context.Prompt is not { } prompt)
        {
            return Refusal.Failed($"Nobody is there to confirm that the {what} {Text.Quote(name)} is removed: add --yes.");
        }

        string? typed = await prompt.AskAsync($"This removes the {what} {Text.Quote(name)} for good. Type its name to go on: ", ct);
        return typed == name ? default(Done) : Refusal.Failed($"Another name was typed: the {what} {Text.Quote(name)} stays.");
    }
}

/// <summary>How a verb is given what it does.</summary>
internal static class VerbActions
{
    public static void Runs(this Verb verb, CommandContext context, Func<Invocation, Result<Done>> work) =>
        verb.Runs(context, (run, _) => Task.FromResult(work(run)));

    public static void Runs(this Verb verb, CommandContext context, Func<Invocation, CancellationToken, Task<Result<Done>>> work) =>
        verb.SetAction(async (parse, ct) =>
        {
            Result<Done> result = await work(new Invocation(context, parse), ct);
            return result.Refusal is { } refusal ? await CommandLine.FailAsync(context, refusal) : 0;
        });

    public static void RunsWithProduct(this Verb verb, CommandContext context, Func<Invocation, Product, CancellationToken, Task<Result<Done>>> work) =>
        verb.Runs(context, (run, ct) => run.WithProductAsync(product => work(run, product, ct), ct));
}
