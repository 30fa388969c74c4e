using System.Globalization;
using PamTui.Servers;

namespace PamTui.EndToEnd;

/// <summary>F5: passwords of databases outlive the program that is killed in the middle of their rotation.</summary>
public sealed class DatabaseRotationCrashTests
{
    // A kill and what follows start the program three times.
    private const int UsualRounds = 8;

    [Fact]
    public async Task F5_PostgreSql_rotation_that_is_killed_at_random_moments_loses_no_password()
    {
        await using Postgres server = await Postgres.StartAsync();
        await server.SqlAsync($"CREATE ROLE app LOGIN PASSWORD '{RotationKills.OldPassword}'; CREATE ROLE app2 LOGIN PASSWORD '{RotationKills.OldPassword}'");
        await RotationKills.KillAndMendAsync(4711, UsualRounds, vault => AddDatabaseAsync(vault, "postgresql", server.Port, server.Ca, "--database", "postgres"));
    }

    [Fact]
    public async Task F5_MariaDb_rotation_that_is_killed_at_random_moments_loses_no_password()
    {
        await using MariaDb server = await MariaDb.StartAsync();
        await server.SqlAsync($"CREATE USER app@'%' IDENTIFIED BY '{RotationKills.OldPassword}'; CREATE USER app2@'%' IDENTIFIED BY '{RotationKills.OldPassword}'");
        await RotationKills.KillAndMendAsync(4712, UsualRounds, vault => AddDatabaseAsync(vault, "mysql", server.Port, server.Ca));
    }

    private static async Task AddDatabaseAsync(Vault vault, string kind, int port, TestCa ca, params string[] more)
    {
        string pem = vault.Files.Write("ca.pem", ca.Pem);
        (await vault.HereAsync(["resource", "add", "db", "--kind", kind, "--host", "127.0.0.1", "--port", port.ToString(CultureInfo.InvariantCulture), "--tls-ca", pem, .. more])).Succeeded();
        await RotationKills.AddPasswordAsync(vault, "app", "app");
        await RotationKills.AddPasswordAsync(vault, "app2", "app2");
    }
}
