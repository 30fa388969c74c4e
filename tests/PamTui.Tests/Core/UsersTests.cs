using Microsoft.Data.Sqlite;
using PamTui.Core.Access;
using PamTui.Core.Model;
using PamTui.Core.Storage;
using static PamTui.Tests.CoreTests.TestVault;

namespace PamTui.Tests.CoreTests;

public sealed class UsersTests
{
    private const string OtherKey = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIFRZp4nDxX6l2C1Rh2oNq9vcEsZtKSnvXAvSJ6QvCW6l";

    [Fact]
    public async Task F7_last_enabled_admin_cannot_be_removed_disabled_or_demoted()
    {
        await using TestVault vault = await OpenAsync();
        Actor root = new("root", Ok(await vault.Product.Users.FindAsync(Local, "root", Ct)).Id, Role.Admin, "192.0.2.1");

        foreach (Actor actor in new[] { Local, root })
        {
            Assert.Equal(RefusalKind.Failed, (await vault.Product.Users.RemoveAsync(actor, "root", Ct)).Refusal!.Kind);
            Assert.Equal(RefusalKind.Failed, (await vault.Product.Users.SetDisabledAsync(actor, "root", true, Ct)).Refusal!.Kind);
            Assert.Equal(RefusalKind.Failed, (await vault.Product.Users.SetRoleAsync(actor, "root", Role.Member, Ct)).Refusal!.Kind);
        }

        Actor second = await vault.AddUserAsync("second", Role.Admin);
        Ok(await vault.Product.Users.SetDisabledAsync(root, "second", true, Ct));
        Assert.Equal(RefusalKind.Failed, (await vault.Product.Users.RemoveAsync(root, "root", Ct)).Refusal!.Kind);
        Ok(await vault.Product.Users.SetDisabledAsync(root, "second", false, Ct));
        Ok(await vault.Product.Users.RemoveAsync(second, "root", Ct));
    }

    [Fact]
    public async Task Admin_who_was_demoted_or_disabled_has_no_admin_rights_left_in_an_open_screen()
    {
        await using TestVault vault = await OpenAsync();
        Actor eve = await vault.AddUserAsync("eve", Role.Admin);
        Ok(await vault.Product.Users.ListAsync(eve, "", new PageRequest(), Ct));

        Ok(await vault.Product.Users.SetRoleAsync(Local, "eve", Role.Member, Ct));
        Assert.Equal(RefusalKind.NotAllowed, (await vault.Product.Users.ListAsync(eve, "", new PageRequest(), Ct)).Refusal!.Kind);

        Ok(await vault.Product.Users.SetDisabledAsync(Local, "eve", true, Ct));
        Assert.Equal(RefusalKind.NotAllowed, (await vault.Product.Accounts.ListAsync(eve, "", new PageRequest(), Ct)).Refusal!.Kind);
    }

    [Fact]
    public async Task Actor_whose_number_and_name_do_not_belong_together_is_nobody()
    {
        await using TestVault vault = await OpenAsync();
        Actor alice = await vault.AddUserAsync("alice");

        Assert.False((await vault.Product.Users.FindAsync(alice with { Name = "root" }, "root", Ct)).IsOk);
        Assert.False((await vault.Product.Accounts.ListAsync(new Actor("alice", null, Role.Member, "x"), "", new PageRequest(), Ct)).IsOk);
    }

    [Fact]
    public async Task Keys_are_added_once_and_removed_by_fingerprint()
    {
        await using TestVault vault = await OpenAsync();
        await vault.AddUserAsync("alice");

        UserKey key = Ok(await vault.Product.Users.AddKeyAsync(Local, "alice", Key, Ct));
        Assert.Equal(RefusalKind.Failed, (await vault.Product.Users.AddKeyAsync(Local, "alice", Key, Ct)).Refusal!.Kind);
        Assert.Equal(RefusalKind.Invalid, (await vault.Product.Users.AddKeyAsync(Local, "alice", "ssh-dss AAAA", Ct)).Refusal!.Kind);
        Ok(await vault.Product.Users.AddKeyAsync(Local, "alice", OtherKey, Ct));
        Ok(await vault.Product.Users.RemoveKeyAsync(Local, "alice", key.Fingerprint, Ct));

        Assert.Equal(OtherKey, Assert.Single(Ok(await vault.Product.Users.FindAsync(Local, "alice", Ct)).Keys).Line);
    }

