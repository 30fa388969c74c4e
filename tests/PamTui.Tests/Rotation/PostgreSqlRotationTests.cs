using PamTui.Core.Model;
using PamTui.Servers;
using PamTui.Tests.Connectors;
using static PamTui.Tests.CoreTests.TestVault;

namespace PamTui.Tests.Rotation;

public sealed class PostgreSqlRotationTests(PostgresFixture fixture) : IClassFixture<PostgresFixture>
{
    [Fact]
    public async Task Role_changes_its_own_password_and_only_the_new_one_signs_in()
    {
        await using RotationVault vault = await WithRoleAsync("alone", "old password");

        RotationRecord row = Ok(await vault.RotateAsync("db/alone"));

        Assert.Equal((RotationState.Promoted, RotationWay.ByItself, null), (row.State, row.Way, row.Error));
        Assert.Equal(["Planned", "Staged", "Applied", "Verified", "Promoted"], vault.Steps);
        await vault.SignsInAsync("db/alone");
        (await Target.CheckAsync(vault.Target, "alone", "old password")).Failed(CheckStage.SignIn, CheckCause.WrongPassword);
        Account account = await vault.AccountAsync("db/alone");
        Assert.Equal((RotationState.Promoted, CheckState.Verified), (account.Rotation.State, account.CheckState));
        Assert.NotNull(account.Rotation.Last);
    }

    private async Task<RotationVault> WithRoleAsync(string role, string password)
    {
        Postgres server = await fixture.ServerAsync();
        await server.SqlAsync($"CREATE ROLE \"{role}\" LOGIN PASSWORD '{password.Replace("'", "''", StringComparison.Ordinal)}'");
        RotationVault vault = await RotationVault.OpenAsync(Target.PostgreSql(server.Port, ca: server.Ca.Pem));
        await vault.AddAsync("db/" + role, role, password);
        return vault;
    }
}
