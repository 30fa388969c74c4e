using System.Collections.Concurrent;
using Terminal.Gui.Drivers;
using Terminal.Gui.Time;

namespace PamTui.Tui.Terminal;

/// <summary>The parts of a driver on one terminal channel; one per session.</summary>
internal sealed class ChannelFactory(ITerminalChannel channel, TerminalTraits traits, Action wake) : ComponentFactoryImpl<char>, IDisposable
{
    public ChannelInput Input { get; } = new(channel, wake);

    public DiffOutput Output { get; } = new(channel, traits);

    public override string GetDriverName() => "channel";

    public override IInput<char> CreateInput() => Input;

    public override IOutput CreateOutput() => Output;

    public override IInputProcessor CreateInputProcessor(ConcurrentQueue<char> inputBuffer, ITimeProvider? timeProvider = null) =>
        new SafeAnsiInputProcessor(inputBuffer, timeProvider);

    public override ISizeMonitor CreateSizeMonitor(IOutput consoleOutput, IOutputBuffer outputBuffer) => new ChannelSize(channel);

    public void Dispose()
    {
        Input.Detach();
        Output.Dispose();
    }
}
