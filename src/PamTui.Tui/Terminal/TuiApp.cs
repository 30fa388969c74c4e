using System.Runtime.CompilerServices;
using Terminal.Gui.App;
using Terminal.Gui.Drivers;

namespace PamTui.Tui.Terminal;

/// <summary>
/// An application of Terminal.Gui on a driver of ours. Its constructor that takes one is not public in 2.5.0; this is the only
/// non-public member the program touches, and a test fails when an upgrade moves it.
/// </summary>
internal static class TuiApp
{
    public static IApplication Create(IComponentFactory factory) => (IApplication)New(factory);

    [UnsafeAccessor(UnsafeAccessorKind.Constructor)]
    [return: UnsafeAccessorType("Terminal.Gui.App.ApplicationImpl, Terminal.Gui")]
    private static extern object New(IComponentFactory factory);
}
