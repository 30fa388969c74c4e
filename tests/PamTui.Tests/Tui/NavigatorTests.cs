using PamTui.Tui.Models;

namespace PamTui.Tests.Tui;

public sealed class NavigatorTests
{
    [Fact]
    public void The_way_goes_on_and_one_step_back_at_a_time_never_out()
    {
        Navigator way = new([], new Place("home"));
        way.Go(new Place("accounts"));
        way.Go(new Place("account", "web-1/root"));

        Assert.True(way.Back());
        Assert.Equal("accounts", way.Here.Screen);
        Assert.True(way.Back());
        Assert.False(way.Back());
        Assert.Equal("home", way.Here.Screen);
    }

    [Fact]
    public void A_place_on_the_way_is_gone_back_to_as_it_was_left()
    {
        Navigator way = new([], new Place("home"));
        way.Go(new Place("accounts"));
        way.Here.List().Filter = "env=prod";
        way.Go(new Place("account", "web-1/root"));
        way.Go(new Place("accounts"));

        Assert.Equal(["home", "accounts"], way.Steps.Select(step => step.Screen));
        Assert.Equal("env=prod", way.Here.List().Filter);
    }

    [Fact]
    public void A_long_way_forgets_its_middle_not_its_start()
    {
        Navigator way = new([], new Place("home"));
        for (int i = 0; i < 100; i++)
        {
            way.Go(new Place("account", "web-1/a" + i));
        }

        Assert.InRange(way.Steps.Count, 2, 20);
        Assert.Equal("home", way.Steps[0].Screen);
        Assert.Equal("web-1/a99", way.Here.Subject);
    }
}