    [Fact]
    public async Task B5_user_is_found_by_the_key_that_signed_and_by_no_other()
    {
        await using TestVault vault = await OpenAsync();
        await vault.AddUserAsync("alice");
        Ok(await vault.Product.Users.AddKeyAsync(Local, "alice", OtherKey, Ct));
        SignIns signIns = vault.Product.SignIns;

        Assert.Equal("alice", (await signIns.FindUserByKeyAsync("alice", Blob(OtherKey), Ct))!.Name);
        Assert.Null(await signIns.FindUserByKeyAsync("alice", Blob(Key), Ct));
        Assert.Equal("root", (await signIns.FindUserByKeyAsync("root", Blob(Key), Ct))!.Name);
        Assert.Null(await signIns.FindUserByKeyAsync("nobody", Blob(Key), Ct));
        Assert.Null(await signIns.FindUserByKeyAsync("ROOT", Blob(Key), Ct));
        Assert.Null(await signIns.FindUserByKeyAsync("root", ReadOnlyMemory<byte>.Empty, Ct));

        Ok(await vault.Product.Users.SetDisabledAsync(Local, "alice", true, Ct));
        Assert.Null(await signIns.FindUserByKeyAsync("alice", Blob(OtherKey), Ct));
    }

    [Fact]
    public async Task Password_signs_in_its_user_as_typed_and_nobody_else()
    {
        await using TestVault vault = await OpenAsync();
        await vault.AddUserAsync("alice");
        using Secret password = Secret.FromText(" correct horse \n");
        using Secret trimmed = Secret.FromText("correct horse");

        Ok(await vault.Product.Users.SetPasswordAsync(Local, "alice", password, Ct));
        Assert.Equal("alice", (await vault.Product.SignIns.VerifyPasswordAsync("alice", password, Ct))!.Name);
        Assert.Null(await vault.Product.SignIns.VerifyPasswordAsync("alice", trimmed, Ct));
        Assert.Null(await vault.Product.SignIns.VerifyPasswordAsync("root", password, Ct));
        Assert.Null(await vault.Product.SignIns.VerifyPasswordAsync("nobody", password, Ct));

        Ok(await vault.Product.Users.SetPasswordAsync(Local, "alice", null, Ct));
        Assert.Null(await vault.Product.SignIns.VerifyPasswordAsync("alice", password, Ct));
        Assert.False(Ok(await vault.Product.Users.FindAsync(Local, "alice", Ct)).HasPassword);
    }

    [Fact]
    public async Task Short_password_is_refused()
    {
        await using TestVault vault = await OpenAsync();
        using Secret password = Secret.FromText("short");

        Assert.Equal("password", (await vault.Product.Users.SetPasswordAsync(Local, "root", password, Ct)).Refusal!.Field);
    }

    [Fact]
    public async Task Failed_sign_ins_are_counted_in_few_rows_and_unknown_names_never_stored()
    {
        await using TestVault vault = await OpenAsync();
        SignIns signIns = vault.Product.SignIns;
        foreach (int i in Enumerable.Range(0, 3000))
        {
            signIns.Failed("root", "192.0.2." + (i % 3));
            signIns.Failed("stranger" + i, "198.51.100.1");
            signIns.Failed("My Secret Password", "198.51.100.1");
        }

        await signIns.FlushAsync(everything: false, Ct);
        signIns.Failed("root", "192.0.2.9");
        await signIns.FlushAsync(everything: false, Ct);

        List<AuditRow> rows = [.. Ok(await vault.Product.Audit.ListAsync(Local, "action=signin.failed", new PageRequest(), Ct)).Items];
        Assert.Equal(["(unknown users)", "root"], rows.Select(row => row.Target).Order(StringComparer.Ordinal));
        Assert.Equal("count=3000 sources='192.0.2.0 192.0.2.1 192.0.2.2'", rows.Single(row => row.Target == "root").Details);
        Assert.StartsWith("count=6000 ", rows.Single(row => row.Target != "root").Details, StringComparison.Ordinal);

        vault.Time.Advance(TimeSpan.FromMinutes(2));
        await signIns.FlushAsync(everything: false, Ct);
        Assert.Equal(3, Ok(await vault.Product.Audit.ListAsync(Local, "action=signin.failed", new PageRequest(), Ct)).Total);
    }

    [Fact]
    public async Task Sign_in_is_written_after_the_failures_before_it()
    {
        await using TestVault vault = await OpenAsync();
        User root = Ok(await vault.Product.Users.FindAsync(Local, "root", Ct));
        vault.Product.SignIns.Failed("root", "192.0.2.1");

        await vault.Product.SignIns.SucceededAsync(root, "192.0.2.1", "password", Ct);

        Assert.Equal(["signin", "signin.failed"], Ok(await vault.Product.Audit.ListAsync(Local, "action~signin", new PageRequest(), Ct)).Items.Select(row => row.Action));
    }

