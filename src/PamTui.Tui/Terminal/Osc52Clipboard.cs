using System.Text;
using Terminal.Gui.App;

namespace PamTui.Tui.Terminal;

/// <summary>Copies to the clipboard of the terminal (OSC 52). The stock one is the server's, shared by every user.</summary>
internal sealed class Osc52Clipboard(ITerminalChannel channel) : ClipboardBase
{
    /// <summary>Terminals drop longer ones.</summary>
    private const int MaxBytes = 64 * 1024;

    public override bool IsSupported => true;

    // What a terminal answers to a read is somebody's clipboard: never asked for.
    protected override string GetClipboardDataImpl() => "";

    protected override void SetClipboardDataImpl(string? text)
    {
        byte[] bytes = Encoding.UTF8.GetBytes(text ?? "");
        if (bytes.Length <= MaxBytes)
        {
            channel.Write(Encoding.ASCII.GetBytes("\e]52;c;" + Convert.ToBase64String(bytes) + "\a"));
        }
    }
}
