namespace PamTui.Core.Filters;

/// <summary>Inside the parser only: where it stopped and why. <see cref="Filter.Parse"/> answers with a refusal.</summary>
internal sealed class FilterSyntaxException(int column, string why) : Exception(why)
{
    public int Column => column;
}
