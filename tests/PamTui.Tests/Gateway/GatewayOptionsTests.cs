using System.ComponentModel.DataAnnotations;
using System.Reflection;
using PamTui.Core.Model;
using PamTui.Gateway;

namespace PamTui.Tests.GatewayTests;

public sealed class GatewayOptionsTests
{
    public static TheoryData<GatewayOptions, string> Wrong => new()
    {
        { new GatewayOptions { Listen = "2222" }, "Gateway:Listen" },
        { new GatewayOptions { Listen = "127.0.0.1:65536" }, "Gateway:Listen" },
        { new GatewayOptions { Listen = "localhost:2222" }, "Gateway:Listen" },
        { new GatewayOptions { Listen = "" }, "Gateway:Listen" },
        { new GatewayOptions { AlgorithmProfile = "fast" }, "Gateway:AlgorithmProfile" },
        { new GatewayOptions { LoginGraceSeconds = 0 }, "Gateway:LoginGraceSeconds" },
        { new GatewayOptions { MaxStartups = 5 }, "Gateway:MaxStartups" },
        { new GatewayOptions { PenaltyExempt = ["10.0.0.0/8", "everywhere"] }, "Gateway:PenaltyExempt" },
        { new GatewayOptions { AcceptEnvironment = ["LANG", "*"] }, "Gateway:AcceptEnvironment" },
    };

    [Theory]
    [MemberData(nameof(Wrong))]
    public void Value_out_of_range_is_told_with_its_key(GatewayOptions options, string key)
    {
        Refusal refusal = options.Check()!;

        Assert.Equal(RefusalKind.Invalid, refusal.Kind);
        Assert.StartsWith(key, refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Every_number_is_held_to_its_range_at_start_and_its_default_is_within()
    {
        (PropertyInfo Property, RangeAttribute Range)[] numbers =
            [.. from property in typeof(GatewayOptions).GetProperties()
                where property.PropertyType == typeof(int)
                select (property, property.GetCustomAttribute<RangeAttribute>())];

        Assert.Null(new GatewayOptions().Check());
        Assert.True(numbers.Length > 10);
        foreach ((PropertyInfo property, RangeAttribute range) in numbers)
        {
            Assert.True(range is not null, property.Name + " has no range");
            foreach (int wrong in (int[])[(int)range.Minimum - 1, (int)range.Maximum + 1, int.MinValue, int.MaxValue])
            {
                GatewayOptions options = new();
                property.SetValue(options, wrong);
                Assert.StartsWith("Gateway:" + property.Name, options.Check()!.Message, StringComparison.Ordinal);
            }
        }
    }

    [Theory]
    [InlineData("127.0.0.1:2222", "127.0.0.1:2222")]
    [InlineData("0.0.0.0:22", "0.0.0.0:22")]
    [InlineData("[::1]:0", "[::1]:0")]
    public void Listener_is_an_address_and_a_port(string listen, string endPoint)
    {
        GatewayOptions options = new() { Listen = listen };

        Assert.Null(options.Check());
        Assert.Equal(endPoint, options.ListenEndPoint()!.ToString());
    }
}
