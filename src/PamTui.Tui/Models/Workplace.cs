using System.Globalization;
using Microsoft.Extensions.Logging;
using PamTui.Core;
using PamTui.Core.Model;
using PamTui.Tui.Terminal;

namespace PamTui.Tui.Models;

/// <summary>What all screens of one person share: the vault, who asks, where he is, what runs, and where sentences for him go.</summary>
internal sealed class Workplace
{
    private readonly ILogger _logger;
    private int _failures;

    public Workplace(Product product, Actor actor, Jobs jobs, ShellOptions options, ShellState state, Place first, TimeProvider time)
    {
        (Product, Actor, Jobs, Options, State, Time) = (product, actor, jobs, options, state, time);
        Places = new Navigator(state.Places, first);
        _logger = options.Logs.CreateLogger<Workplace>();
        Errand = new Errand(jobs, Tell);
        Checks = new Checks(product, actor, jobs, Errand, Tell);
        Lines = new ConnectLines(options, actor);
        Starred = new Starred(this);
        Checks.Done += NoteChange;
    }

    /// <summary>A sentence for the person: what was done, or why not.</summary>
    public event Action<string, Tone>? Told;

    /// <summary>What is stored may be other than what is shown: screens read again.</summary>
    public event Action? Changed;

    /// <summary>The person's colours are others than before.</summary>
    public event Action? ThemeChanged;

    /// <summary>The person leaves the full screen: for a session with this account, or (null) altogether.</summary>
    public event Action<AccountRef?>? Left;

    public Product Product { get; }

    public Actor Actor { get; }

    public Jobs Jobs { get; }

    public ShellOptions Options { get; }

    public ShellState State { get; }

    public TimeProvider Time { get; }

    public Navigator Places { get; }

    public Errand Errand { get; }

    public Checks Checks { get; }

    public ConnectLines Lines { get; }

    /// <summary>His favourites.</summary>
    public Starred Starred { get; }

    public DateTimeOffset Now => Time.GetUtcNow();

    /// <summary>Why only admins may do something, for the reason of an action; null for an admin.</summary>
    public string? AdminOnly => Actor.IsAdmin ? null : "Only an admin may do that.";

    /// <summary>A failure stays on the screen until a key, and in the log for who is asked about it: both have its number.</summary>
    public void Tell(string sentence, Tone tone)
    {
        if (tone != Tone.Bad)
        {
            Told?.Invoke(sentence, tone);
            return;
        }

        _failures++;
        _logger.LogInformation("{User} was told (#{Number}): {Sentence}", Actor.Name, _failures, sentence);
        Told?.Invoke(string.Create(CultureInfo.InvariantCulture, $"{sentence} (#{_failures} in the log)"), tone);
    }

    public void UseTheme(ThemeChoice theme)
    {
        if (theme != State.Theme)
        {
            State.Theme = theme;
            ThemeChanged?.Invoke();
        }
    }

    /// <summary>What the person sets on the command line or at another terminal is seen here too; it was read once before.</summary>
    public async Task FollowThemeAsync(CancellationToken ct)
    {
        bool isRead = true;
        await foreach (Done _ in Product.Audit.MovesAsync(ct))
        {
            if (!isRead && await Jobs.CallAsync(c => Product.PersonalSettings.ThemeAsync(Actor, c), ct) is { IsOk: true } theme)
            {
                UseTheme(theme.Value);
            }

            isRead = false;
        }
    }

    public void NoteChange() => Changed?.Invoke();

    public void Connect(AccountRef account) => Left?.Invoke(account);

    public void Leave() => Left?.Invoke(null);

    /// <summary>Runs a use case that changes something; the sentence is told when it did, the refusal when not.</summary>
    public void Do<T>(Func<CancellationToken, Task<Result<T>>> useCase, string done) => Jobs.Start(async ct =>
    {
        Result<T> answer = await Jobs.CallAsync(useCase, ct);
        Tell(answer.Refusal?.Message ?? done, answer.IsOk ? Tone.Good : Tone.Bad);
        NoteChange();
    });
}