    [Fact]
    public async Task Failed_sign_ins_are_written_once_though_two_writers_meet()
    {
        await using TestVault vault = await OpenAsync();
        SignIns signIns = vault.Product.SignIns;
        User root = Ok(await vault.Product.Users.FindAsync(Local, "root", Ct));
        signIns.Failed("root", "192.0.2.1");

        // Another process holds the vault, so that both have begun before either can write.
        using Database other = new(vault.File);
        Task flushed;
        Task succeeded;
        using (SqliteConnection connection = other.Open())
        {
            using SqliteTransaction held = connection.BeginTransaction(deferred: false);
            flushed = signIns.FlushAsync(everything: true, Ct);
            succeeded = signIns.SucceededAsync(root, "192.0.2.1", "password", Ct);
            Assert.False(flushed.IsCompleted || succeeded.IsCompleted);
        }

        await Task.WhenAll(flushed, succeeded);
        AuditRow failed = Assert.Single(Ok(await vault.Product.Audit.ListAsync(Local, "action=signin.failed", new PageRequest(), Ct)).Items);
        Assert.StartsWith("count=1 ", failed.Details, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("", "alice bob carol root")]
    [InlineData("o", "bob carol root")]
    [InlineData("role=admin", "carol root")]
    [InlineData("state=disabled", "bob")]
    [InlineData("group=ops", "alice bob")]
    [InlineData("group=ops group=web", "alice")]
    [InlineData("group~o -group=web", "bob")]
    [InlineData("group=", "carol root")]
    [InlineData("password=yes OR key~SHA256", "alice root")]
    public async Task Users_are_found_by_a_filter(string filter, string found)
    {
        await using TestVault vault = await PeopleAsync();

        Page<ListedUser> page = Ok(await vault.Product.Users.ListAsync(Local, filter, new PageRequest(), Ct));

        Assert.Equal(found, string.Join(' ', page.Items.Select(listed => listed.User.Name)));
        Assert.Equal(page.Items.Count, page.Total);
    }

    [Theory]
    [InlineData("member=alice", "ops web")]
    [InlineData("member=bob -web", "ops")]
    [InlineData("member=", "empty")]
    [InlineData("eb", "web")]
    public async Task Groups_are_found_by_a_filter(string filter, string found)
    {
        await using TestVault vault = await PeopleAsync();

        Assert.Equal(found, string.Join(' ', Ok(await vault.Product.Groups.ListAsync(Local, filter, new PageRequest(), Ct)).Items.Select(group => group.Name)));
    }

    [Fact]
    public async Task List_of_users_tells_the_last_sign_in_of_the_present_holder_of_the_name()
    {
        await using TestVault vault = await PeopleAsync();
        User bob = Ok(await vault.Product.Users.FindAsync(Local, "bob", Ct));
        await vault.Product.SignIns.SucceededAsync(bob, "192.0.2.1", "publickey", Ct);
        vault.Time.Advance(TimeSpan.FromHours(1));
        await vault.Product.SignIns.SucceededAsync(bob, "192.0.2.1", "publickey", Ct);
        DateTimeOffset last = vault.Time.GetUtcNow();
        vault.Time.Advance(TimeSpan.FromHours(1));

        Assert.Equal(last, await LastAsync("bob"));
        Assert.Null(await LastAsync("alice"));

        Ok(await vault.Product.Users.RemoveAsync(Local, "bob", Ct));
        await vault.AddUserAsync("bob");
        Assert.Null(await LastAsync("bob"));

        async Task<DateTimeOffset?> LastAsync(string name) => Ok(await vault.Product.Users.ListAsync(Local, "name=" + name, new PageRequest(), Ct)).Items.Single().LastSignIn;
    }

    // alice in ops and web with a password, bob in ops and disabled, carol an admin, root with a key; nobody in empty.
    private static async Task<TestVault> PeopleAsync()
    {
        TestVault vault = await OpenAsync();
        await vault.AddUserAsync("alice");
        await vault.AddUserAsync("bob");
        await vault.AddUserAsync("carol", Role.Admin);
        foreach (string group in new[] { "empty", "ops", "web" })
        {
            Ok(await vault.Product.Groups.AddAsync(Local, group, Ct));
        }

        Ok(await vault.Product.Groups.AddMemberAsync(Local, "ops", "alice", Ct));
        Ok(await vault.Product.Groups.AddMemberAsync(Local, "ops", "bob", Ct));
        Ok(await vault.Product.Groups.AddMemberAsync(Local, "web", "alice", Ct));
        Ok(await vault.Product.Users.SetDisabledAsync(Local, "bob", true, Ct));
        using Secret password = Secret.FromText("a long password");
        Ok(await vault.Product.Users.SetPasswordAsync(Local, "alice", password, Ct));
        return vault;
    }

    private static byte[] Blob(string line) => Convert.FromBase64String(line.Split(' ')[1]);
}
