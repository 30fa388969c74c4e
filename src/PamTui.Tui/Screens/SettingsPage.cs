using PamTui.Core.Model;
using PamTui.Tui.Models;
using PamTui.Tui.Terminal;
using PamTui.Tui.Widgets;
using Terminal.Gui.Input;

namespace PamTui.Tui.Screens;

/// <summary>What a person sets for himself, and what there is to know about this gateway and this program.</summary>
internal sealed class SettingsPage : Page
{
    private readonly TextPane _pane = new() { Indent = 1, CanFocus = true };
    private IReadOnlyList<GatewayKey> _keys = [];

    public SettingsPage(TuiSession session, Workplace work, Place place)
        : base(session, work, place)
    {
        Add(_pane);
        work.ThemeChanged += Refresh;
    }

    public override IReadOnlyList<string> Crumbs => [Place.Screen];

    public override IReadOnlyList<ScreenAction> Actions =>
    [
        new("t", "theme: the terminal's own colours, dark, light, high contrast", ChooseTheme) { Short = "theme" },
        new("M", "all keys of all screens", null) { Short = "keys" },
        new("y", "copy: a host key's fingerprint, a line for known_hosts", Copy)
        {
            Short = "copy",
            WhyNot = () => _keys.Count == 0 ? "No host key of the gateway is known here." : null,
        },
        new("h Left", "back", () => Work.Places.Back()),
        new("j k", "scroll; also the arrows, PgUp, PgDn, g, G", null),
    ];

    public override void Open()
    {
        _pane.SetFocus();
        Reload();
        Refresh();
    }

    // From files: the screen does not wait for them.
    public override void Reload() => Work.Jobs.Start(async ct =>
    {
        _keys = await Work.Jobs.CallAsync(_ => Task.FromResult(Work.Options.HostKeys()), ct);
        Refresh();
    });

    protected override void Arrange(int columns, int rows)
    {
        _pane.Place(0, 1, columns, rows - 1);
        Refresh();
    }

    protected override bool OnKeyDown(Key key) => _pane.Scroll(key);

    protected override void Dispose(bool disposing)
    {
        Work.ThemeChanged -= Refresh;
        base.Dispose(disposing);
    }

    private void Refresh()
    {
        _pane.Lines = TextCut.Wrap(SettingsText.Lines(Work, _keys), Viewport.Width - 2);
        _pane.Changed();
        RaiseRefreshed();
    }

    private void ChooseTheme() => PickSheet.Run(
        Session,
        "Theme",
        new PickModel(
            [
                .. Enum.GetValues<ThemeChoice>().Select(theme => new Choice(
                    $"{(theme == Work.State.Theme ? "■" : "□")} {Words.Of(theme)}: {SettingsText.Describe(theme)}",
                    () => SetTheme(theme))),
            ],
            Work.Jobs),
        "type a theme");

    private void SetTheme(ThemeChoice theme) => Work.Jobs.Start(async ct =>
    {
        Result<Done> set = await Work.Jobs.CallAsync(c => Work.Product.PersonalSettings.SetThemeAsync(Work.Actor, theme, c), ct);
        if (set.Refusal is { } no)
        {
            Work.Tell(no.Message, Tone.Bad);
            return;
        }

        Work.UseTheme(theme);
        Work.Tell($"Your theme is {Words.Of(theme)}.", Tone.Good);
    });

    private void Copy()
    {
        IEnumerable<Choice> choices = _keys.SelectMany(key => (Choice[])
        [
            CopyMenu.Line(Session, Work, $"fingerprint: {key.Type} {key.Fingerprint}", key.Fingerprint),
            CopyMenu.Line(Session, Work, $"a line for known_hosts: {key.Type}", Work.Lines.KnownHosts(key.Line)),
        ]);
        PickSheet.Run(Session, "Copy", new PickModel([.. choices], Work.Jobs), "type what to copy");
    }
}
