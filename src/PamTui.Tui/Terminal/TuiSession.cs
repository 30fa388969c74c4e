using Microsoft.Extensions.Logging;
using Terminal.Gui.App;
using Terminal.Gui.Input;
using Attribute = Terminal.Gui.Drawing.Attribute;

namespace PamTui.Tui.Terminal;

/// <summary>
/// One full-screen application on one terminal channel, on a thread of its own: owns the driver's parts, the pump and the jobs,
/// and gives the terminal back as it was, whatever happened.
/// </summary>
internal sealed class TuiSession : IDisposable
{
    /// <summary>The screens need little; a server has many sessions.</summary>
    private const int StackBytes = 512 * 1024;

    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(5);

    private readonly ITerminalChannel _channel;
    private readonly ChannelFactory _factory;
    private readonly Pump _pump;

    private TuiSession(ITerminalChannel channel, TerminalTraits traits)
    {
        _channel = channel;
        _factory = new ChannelFactory(channel, traits, Wake);
        try
        {
            App = TuiApp.Create(_factory);
            App.Init();
            App.Driver!.Clipboard = Clipboard = new Osc52Clipboard(channel);
            App.Keyboard.KeyBindings.Remove(Key.Z.WithCtrl);
            _pump = new Pump(App);
            Jobs = new Jobs(_pump.Post);
        }
        catch
        {
            _factory.Dispose();
            throw;
        }

        channel.Resized += OnResized;
        channel.Drained += OnDrained;
        channel.Closed += _pump.Close;
        if (channel.IsClosed)
        {
            _pump.Close();
        }
    }

    public IApplication App { get; }

    public Jobs Jobs { get; }

    /// <summary>Of the person's own terminal.</summary>
    public Osc52Clipboard Clipboard { get; }

    public long Iterations => _pump.Iterations;

    /// <summary>Runs <paramref name="body"/> on a new thread; <paramref name="gone"/> is the answer when the terminal went away or <paramref name="ct"/> ended it.</summary>
    public static async Task<T> RunAsync<T>(ITerminalChannel channel, TerminalTraits traits, Func<TuiSession, T> body, T gone, ILogger logger, CancellationToken ct)
    {
        TerminalHost.Prepare();
        TaskCompletionSource<T> result = new(TaskCreationOptions.RunContinuationsAsynchronously);
        TaskCompletionSource<TuiSession> started = new(TaskCreationOptions.RunContinuationsAsynchronously);
        Thread thread = new(() => Main(channel, traits, body, gone, started, result), StackBytes) { IsBackground = true, Name = "tui" };
        thread.Start();
        using CancellationTokenRegistration stop = ct.Register(() => CloseWhenStarted(started.Task));
        TaskCompletionSource closed = new(TaskCreationOptions.RunContinuationsAsynchronously);
        void OnClosed() => closed.TrySetResult();
        channel.Closed += OnClosed;
        using CancellationTokenRegistration cancelled = ct.Register(OnClosed);
        try
        {
            // A screen that does not end with its terminal is a fault of ours: said, and not waited for for ever.
            await Task.WhenAny(result.Task, closed.Task).ConfigureAwait(false);
            return await result.Task.WaitAsync(result.Task.IsCompleted || !closed.Task.IsCompleted ? System.Threading.Timeout.InfiniteTimeSpan : s_patience, CancellationToken.None)
                .ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            logger.LogError("A screen did not end {Seconds} s after its terminal was gone.", s_patience.TotalSeconds);
            return gone;
        }
        finally
        {
            channel.Closed -= OnClosed;
        }
    }

    /// <summary>From any thread: runs on the UI thread, where dialogs may open.</summary>
    public void Post(Action action) => _pump.Post(action);

    /// <summary>Another look for everything, from the next frame on.</summary>
    /// <param name="palette">What each look becomes; null: as it is.</param>
    public void Colour(Func<Attribute, Attribute>? palette)
    {
        _factory.Output.Palette = palette;
        _factory.Output.Invalidate();
    }

    /// <summary>The channel has become a terminal: takes its screen, for a first frame to come.</summary>
    public void Begin() => _factory.Output.Begin();

    /// <summary>Paints everything again: what the terminal shows may not be what was sent (Ctrl+L, a resize).</summary>
    public void Repaint()
    {
        _factory.Output.Invalidate();
        Flush();
    }

    public void Dispose()
    {
        _channel.Resized -= OnResized;
        _channel.Drained -= OnDrained;
        _channel.Closed -= _pump.Close;
        Clipboard.TakeBack();
        _pump.Dispose();
        App.Dispose();
        _factory.Dispose();
        Jobs.Dispose();
    }

    private static void Main<T>(
        ITerminalChannel channel,
        TerminalTraits traits,
        Func<TuiSession, T> body,
        T gone,
        TaskCompletionSource<TuiSession> started,
        TaskCompletionSource<T> result)
    {
        try
        {
            // The answer is given when the terminal is as it was: who gets it may write to it at once.
            result.SetResult(Run(channel, traits, body, gone, started));
        }
        catch (Exception fault)
        {
            started.TrySetException(fault);
            result.TrySetException(fault);
        }
    }

    private static T Run<T>(ITerminalChannel channel, TerminalTraits traits, Func<TuiSession, T> body, T gone, TaskCompletionSource<TuiSession> started)
    {
        using TuiSession session = new(channel, traits);
        SynchronizationContext.SetSynchronizationContext(session._pump.Context);
        started.SetResult(session);
        try
        {
            return body(session);
        }
        catch (TerminalGoneException)
        {
            return gone;
        }
        finally
        {
            SynchronizationContext.SetSynchronizationContext(null);
            session.Jobs.StopAsync().GetAwaiter().GetResult();
        }
    }

    private static void CloseWhenStarted(Task<TuiSession> started) =>
        started.ContinueWith(
            static session => session.Result._pump.Close(),
            CancellationToken.None,
            TaskContinuationOptions.OnlyOnRanToCompletion | TaskContinuationOptions.ExecuteSynchronously,
            TaskScheduler.Default);

    private void Wake() => _pump?.Wake();

    private void OnResized() => _pump.Post(Repaint);

    private void OnDrained()
    {
        if (_factory.Output.IsBehind)
        {
            _pump.Post(Flush);
        }
    }

    private void Flush()
    {
        if (App.Driver is { } driver)
        {
            _factory.Output.Write(driver.GetOutputBuffer());
        }
    }
}
