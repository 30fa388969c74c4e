using PamTui.Core.Model;
using PamTui.Core.Users;
using PamTui.Servers;
using static PamTui.Tests.CoreTests.TestVault;

namespace PamTui.Tests.CoreTests;

/// <summary>What happened and what happens: sessions and audit rows by filter and time, and as they come.</summary>
public sealed class HistoryTests
{
    private static readonly AccountRef s_deploy = new("web-1", "deploy");

    [Theory]
    [InlineData("", false, "3 2 1")]
    [InlineData("user=alice", false, "3 1")]
    [InlineData("user=bob account=deploy", false, "2")]
    [InlineData("endReason~KILLED", false, "1")]
    [InlineData("endReason=", false, "3 2")]
    [InlineData("-user=bob", true, "3")]
    [InlineData("198.51.100.7", false, "2")]
    [InlineData("deploy@web-1", true, "3 2")]
    [InlineData("web-1/root", false, "")]
    public async Task Sessions_are_found_by_their_fields(string filter, bool liveOnly, string expected)
    {
        await using TestVault vault = await SampleAsync();

        Page<SessionRecord> found = Ok(await vault.Product.Sessions.SearchAsync(Local, new SessionQuery(filter, liveOnly), new PageRequest(), Ct));

        Assert.Equal((expected, found.Items.Count), (string.Join(' ', found.Items.Select(session => session.Id)), found.Total));
    }

    [Fact]
    public async Task Sessions_are_found_by_when_they_began()
    {
        await using TestVault vault = await SampleAsync();
        DateTimeOffset second = Ok(await vault.Product.Sessions.FindAsync(Local, 2, Ct)).Started;

        Assert.Equal("3 2", await SearchAsync(vault, new SessionQuery(Since: second)));
        Assert.Equal("1", await SearchAsync(vault, new SessionQuery(Until: second)));
    }

    [Fact]
    public async Task Member_finds_no_session_but_his_own()
    {
        await using TestVault vault = await SampleAsync();
        User bob = Ok(await vault.Product.Users.FindAsync(Local, "bob", Ct));
        Actor actor = new("bob", bob.Id, Role.Member, "x");

        Assert.Equal([2L], Ok(await vault.Product.Sessions.SearchAsync(actor, new SessionQuery("account=deploy"), new PageRequest(), Ct)).Items.Select(session => session.Id));
    }

