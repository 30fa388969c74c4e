using PamTui.Core.Connectors.Rotation;
using PamTui.Core.Model;
using PamTui.Servers;
using PamTui.Tests.Connectors;
using static PamTui.Tests.CoreTests.TestVault;

namespace PamTui.Tests.Rotation;

public sealed class PostgreSqlRotationTests(PostgresFixture fixture) : DatabaseRotationTests, IClassFixture<PostgresFixture>
{
    [Fact]
    public async Task Role_changes_its_own_password_and_only_the_new_one_signs_in()
    {
        string role = Unique("alone");
        await using RotationVault vault = await WithUserAsync(role, OldPassword);

        RotationRecord row = Ok(await vault.RotateAsync("db/app"));

        Assert.Equal((RotationState.Promoted, RotationWay.ByItself, null), (row.State, row.Way, row.Error));
        Assert.Equal(["Planned", "Staged", "Applied", "Verified", "Promoted"], vault.Steps);
        await vault.SignsInAsync("db/app");
        (await Target.CheckAsync(vault.Target, role, OldPassword)).Failed(CheckStage.SignIn, CheckCause.WrongPassword);
        Account account = await vault.AccountAsync("db/app");
        Assert.Equal((RotationState.Promoted, CheckState.Verified), (account.Rotation.State, account.CheckState));
        Assert.NotNull(account.Rotation.Last);
    }

    [Fact]
    public async Task Psql_signs_in_with_the_new_password_as_any_client_does()
    {
        string role = Unique("psql");
        await using RotationVault vault = await WithUserAsync(role, OldPassword);
        Promoted(await vault.RotateAsync("db/app"));

        RunResult result = await Run.ProgramAsync(
            "psql",
            ["-X", "-A", "-t", "-h", Postgres.Host, "-p", vault.Target.Port.ToString(System.Globalization.CultureInfo.InvariantCulture), "-U", role, "-d", "postgres", "-c", "SELECT 42"],
            null,
            new Dictionary<string, string?> { ["PGPASSWORD"] = await vault.PasswordAsync("db/app") });

        Assert.Equal("42", result.Succeeded().Text.Trim());
    }

    [Fact]
    public async Task Role_that_begins_its_sessions_as_another_changes_its_own_password_and_not_the_others()
    {
        Postgres server = await fixture.ServerAsync();
        string role = Unique("masked");
        string other = Unique("mask");
        await AddUserAsync(other, OldPassword);
        await using RotationVault vault = await WithUserAsync(role, OldPassword);
        await server.SqlAsync($"GRANT {other} TO {role}; ALTER ROLE {role} SET role = '{other}'");

        Promoted(await vault.RotateAsync("db/app"));

        await vault.SignsInAsync("db/app");
        (await Target.CheckAsync(vault.Target, other, OldPassword)).Passed();
    }

    [Fact]
    public async Task D6_Log_of_every_statement_holds_no_password()
    {
        Postgres server = await fixture.ServerAsync();
        string role = Unique("logged");
        await using RotationVault vault = await WithUserAsync(role, OldPassword);
        string rotator = await AddRotatorAsync(vault);
        await server.SqlAsync($"ALTER ROLE {role} SET log_statement = 'all'; ALTER ROLE {rotator} SET log_statement = 'all'");

        foreach (bool byItself in (bool[])[true, false])
        {
            Promoted(await vault.RotateAsync("db/app", byItself));
            await server.LineAsync(byItself ? "ALTER ROLE SESSION_USER PASSWORD 'SCRAM-SHA-256$" : $"ALTER ROLE \"{role}\" PASSWORD 'SCRAM-SHA-256$");
            Assert.DoesNotContain(await vault.PasswordAsync("db/app"), server.Log, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Verifier_is_the_one_of_RFC_7677_and_the_server_makes_the_same()
    {
        using Secret pencil = Secret.FromText("pencil");
        string verifier = ScramVerifier.Of(pencil, Convert.FromBase64String("W22ZaJ0SNY7soEsUEjb6gQ=="), 4096);
        Assert.Equal("SCRAM-SHA-256$4096:W22ZaJ0SNY7soEsUEjb6gQ==$WG5d8oPm3OtcPnkdi4Uo7BkeZkBFzpcXkuLmtbsT4qY=:wfPLwcE6nTWhTAmQ7tl2KeoiWGPlZqQxSrmfPwDl2dU=", verifier);

        Postgres server = await fixture.ServerAsync();
        string role = Unique("same");
        foreach (string password in (string[])["plain", "pässwörd-日本語", "🔐"])
        {
            await server.SqlAsync($"DROP ROLE IF EXISTS {role}; CREATE ROLE {role} LOGIN PASSWORD '{password}'");
            string[] made = (await server.SqlAsync($"SELECT rolpassword FROM pg_authid WHERE rolname = '{role}'")).Split('$', ':');
            using Secret secret = Secret.FromText(password);
            Assert.Equal(string.Join('|', made), string.Join('|', ScramVerifier.Of(secret, Convert.FromBase64String(made[2]), 4096).Split('$', ':')));
        }
    }

    private protected override async Task<Resource> TargetAsync()
    {
        Postgres server = await fixture.ServerAsync();
        return Target.PostgreSql(server.Port, ca: server.Ca.Pem);
    }

    private protected override async Task AddUserAsync(string name, string password) =>
        await (await fixture.ServerAsync()).SqlAsync($"CREATE ROLE {Name(name)} LOGIN PASSWORD {Text(password)}");

    private protected override async Task SetPasswordAsync(string name, string password) =>
        await (await fixture.ServerAsync()).SqlAsync($"ALTER ROLE {Name(name)} PASSWORD {Text(password)}");

    private protected override async Task EmpowerAsync(string name) => await (await fixture.ServerAsync()).SqlAsync($"ALTER ROLE {Name(name)} SUPERUSER");

    private static string Name(string name) => "\"" + name.Replace("\"", "\"\"", StringComparison.Ordinal) + "\"";

    private static string Text(string text) => "'" + text.Replace("'", "''", StringComparison.Ordinal) + "'";
}
