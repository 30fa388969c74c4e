using PamTui.Servers;

namespace PamTui.EndToEnd;

/// <summary>Many servers from a file, and people in groups, on the full screen in a real terminal (docs/user-guide.md, "Import" and "On the full screen").</summary>
public sealed class OpsJourneyTests
{
    [Fact]
    public async Task At_the_machine_an_ssh_config_is_imported_whose_hosts_clash_and_fail_and_what_failed_is_tried_again()
    {
        await using World world = await World.StartAsync();
        SshKeyFile other = await SshKeyFile.MakeAsync(world.Files, "other");
        string hosts = world.Files.Write("config", $"""
            Host web-1
              HostName 10.9.9.9
            Host web-2
              HostName {Sshd.Host}
              Port {world.Target.Port}
              User {Environment.UserName}
              IdentityFile {other.Path}
            Host Bad_Name!
              HostName 10.0.0.8
            """);
        await using Tmux terminal = await Tmux.StartAsync(120, 40, [Vault.Program, "--data", world.Vault.Data]);
        await terminal.SeesAsync("web-1/deploy");
        await terminal.PressAsync(":");
        await terminal.SeesAsync("Go to, or do");
        await terminal.TypeAsync("import");
        await terminal.PressAsync("Enter");
        await terminal.SeesAsync("No file yet: press o, name a file of this machine");
        await terminal.PressAsync("o");
        await terminal.SeesAsync("First key");
        await terminal.TypeAsync(hosts);
        await terminal.PressAsync("Enter", "Enter", "Right");
        await terminal.SeesAsync("no  (yes)");
        await terminal.PressAsync("C-s");
        await terminal.SeesAsync("2 new, 1 differ, 0 there already, 1 wrong");
        await terminal.SeesAsync("its host is '127.0.0.1' and would be '10.9.9.9'.");

        await terminal.PressAsync("i");
        await terminal.SeesAsync("2 are added; each account signs in first.");
        await terminal.PressAsync("Tab", "Enter");
        await terminal.SeesAsync("1 added, 0 updated, 1 skipped, 2 failed");
        await terminal.SeesAsync("does not accept the key: put its public half into the user's authorized_keys there.");

        await File.AppendAllTextAsync(Path.Combine(Path.GetDirectoryName(world.Target.ConfigFile)!, "authorized_keys"), other.PublicLine + "\n");
        await terminal.PressAsync("t");
        await terminal.SeesAsync("2 added, 0 updated, 1 skipped, 1 failed");
        await terminal.PressAsync("q");

        Assert.Equal(0, await terminal.EndsAsync());
        Assert.Equal("verified", (await world.Vault.LookAsync("account", "show", "web-2/" + Environment.UserName)).GetProperty("checkState").GetString());
        Assert.Equal("127.0.0.1", (await world.Vault.LookAsync("resource", "show", "web-1")).GetProperty("host").GetString());
    }

    [Fact]
    public async Task Over_ssh_a_group_is_made_filled_given_a_grant_renamed_and_removed_with_what_its_members_had_by_it()
    {
        await using World world = await World.StartAsync();
        SshKeyFile bob = await SshKeyFile.MakeAsync(world.Files, "bob");
        (await world.Vault.HereAsync("user", "add", "bob", "--key", bob.Path + ".pub")).Succeeded();
        string[] asBob = ["-i", bob.Path, "bob@deploy@web-1@127.0.0.1"];
        await using Tmux terminal = await Tmux.StartAsync(80, 24, ["ssh", "-F", world.Config, "gw"]);
        await terminal.SeesAsync("LIVE SESSIONS");
        await terminal.PressAsync("7");
        await terminal.SeesAsync("No groups yet: press a to add the first.");
        await terminal.PressAsync("a");
        await terminal.SeesAsync("Add group");
        await terminal.TypeAsync("Ops Team");
        await terminal.PressAsync("Enter");
        await terminal.SeesAsync("The group name 'Ops Team' is not valid");
        await terminal.PressAsync("C-u");
        await terminal.TypeAsync("ops");
        await terminal.PressAsync("Enter");
        await terminal.SeesAsync("groups › ops");

        await terminal.PressAsync("m");
        await terminal.SeesAsync("Members of ops (0)");
        await terminal.SeesAsync("□ bob");
        await terminal.TypeAsync("bob");
        await terminal.PressAsync("Enter");
        await terminal.SeesAsync("Members of ops (1)");
        await terminal.PressAsync("Escape");
        await terminal.SeesNoMoreAsync("Members of ops");
        await terminal.PressAsync("n");
        await terminal.SeesAsync("Give a grant");
        await terminal.PressAsync("Enter");
        await terminal.TypeAsync("web-1/*");
        await terminal.SeesAsync("It reaches 1 account now: web-1/deploy.");
        await terminal.PressAsync("C-s");
        await terminal.SeesAsync("is given: group:ops can connect on web-1/*");
        await using ServerProcess session = world.StartSsh([.. asBob, "echo in as bob; exec sleep 600"]);
        await session.LineAsync("in as bob");

        await terminal.PressAsync("t");
        await terminal.SeesAsync("● holds");
        await terminal.PressAsync("Escape");
        await terminal.SeesAsync("groups › ops");
        await terminal.PressAsync("e");
        await terminal.SeesAsync("Rename group ops");
        await terminal.TypeAsync("platform");
        await terminal.PressAsync("Enter");
        await terminal.SeesAsync("groups › platform");
        await terminal.PressAsync("Enter");
        await terminal.SeesAsync("MEMBERS (1)");
        await terminal.SeesAsync("group:platform can connect on web-1/*");

        await terminal.PressAsync("x");
        await terminal.SeesAsync("every grant that was given to it");
        await terminal.TypeAsync("platform");
        await terminal.PressAsync("Enter");
        await terminal.SeesAsync("platform is removed.");
        await session.ExitedAsync();
        Assert.NotEqual(0, (await world.SshAsync([.. asBob, "true"])).ExitCode);
        Assert.Equal("bob", (await world.Vault.LookAsync("user", "show", "bob")).GetProperty("name").GetString());
        await terminal.PressAsync("q");
        Assert.Equal(0, await terminal.EndsAsync());
    }
}
