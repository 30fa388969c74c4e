using PamTui.Core.Model;
using PamTui.Tui;

namespace PamTui.Tests.Tui;

public sealed class FirstRunScreenTests
{
    private static readonly OfferedKey s_key = new("id_ed25519.pub", "ssh-ed25519 AAAA alice@laptop");

    [Fact]
    public async Task The_first_admin_takes_a_key_that_was_found()
    {
        (string Name, string? Key)? made = null;
        MemoryChannel channel = new();
        Task<bool> run = FirstRunScreen.RunAsync(channel, new FirstRunOptions("/data", "alice", [s_key], (name, key, _) =>
        {
            made = (name, key);
            return Task.FromResult<Result<Done>>(default(Done));
        }), CancellationToken.None);
        await channel.UntilShownAsync("Welcome to PamTui");
        await channel.UntilShownAsync("(id_ed25519.pub)");
        channel.Type("\u0013");
        Assert.True(await run);
        Assert.Equal(("alice", s_key.Line), made);
        Assert.Equal(["25"], channel.Screen.Modes);
    }

    [Fact]
    public async Task A_refusal_is_shown_and_can_be_mended()
    {
        MemoryChannel channel = new();
        Task<bool> run = FirstRunScreen.RunAsync(
            channel,
            new FirstRunOptions("/data", "", [], (name, key, _) => Task.FromResult(
                name == "bob" && key is not null ? Result.Ok(default(Done)) : Refusal.Invalid("That is no public key.", "key"))),
            CancellationToken.None);
        await channel.UntilShownAsync("(paste one)");
        channel.Type("al\t\tnonsense\u0013");
        await channel.UntilShownAsync("That is no public key.");
        channel.Type("\e[Z\e[Z\u0015bob\u0013");
        Assert.True(await run);
    }

    [Fact]
    public async Task Leaving_makes_nothing()
    {
        MemoryChannel channel = new();
        Task<bool> run = FirstRunScreen.RunAsync(
            channel,
            new FirstRunOptions("/data", "alice", [s_key], (_, _, _) => throw new InvalidOperationException("Not asked for.")),
            CancellationToken.None);
        await channel.UntilShownAsync("Welcome to PamTui");
        channel.Type("\e");
        Assert.False(await run);
    }
}
