using System.Security.Cryptography;
using PamTui.Servers;

namespace PamTui.EndToEnd;

/// <summary>OpenSSH's tools and what is built on them, by way of `ProxyJump gw`: the account is the host.</summary>
public sealed class JumpToolsTests(WorldFixture fixture) : IClassFixture<WorldFixture>
{
    [Fact]
    public async Task Documented_patterns_work_as_they_are_typed()
    {
        World world = await fixture.WorldAsync();

        foreach (string line in (string[])[
            "ssh $F -J alice@gw web-root 'echo hello; exit 7'",
            "ssh $F -J gw deploy@web-1 'echo hello; exit 7'",
            "ssh $F web-root.pam 'echo hello; exit 7'",
            "ssh $F -o ProxyCommand=\"ssh $F -W %h:%p alice@gw\" web-root 'echo hello; exit 7'"])
        {
            Assert.Equal("hello\n", (await world.BashAsync(line)).Ended(7).Text);
        }
    }

    [Fact]
    public async Task Files_go_both_ways_by_sftp_scp_rsync_and_git()
    {
        World world = await fixture.WorldAsync();
        using TempFolder remote = new();
        using TempFolder local = new();
        string source = local.PathOf("source");
        await File.WriteAllBytesAsync(source, RandomNumberGenerator.GetBytes(5_000_000), TestContext.Current.CancellationToken);

        RunResult result = await world.BashAsync(
            $"""
            set -e
            echo "put {source} {remote.Path}/sftp" | sftp $F -b - web-root.pam >/dev/null
            scp $F web-root.pam:{remote.Path}/sftp {local.Path}/scp
            scp -O $F {source} web-root.pam:{remote.Path}/scp-old
            rsync -a -e "ssh $F" {source} web-root.pam:{remote.Path}/rsync
            rsync -a -e "ssh $F" web-root.pam:{remote.Path}/rsync {local.Path}/rsync-back
            git init -q --bare -b main {remote.Path}/repo.git
            export GIT_SSH_COMMAND="ssh $F" GIT_CONFIG_GLOBAL=/dev/null GIT_AUTHOR_NAME=t GIT_AUTHOR_EMAIL=t@t GIT_COMMITTER_NAME=t GIT_COMMITTER_EMAIL=t@t
            git clone -q web-root.pam:{remote.Path}/repo.git {local.Path}/clone
            cd {local.Path}/clone; cp {source} blob; git add blob; git commit -q -m first; git push -q origin HEAD:main
            cmp {source} {local.Path}/scp; cmp {source} {remote.Path}/scp-old; cmp {source} {remote.Path}/rsync; cmp {source} {local.Path}/rsync-back
            git -C {remote.Path}/repo.git cat-file blob main:blob | cmp - {source}
            """,
            TimeSpan.FromMinutes(2));

        result.Succeeded();
    }

    [Fact]
    public async Task Ssh_copy_id_installs_a_key_on_the_target_directly_and_through_a_jump()
    {
        using TempFolder home = new(readableByAll: true);
        await using World world = await World.StartAsync(target: ["SetEnv HOME=" + home.Path]);
        SshKeyFile first = await SshKeyFile.MakeAsync(world.Files, "first");
        SshKeyFile second = await SshKeyFile.MakeAsync(world.Files, "second");

        (await world.BashAsync($"mkdir .ssh; HOME=$PWD ssh-copy-id -f $F -i {first.Path}.pub web && HOME=$PWD ssh-copy-id -f $F -i {second.Path}.pub web-root.pam")).Succeeded();

        Assert.Equal([first.PublicLine, second.PublicLine], await File.ReadAllLinesAsync(home.PathOf(".ssh/authorized_keys"), TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task Shell_under_a_terminal_sees_its_size_and_each_resize_through_a_jump()
    {
        World world = await fixture.WorldAsync();
        await using Tmux tmux = await Tmux.StartAsync(90, 30, ["ssh", "-F", world.Config, "web-root.pam"]);

        await tmux.TypeAsync("PS1=; echo first-$(stty size | tr ' ' x)\n");
        await tmux.SeesAsync("first-30x90");
        await tmux.ResizeAsync(101, 37);
        await tmux.TypeAsync("echo second-$(stty size | tr ' ' x)\n");
        await tmux.SeesAsync("second-37x101");
        await tmux.TypeAsync("exit 3\n");
        Assert.Equal(3, await tmux.EndsAsync());
    }

    [Fact]
    public async Task ControlMaster_of_the_jump_and_of_the_account_are_shared()
    {
        World world = await fixture.WorldAsync();
        int before = await SessionsAsync(world);

        RunResult result = await world.BashAsync("""
            set -e
            S="-o ControlPath=$PWD/jump-%C -o ControlMaster=auto -o ControlPersist=5"
            for i in 1 2 3 4 5 6; do ssh $F $S web-root.pam "echo $i" & done; wait
            """);

        Assert.Equal(["1", "2", "3", "4", "5", "6"], result.Succeeded().Text.Split('\n', StringSplitOptions.RemoveEmptyEntries).Order(StringComparer.Ordinal));
        Assert.InRange(await SessionsAsync(world), before + 1, before + 6);
    }

    private static async Task<int> SessionsAsync(World world) => (await world.Vault.LookAsync("session", "list")).GetArrayLength();
}
