using PamTui.Core.Model;
using PamTui.Tui;
using PamTui.Tui.Terminal;
using Terminal.Gui.ViewBase;
using Terminal.Gui.Views;

namespace PamTui.Tests.Tui;

public sealed class ReadyScreenTests
{
    private static readonly ShellOutcome s_connect = new ShellOutcome.Connect(new AccountRef("root", "web-1"));

    [Fact]
    public async Task It_is_shown_at_the_size_that_the_terminal_has_by_then_and_the_terminal_is_given_back()
    {
        await using ReadyScreen ready = Start(new TerminalSize(80, 24));
        MemoryChannel channel = new(40, 10);
        Assert.Equal(0, channel.Writes);

        Task<ShellOutcome> shown = ready.ShowAsync(channel, Say);
        await channel.UntilShownAsync("40x10");
        channel.Resize(30, 8);
        await channel.UntilShownAsync("30x8");
        Assert.Contains("1049", channel.Screen.Modes);
        Assert.DoesNotContain("web-1", channel.Text(), StringComparison.Ordinal);
        channel.Type("q");

        Assert.Equal(s_connect, await shown);
        Assert.Equal(["25"], channel.Screen.Modes);
        Assert.Empty(channel.Screen.Unknown);
    }

    [Fact]
    public async Task A_terminal_that_is_gone_already_ends_it()
    {
        await using ReadyScreen ready = Start(new TerminalSize(40, 10));
        MemoryChannel channel = new(40, 10);
        channel.Close();
        Assert.IsType<ShellOutcome.Quit>(await ready.ShowAsync(channel, Say));
    }

    [Fact]
    public async Task Never_shown_it_ends_unseen()
    {
        ReadyScreen ready = Start(new TerminalSize(40, 10));
        await ready.DisposeAsync().AsTask().WaitAsync(TimeSpan.FromSeconds(30));
    }

    [Fact]
    public void A_terminal_without_a_full_screen_has_none() =>
        Assert.Null(ReadyScreen.Start("dumb", null, noColor: false, new TerminalSize(80, 24), CancellationToken.None));

    private static ReadyScreen Start(TerminalSize size) =>
        ReadyScreen.Start("xterm-256color", null, noColor: false, size, CancellationToken.None) ?? throw new InvalidOperationException("An xterm has a full screen.");

    private static ShellOutcome Say(TuiSession session)
    {
        using SizeWindow window = new();
        session.App.Run(window);
        return s_connect;
    }

    /// <summary>Says how large it is; any key ends it.</summary>
    private sealed class SizeWindow : Runnable
    {
        private readonly Label _label = new();

        public SizeWindow()
        {
            Width = Dim.Fill();
            Height = Dim.Fill();
            CanFocus = true;
            Add(_label);
            KeyDown += (_, _) => App!.RequestStop(this);
        }

        protected override void OnSubViewLayout(LayoutEventArgs args) => _label.Text = $"{Viewport.Width}x{Viewport.Height}";
    }
}