    [Theory]
    [InlineData("color=red", "A session has no field 'color': use user, account, resource, forward, source, endReason.")]
    [InlineData("(user=bob", "The filter does not parse at column ")]
    public async Task Filter_that_no_session_can_meet_is_refused(string filter, string sentence)
    {
        await using TestVault vault = await OpenAsync();

        Refusal? refusal = (await vault.Product.Sessions.SearchAsync(Local, new SessionQuery(filter), new PageRequest(), Ct)).Refusal;

        Assert.StartsWith(sentence, refusal?.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Watch_tells_of_a_start_of_bytes_and_of_an_end_that_another_process_wrote()
    {
        await using TestVault vault = await SampleAsync();
        Core.Product gateway = await vault.AnotherAsync();
        await using IAsyncEnumerator<Result<Page<SessionRecord>>> watch = vault.Product.Sessions.WatchAsync(Local, new SessionQuery(LiveOnly: true), Ct).GetAsyncEnumerator(Ct);
        Assert.True(await watch.MoveNextAsync());
        Assert.Equal([3L, 2L], Ok(watch.Current).Items.Select(session => session.Id));

        await gateway.Sessions.ReportBytesAsync([(2, 5, 7)], Ct);
        Page<SessionRecord> moved = await NextAsync(vault, watch);
        Assert.Equal((5, 7), (moved.Items[1].BytesIn, moved.Items[1].BytesOut));

        await gateway.Sessions.EndAsync(2, "closed", 5, 7, Ct);
        Assert.Equal([3L], (await NextAsync(vault, watch)).Items.Select(session => session.Id));
    }

    [Fact]
    public async Task Watch_says_nothing_while_other_things_change()
    {
        await using TestVault vault = await SampleAsync();
        await using IAsyncEnumerator<Result<Page<SessionRecord>>> watch = vault.Product.Sessions.WatchAsync(Local, new SessionQuery(LiveOnly: true), Ct).GetAsyncEnumerator(Ct);
        Assert.True(await watch.MoveNextAsync());

        ValueTask<bool> next = watch.MoveNextAsync();
        await vault.AddResourceAsync("web-2");
        vault.Time.Advance(TimeSpan.FromSeconds(1));
        await vault.Product.Sessions.EndAsync(3, "closed", 0, 0, Ct);

        await TickUntilAsync(vault, next.AsTask());
        Assert.Equal([2L], Ok(watch.Current).Items.Select(session => session.Id));
    }

    [Fact]
    public async Task Watcher_who_may_not_any_more_is_told_so_and_hears_no_more()
    {
        await using TestVault vault = await SampleAsync();
        User bob = Ok(await vault.Product.Users.FindAsync(Local, "bob", Ct));
        Actor actor = new("bob", bob.Id, Role.Member, "x");
        await using IAsyncEnumerator<Result<Page<SessionRecord>>> watch = vault.Product.Sessions.WatchAsync(actor, new SessionQuery(LiveOnly: true), Ct).GetAsyncEnumerator(Ct);
        Assert.True(await watch.MoveNextAsync());

        ValueTask<bool> next = watch.MoveNextAsync();
        Ok(await vault.Product.Users.SetDisabledAsync(Local, "bob", true, Ct));

        await TickUntilAsync(vault, next.AsTask());
        Assert.Equal(RefusalKind.NotAllowed, watch.Current.Refusal?.Kind);
        Assert.False(await watch.MoveNextAsync());
    }

    [Fact]
    public async Task Audit_is_found_by_who_what_on_what_and_when()
    {
        await using TestVault vault = await SampleAsync();
        DateTimeOffset kill = (await AuditAsync(vault, new AuditQuery("action=session.kill"))).Single().At;

        Assert.Equal(["session.start", "session.start"], (await AuditAsync(vault, new AuditQuery("actor=alice action=session.start target=web-1/deploy"))).Select(row => row.Action));
        Assert.All(await AuditAsync(vault, new AuditQuery(Since: kill)), row => Assert.True(row.At >= kill));
        Assert.All(await AuditAsync(vault, new AuditQuery(Until: kill)), row => Assert.True(row.At < kill));
        int total = (await AuditAsync(vault, new AuditQuery())).Count;
        Assert.Equal(total, (await AuditAsync(vault, new AuditQuery(Since: kill))).Count + (await AuditAsync(vault, new AuditQuery(Until: kill))).Count);
    }

    [Fact]
    public async Task Follower_of_the_audit_gets_each_row_of_his_filter_once_and_in_order()
    {
        await using TestVault vault = await SampleAsync();
        Core.Product other = await vault.AnotherAsync();
        long last = (await AuditAsync(vault, new AuditQuery()))[0].Sequence;
        await using IAsyncEnumerator<Result<IReadOnlyList<AuditRow>>> follow = vault.Product.Audit.FollowAsync(Local, new AuditQuery("action=group.add"), last, Ct).GetAsyncEnumerator(Ct);

        List<string> heard = [];
        for (int round = 0; round < 2; round++)
        {
            ValueTask<bool> next = follow.MoveNextAsync();
            Ok(await other.Groups.AddAsync(Local, "a" + round, Ct));
            await vault.AddUserAsync("u" + round);
            Ok(await other.Groups.AddAsync(Local, "b" + round, Ct));
            while (heard.Count < 2 * (round + 1))
            {
                await TickUntilAsync(vault, next.AsTask());
                heard.AddRange(Ok(follow.Current).Select(row => row.Target));
                next = heard.Count < 2 * (round + 1) ? follow.MoveNextAsync() : default;
            }
        }

        Assert.Equal(["a0", "b0", "a1", "b1"], heard);
    }

    [Fact]
    public async Task Verification_tells_how_far_it_is_and_can_be_ended()
    {
        await using TestVault vault = await SampleAsync();
        List<AuditProgress> told = [];
        using CancellationTokenSource stop = new();

        AuditVerdictOf(await vault.Product.Audit.VerifyAsync(Local, new Told<AuditProgress>(told.Add), Ct));
        Assert.Equal(told[^1].Rows, told[^1].Total);
        Assert.True(told[^1].Total > 5);

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => vault.Product.Audit.VerifyAsync(Local, new Told<AuditProgress>(_ => stop.Cancel()), stop.Token));
    }

    [Fact]
    public async Task User_shows_the_last_sign_in_and_sessions_but_not_those_of_an_earlier_user_of_that_name()
    {
        await using TestVault vault = await SampleAsync();
        User alice = Ok(await vault.Product.Users.FindAsync(Local, "alice", Ct));
        await vault.Product.SignIns.SucceededAsync(alice, "203.0.113.9", "publickey", Ct);
        DateTimeOffset signedIn = vault.Time.GetUtcNow();

        UserActivity activity = Ok(await vault.Product.Users.ActivityAsync(Local, "alice", Ct));
        Assert.Equal((signedIn, "203.0.113.9", 2, 1), (activity.LastSignIn, activity.LastSource, activity.Sessions, activity.LiveSessions));
        Assert.Equal(Ok(await vault.Product.Sessions.FindAsync(Local, 3, Ct)).Started, activity.LastSession);

        Ok(await vault.Product.Users.RemoveAsync(Local, "alice", Ct));
        vault.Time.Advance(TimeSpan.FromMinutes(1));
        await vault.AddUserAsync("alice");
        Assert.Equal(new UserActivity(null, null, null, 0, 0), Ok(await vault.Product.Users.ActivityAsync(Local, "alice", Ct)));
    }

    private static void AuditVerdictOf(Result<Core.Audit.AuditVerdict> verdict) => Assert.True(Ok(verdict).IsWhole);

    private static async Task<string> SearchAsync(TestVault vault, SessionQuery query) =>
        string.Join(' ', Ok(await vault.Product.Sessions.SearchAsync(Local, query, new PageRequest(), Ct)).Items.Select(session => session.Id));

    private static async Task<IReadOnlyList<AuditRow>> AuditAsync(TestVault vault, AuditQuery query) => Ok(await vault.Product.Audit.SearchAsync(Local, query, new PageRequest(), Ct)).Items;

    private static async Task<Page<SessionRecord>> NextAsync(TestVault vault, IAsyncEnumerator<Result<Page<SessionRecord>>> watch)
    {
        await TickUntilAsync(vault, watch.MoveNextAsync().AsTask());
        return Ok(watch.Current);
    }

    // The look at the store is on the pool: its second may pass before it waits for the next one.
    private static async Task TickUntilAsync(TestVault vault, Task<bool> next)
    {
        await Poll.UntilAsync("what was committed", () =>
        {
            vault.Time.Advance(TimeSpan.FromSeconds(1));
            return next.IsCompleted;
        });
        Assert.True(await next);
    }

    // 1: alice's, killed. 2: bob's from elsewhere. 3: alice's.
    private static async Task<TestVault> SampleAsync()
    {
        TestVault vault = await OpenAsync();
        await vault.AddResourceAsync("web-1");
        await vault.AddAccountAsync("web-1/deploy");
        foreach (string name in new[] { "alice", "bob" })
        {
            await vault.AddUserAsync(name);
            Ok(await vault.Product.Grants.AddAsync(Local, new GrantDraft(name, "web-1/*", Capability.Connect), Ct));
        }

        foreach ((string name, string source) in new[] { ("alice", "192.0.2.1"), ("bob", "198.51.100.7"), ("alice", "192.0.2.1") })
        {
            vault.Time.Advance(TimeSpan.FromMinutes(1));
            User user = Ok(await vault.Product.Users.FindAsync(Local, name, Ct));
            Ok(await vault.Product.Sessions.StartAsync((await vault.Product.Authorizer.AuthorizeAsync(user.Id, s_deploy, Capability.Connect, Ct))!, source, "n", null, Ct));
        }

        vault.Time.Advance(TimeSpan.FromMinutes(1));
        Ok(await vault.Product.Sessions.KillAsync(Local, 1, "maintenance", Ct));
        await vault.Product.Sessions.EndAsync(1, "killed by local:tester: maintenance", 0, 0, Ct);
        return vault;
    }

    private sealed class Told<T>(Action<T> tell) : IProgress<T>
    {
        public void Report(T value) => tell(value);
    }
}
