using System.CommandLine;
using System.Globalization;
using PamTui.Core.Model;

namespace PamTui.Commands;

/// <summary>The options of `policy add` and `policy edit`.</summary>
internal sealed class PolicyOptions
{
    private const string Never = "never";

    private readonly bool _isNew;

    public PolicyOptions(bool isNew)
    {
        _isNew = isNew;
        Sessions.CompletionSources.Add("wait", "go-on");
        State.CompletionSources.Add("on", "off");
    }

    private Option<string?> On { get; } = new("--on") { Description = "Which accounts: RESOURCE/ACCOUNT, RESOURCE/*, or a filter", HelpName = "TARGET" };

    private Option<string?> Every { get; } = new("--every") { Description = "From one rotation to the next: 12h, 30d, 2w; an hour at least", HelpName = "SPAN" };

    private Option<string?> Order { get; } = new("--order") { Description = "Of the policies that reach an account the lowest order holds; without it after all there are", HelpName = "N" };

    private Option<string?> Window { get; } = new("--window") { Description = "Only in these hours: 'Sun 02:00-04:00 Europe/Berlin', 'Mon-Fri 22:00-02:00 UTC'; '' for any time", HelpName = "WINDOW" };

    private Option<string?> Jitter { get; } = new("--jitter") { Description = "Spread what is due at once over so long; without it a tenth of the interval, an hour at most", HelpName = "SPAN" };

    private Option<string?> Sessions { get; } = new("--sessions") { Description = "Beside an open session of the account: wait (until it has ended) or go-on", HelpName = "RULE" };

    private Option<string?> AfterReveal { get; } = new("--after-reveal") { Description = "Rotate so long after somebody saw the credential: 1h; never turns it off", HelpName = "SPAN" };

    private Option<string?> Hook { get; } = new("--hook") { Description = "A program by its absolute path, and its arguments: run after each rotation, the new credential on its stdin; '' for none", HelpName = "COMMAND" };

    private Option<bool?> ByItself { get; } = new("--by-itself") { Description = "Each account changes its own credential, whatever the resource's rotation account", HelpName = "true|false" };

    private Option<string?> State { get; } = new("--state") { Description = "on; off leaves the accounts that it reaches alone, whatever policies come after it", HelpName = "on|off" };

    public Verb OnVerb(Verb verb)
    {
        On.Required = Every.Required = _isNew;
        foreach (Option option in (Option[])[On, Every, Order, Window, Jitter, Sessions, ByItself, AfterReveal, Hook, State])
        {
            verb.Add(option);
        }

        return verb;
    }

    /// <summary>What was typed, upon what is there.</summary>
    public Result<Func<PolicyDraft?, PolicyDraft>> Read(Invocation run, string name)
    {
        Result<TimeSpan?> every = SpanOf(run, Every, "The interval", RotationTerms.MinInterval);
        Result<TimeSpan?> jitter = SpanOf(run, Jitter, "The jitter", TimeSpan.Zero);
        Result<TimeSpan?> afterReveal = run.Value(AfterReveal) == Never ? (TimeSpan?)null : SpanOf(run, AfterReveal, "The time after a reveal", TimeSpan.Zero);
        Result<int?> order = Inputs.Number(run.Value(Order), "--order", 1, 1_000_000);
        Result<RotationWindow?> window = WindowOf(run.Value(Window));
        Result<HookCommand?> hook = HookOf(run.Value(Hook));
        Result<bool?> waits = WordOf(run.Value(Sessions), "--sessions", "wait", "go-on");
        Result<bool?> enabled = WordOf(run.Value(State), "--state", "on", "off");
        if ((every.Refusal ?? jitter.Refusal ?? afterReveal.Refusal ?? order.Refusal ?? window.Refusal ?? hook.Refusal ?? waits.Refusal ?? enabled.Refusal) is { } refusal)
        {
            return refusal;
        }

        return (Func<PolicyDraft?, PolicyDraft>)(old =>
        {
            TimeSpan interval = every.Value ?? old?.Terms.Interval ?? TimeSpan.Zero;
            RotationTerms terms = new(
                enabled.Value ?? old?.Terms.Enabled ?? true,
                interval,
                run.Has(Window) ? window.Value : old?.Terms.Window,
                jitter.Value ?? (old is null || old.Terms.Jitter > interval ? RotationTerms.DefaultJitter(interval) : old.Terms.Jitter),
                waits.Value ?? old?.Terms.WaitsForSessions ?? true,
                run.Value(ByItself) ?? old?.Terms.ByItself ?? false,
                run.Has(AfterReveal) ? afterReveal.Value : old?.Terms.AfterReveal,
                run.Has(Hook) ? hook.Value : old?.Terms.Hook);
            return new PolicyDraft(name, order.Value ?? old?.Order, run.Value(On) ?? old?.Target ?? "", terms);
        });
    }

    private static Result<TimeSpan?> SpanOf(Invocation run, Option<string?> option, string what, TimeSpan min)
    {
        if (run.Value(option) is not { } text)
        {
            return (TimeSpan?)null;
        }

        Result<TimeSpan> span = Duration.Parse(text, what, min, RotationTerms.MaxInterval, option.Name.TrimStart('-'));
        return span.Refusal is { } refusal ? refusal : (TimeSpan?)span.Value;
    }

    private static Result<RotationWindow?> WindowOf(string? text)
    {
        if (text is not { Length: > 0 })
        {
            return (RotationWindow?)null;
        }

        Result<RotationWindow> window = RotationWindow.Parse(text);
        return window.Refusal is { } refusal ? refusal : (RotationWindow?)window.Value;
    }

    private static Result<HookCommand?> HookOf(string? text)
    {
        if (text is not { Length: > 0 })
        {
            return (HookCommand?)null;
        }

        Result<IReadOnlyList<string>> words = ShellWords.Split(text);
        Result<HookCommand> hook = words.Refusal is { } unclosed ? unclosed : HookCommand.From(words.Value);
        return hook.Refusal is { } refusal ? refusal : (HookCommand?)hook.Value;
    }

    private static Result<bool?> WordOf(string? text, string option, string yes, string no) => text switch
    {
        null => (bool?)null,
        _ when text == yes => true,
        _ when text == no => false,
        _ => Refusal.Invalid(string.Create(CultureInfo.InvariantCulture, $"{option} takes {yes} or {no}, not {Text.Quote(text)}.")),
    };
}
