using System.Globalization;
using PamTui.Servers;

namespace PamTui.Tests.Connectors;

/// <summary>The servers of the tests are what they say they are.</summary>
public sealed class ServersTests
{
    [Fact]
    public async Task Ssh_client_signs_in_to_sshd_with_an_authorized_key()
    {
        using TempFolder folder = new();
        SshKeyFile key = await SshKeyFile.MakeAsync(folder, "user");
        await using Sshd sshd = await Sshd.StartAsync(new SshdOptions(HostKeyTypes: ["ed25519", "ecdsa", "rsa"], AuthorizedKeys: [key.PublicLine]));

        RunResult result = await Run.ProgramAsync(
            "ssh", "-p", sshd.Port.ToString(CultureInfo.InvariantCulture), "-i", key.Path, "-o", "BatchMode=yes",
            "-o", "UserKnownHostsFile=" + folder.Write("known_hosts", sshd.KnownHosts), Environment.UserName + "@" + Sshd.Host, "echo hello");

        Assert.Equal("hello\n", result.Succeeded().Text);
    }

    [Fact]
    public async Task Database_servers_answer_sql()
    {
        Task<Postgres> startingPostgres = Postgres.StartAsync();
        await using MariaDb maria = await MariaDb.StartAsync();
        await using Postgres postgres = await startingPostgres;

        Assert.Equal("on", await postgres.SqlAsync("SHOW ssl"));
        Assert.Equal("YES", await maria.SqlAsync("SELECT @@have_ssl"));
    }

    [Fact]
    public async Task Throw_away_user_is_there_and_then_gone()
    {
        string name;
        await using (TestUser user = await TestUser.MakeAsync("pässword:with colon"))
        {
            name = user.Name;
            (await Run.ProgramAsync("id", name)).Succeeded();
        }

        (await Run.ProgramAsync("id", name)).Ended(1);
    }
}
