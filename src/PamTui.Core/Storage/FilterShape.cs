namespace PamTui.Core.Storage;

/// <summary>How a condition looks for a metadata pair.</summary>
internal enum FilterShape
{
    /// <summary>Row by row: right when few rows are asked, or when they are walked until a page is full.</summary>
    Probe,

    /// <summary>All owners of the pair first, as a set: right when many rows are asked.</summary>
    Set,
}
