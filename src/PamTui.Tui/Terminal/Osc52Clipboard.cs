using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using Terminal.Gui.App;

namespace PamTui.Tui.Terminal;

/// <summary>Copies to the clipboard of the terminal (OSC 52). The stock one is the server's, shared by every user.</summary>
internal sealed class Osc52Clipboard(ITerminalChannel channel) : ClipboardBase
{
    /// <summary>Terminals drop longer ones.</summary>
    private const int MaxBytes = 64 * 1024;

    private bool _lent;

    public override bool IsSupported => true;

    /// <summary>Puts a secret there, until <see cref="TakeBack"/>; it is in no string.</summary>
    /// <returns>False: it is longer than terminals take.</returns>
    public bool Lend(ReadOnlySpan<byte> secret)
    {
        if (secret.Length > MaxBytes)
        {
            return false;
        }

        byte[] sequence = GC.AllocateArray<byte>(Start.Length + Base64.GetMaxEncodedToUtf8Length(secret.Length) + End.Length, pinned: true);
        try
        {
            Start.CopyTo(sequence);
            Base64.EncodeToUtf8(secret, sequence.AsSpan(Start.Length), out _, out int written);
            End.CopyTo(sequence.AsSpan(Start.Length + written));
            channel.Write(sequence.AsMemory(0, Start.Length + written + End.Length));
        }
        finally
        {
            CryptographicOperations.ZeroMemory(sequence);
        }

        return _lent = true;
    }

    /// <summary>Empties the clipboard when a secret of ours is on it.</summary>
    public void TakeBack()
    {
        if (_lent)
        {
            _lent = false;
            SetClipboardDataImpl("");
        }
    }

    private static ReadOnlySpan<byte> Start => "\e]52;c;"u8;

    private static ReadOnlySpan<byte> End => "\a"u8;

    // What a terminal answers to a read is somebody's clipboard: never asked for.
    protected override string GetClipboardDataImpl() => "";

    protected override void SetClipboardDataImpl(string? text)
    {
        byte[] bytes = Encoding.UTF8.GetBytes(text ?? "");
        if (bytes.Length <= MaxBytes)
        {
            _lent = false;
            channel.Write(Encoding.ASCII.GetBytes("\e]52;c;" + Convert.ToBase64String(bytes) + "\a"));
        }
    }
}
