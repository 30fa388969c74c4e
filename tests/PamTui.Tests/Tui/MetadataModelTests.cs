using PamTui.Core.Model;
using PamTui.Tests.CoreTests;
using PamTui.Tui.Models;

namespace PamTui.Tests.Tui;

public sealed class MetadataModelTests
{
    [Fact]
    public void Pairs_are_added_changed_renamed_and_deleted()
    {
        MetadataModel model = new(TestVault.Pairs("env=prod team=payments"));
        Assert.Null(model.Put("owner=alice smith"));
        Assert.Null(model.Put("env=test", "env"));
        Assert.Null(model.Put("squad=payments", "team"));
        model.DeleteOrRestore(model.Rows.Single(row => row.Key == "owner"));
        Assert.Equal(TestVault.Pairs("env=test squad=payments"), model.Result.Value);
    }

    [Fact]
    public void A_key_that_is_there_is_not_overwritten_by_a_new_line()
    {
        MetadataModel model = new(TestVault.Pairs("env=prod"));
        Refusal? refusal = model.Put("env=test");
        Assert.Contains("'env' is there already", refusal!.Message, StringComparison.Ordinal);
        Assert.Equal("prod", model.Result.Value["env"]);
        Assert.False(model.IsTouched);
    }

    [Theory]
    [InlineData("a=1\nnonsense\nb=2")]
    [InlineData("a=1\na=2")]
    public void A_paste_is_taken_whole_or_not_at_all(string paste)
    {
        MetadataModel model = new(Metadata.Empty);
        Assert.NotNull(model.PutLines(paste));
        Assert.Equal(0, model.Count);
        Assert.Null(model.PutLines("a=1\n\n  b = 2\nc=x=y"));
        Assert.Equal("x=y", model.Result.Value["c"]);
    }

    [Fact]
    public void What_was_what_will_be_and_what_goes_stand_beside_each_other_until_it_is_saved()
    {
        MetadataModel model = new(TestVault.Pairs("env=prod team=payments tier=1"));
        model.Put("env=test", "env");
        model.Put("owner=alice");
        model.DeleteOrRestore(model.Rows.Single(row => row.Key == "team"));
        Assert.Equal(
            [new("env", "test", "prod"), new("owner", "alice", null), new("team", null, "payments"), new("tier", "1", "1")],
            model.Rows);
        Assert.Equal("1 new, 1 changed, 1 removed", model.Changes);

        model.DeleteOrRestore(model.Rows.Single(row => row.Key == "team"));
        model.DeleteOrRestore(model.Rows.Single(row => row.Key == "owner"));
        model.Put("env=prod", "env");
        Assert.False(model.IsTouched);
        Assert.Equal("", model.Changes);
    }

    [Fact]
    public void More_pairs_than_allowed_are_refused()
    {
        MetadataModel model = new(Metadata.Empty);
        Assert.Null(model.PutLines(string.Join('\n', Enumerable.Range(0, Metadata.MaxPairs).Select(i => $"k{i}=v"))));
        Assert.NotNull(model.Put("one=more"));
        Assert.Equal(Metadata.MaxPairs, model.Count);
    }
}
