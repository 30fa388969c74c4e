using System.ComponentModel.DataAnnotations;

namespace PamTui.Settings;

/// <summary>Section "Tui": how the TUI at the machine itself connects through the gateway.</summary>
internal sealed record TuiOptions
{
    /// <summary>The gateway's user to sign in as; empty: the one named like the operating system's user, else the only one with a key.</summary>
    [StringLength(63)]
    public string User { get; init; } = "";

    /// <summary>The gateway to connect to, ADDR:PORT; empty: this machine's own, as Gateway:Listen says.</summary>
    [StringLength(255)]
    public string Gateway { get; init; } = "";
}
