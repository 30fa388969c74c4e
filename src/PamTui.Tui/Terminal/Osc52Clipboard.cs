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

    private int _lending;
    private bool _lent;

    public override bool IsSupported => true;

    /// <summary>Puts a secret there, until <see cref="TakeBack"/>; it is in no string.</summary>
    /// <returns>Which lending this is; null: it is longer than terminals take.</returns>
    public int? Lend(ReadOnlySpan<byte> secret)
    {
        if (secret.Length > MaxBytes)
        {
            return null;
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

        _lent = true;
        return ++_lending;
    }

    /// <summary>Takes a secret of ours off the clipboard.</summary>
    /// <param name="lending">Only this one; null: whichever is there.</param>
    /// <returns>False: it was not there any more, as something else was copied since.</returns>
    public bool TakeBack(int? lending = null)
    {
        if (!_lent || (lending ?? _lending) != _lending)
        {
            return false;
        }

        _lent = false;
        channel.Write(Encoding.ASCII.GetBytes(Osc52.TakeOff));
        return true;
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
