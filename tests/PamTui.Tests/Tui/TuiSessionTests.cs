using System.Diagnostics;
using System.Text;
using Microsoft.Extensions.Logging.Abstractions;
using PamTui.Tui.Terminal;

using Terminal.Gui.Input;
using Terminal.Gui.ViewBase;
using Terminal.Gui.Views;

namespace PamTui.Tests.Tui;

public sealed class TuiSessionTests
{
    [Fact]
    public async Task Typed_keys_reach_the_screen_and_the_terminal_is_given_back()
    {
        MemoryChannel channel = new(40, 10);
        Task<string> session = RunAsync(channel, Probe());
        await channel.UntilShownAsync("ready");
        Assert.Contains("1049", channel.Screen.Modes);

        channel.Type("aż語");
        await channel.UntilShownAsync("a ż 語");
        channel.Type("q");

        Assert.Equal("left", await session);
        Assert.Equal(["25"], channel.Screen.Modes);
        Assert.Empty(channel.Screen.Unknown);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(3)]
    public async Task C12_A_lost_terminal_ends_the_session_at_any_depth_of_dialogs(int depth)
    {
        MemoryChannel channel = new(40, 10);
        Task<string> session = RunAsync(channel, s => Nest(s, depth));
        await channel.UntilShownAsync("depth 0");
        channel.Close();
        Assert.Equal("gone", await session);
        Assert.Equal(["25"], channel.Screen.Modes);
    }

    [Fact]
    public async Task Cancellation_ends_the_session()
    {
        MemoryChannel channel = new(40, 10);
        using CancellationTokenSource stop = new();
        Task<string> session = RunAsync(channel, Probe(), stop.Token);
        await channel.UntilShownAsync("ready");
        await stop.CancelAsync();
        Assert.Equal("gone", await session);
    }

    [Fact]
    public async Task A_fault_in_a_key_handler_ends_only_its_session_and_gives_the_terminal_back()
    {
        MemoryChannel channel = new(40, 10);
        Task<string> session = RunAsync(channel, Probe());
        await channel.UntilShownAsync("ready");
        channel.Type("!");
        await Assert.ThrowsAsync<InvalidOperationException>(() => session);
        Assert.Equal(["25"], channel.Screen.Modes);
    }

    [Fact]
    public async Task A_resize_is_painted_anew()
    {
        MemoryChannel channel = new(40, 10);
        Task<string> session = RunAsync(channel, Probe());
        await channel.UntilShownAsync("40x10");
        channel.Resize(30, 8);
        await channel.UntilShownAsync("30x8");
        channel.Resize(0, 65535);
        await channel.UntilShownAsync("20x200");
        channel.Close();
        await session;
    }

    [Fact]
    public async Task A_slow_terminal_gets_no_frames_until_it_has_drained_and_then_the_newest()
    {
        MemoryChannel channel = new(40, 10);
        Typed typed = new();
        Task<string> session = RunAsync(channel, Probe(typed));
        await channel.UntilShownAsync("ready");
        channel.Pending = DiffOutput.MaxPending + 1;
        int writes = channel.Writes;
        channel.Type("a");
        channel.Type("b");
        await Servers.Poll.UntilAsync("the keys were handled", () => typed.Count == 2);
        Assert.Equal(writes, channel.Writes);
        channel.Drain();
        await channel.UntilShownAsync("a b");
        channel.Close();
        await session;
    }

    [Fact]
    public async Task An_idle_session_turns_its_loop_at_most_twice_a_second()
    {
        MemoryChannel channel = new(40, 10);
        TaskCompletionSource<TuiSession> inside = new();
        Task<string> session = RunAsync(channel, s =>
        {
            inside.SetResult(s);
            return Probe()(s);
        });
        await channel.UntilShownAsync("ready");
        TuiSession running = await inside.Task;
        long settled = -1;
        await Servers.Poll.UntilAsync("the loop settles", () =>
        {
            long now = running.Iterations;
            bool same = now == settled;
            settled = now;
            return same;
        });
        long start = Stopwatch.GetTimestamp();
        long before = running.Iterations;
        await Servers.Poll.UntilAsync("two seconds pass", () => Stopwatch.GetElapsedTime(start).TotalSeconds > 2);
        Assert.InRange(running.Iterations - before, 0, 6);
        channel.Close();
        await session;
    }

    private static Task<string> RunAsync(MemoryChannel channel, Func<TuiSession, string> body, CancellationToken ct = default) =>
        TuiSession.RunAsync(channel, TerminalTraits.Of(channel)!, body, "gone", NullLogger.Instance, ct);

    private static Func<TuiSession, string> Probe(Typed? typed = null) => session =>
    {
        using ProbeWindow window = new(session, typed ?? new Typed());
        session.App.Run(window);
        return "left";
    };

    private static string Nest(TuiSession session, int depth)
    {
        using Runnable window = new() { Width = Dim.Fill(), Height = Dim.Fill(), Text = "depth " + depth };
        if (depth > 0)
        {
            window.Initialized += (_, _) => session.Post(() => Nest(session, depth - 1));
        }

        session.App.Run(window);
        return "left";
    }

    private sealed class Typed
    {
        public volatile int Count;
    }

    private sealed class ProbeWindow : Runnable
    {
        private readonly TuiSession _session;
        private readonly Typed _count;
        private readonly StringBuilder _typed = new();

        public ProbeWindow(TuiSession session, Typed count)
        {
            (_session, _count) = (session, count);
            Width = Dim.Fill();
            Height = Dim.Fill();
            CanFocus = true;
        }

        protected override bool OnDrawingContent(DrawContext? context)
        {
            Move(0, 0);
            AddStr("ready " + _typed);
            Move(0, 1);
            AddStr($"{Viewport.Width}x{Viewport.Height}");
            Cursor = new Terminal.Gui.Drivers.Cursor { Position = new System.Drawing.Point(3, 2), Style = Terminal.Gui.Drivers.CursorStyle.BlinkingBar };
            return true;
        }

        protected override bool OnKeyDown(Key key)
        {
            if (key == Key.Q)
            {
                _session.App.RequestStop();
                return true;
            }

            if (key.AsGrapheme == "!")
            {
                throw new InvalidOperationException("A fault of the screen.");
            }

            _typed.Append(key.AsGrapheme).Append(' ');
            _count.Count++;
            SetNeedsDraw();
            return true;
        }
    }
}
