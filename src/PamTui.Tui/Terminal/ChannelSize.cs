using System.Drawing;
using Terminal.Gui.ViewBase;
using Terminal.Gui.Drivers;

namespace PamTui.Tui.Terminal;

/// <summary>The clamped size of the channel, told to the driver on the UI thread.</summary>
internal sealed class ChannelSize(ITerminalChannel channel) : ISizeMonitor
{
    private TerminalSize _last = TerminalTraits.Clamp(channel.Size);

    public event EventHandler<SizeChangedEventArgs>? SizeChanged;

    public bool InitialSizeReceived => true;

    public bool Poll()
    {
        TerminalSize size = TerminalTraits.Clamp(channel.Size);
        if (size == _last)
        {
            return false;
        }

        _last = size;
        SizeChanged?.Invoke(this, new SizeChangedEventArgs(new Size(size.Columns, size.Rows)));
        return true;
    }
}
