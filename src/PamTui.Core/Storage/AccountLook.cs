namespace PamTui.Core.Storage;

/// <summary>What is asked first of a part of a selection: how many, or which.</summary>
internal enum AccountLook
{
    /// <summary>Counting is cheap beside listing.</summary>
    Count,

    /// <summary>In id order: few are listed and the rest counted from there, one way through both.</summary>
    InIdOrder,

    /// <summary>Finding few costs as much as counting many: they are listed, and counted only when they are more.</summary>
    Few,
}
