using System.Globalization;
using MySqlConnector;
using PamTui.Servers;

namespace PamTui.Tests.GatewayTests.MySql;

/// <summary>
/// No server with MySQL's caching_sha2_password is to be had here, but clients are that have it from elsewhere: what they say to the server of these
/// tests is what the gateway says to it (<see cref="MySqlSignInTests"/>).
/// </summary>
public sealed class CachingSha2Tests
{
    public static TheoryData<string, bool> Ways => new() { { "fast", false }, { "fast", true }, { "full", false }, { "full", true }, { "switch", false } };

    [Theory]
    [MemberData(nameof(Ways))]
    public async Task MySqlConnector_signs_in_by_the_words_that_the_gateway_uses(string way, bool tls)
    {
        using TempFolder temp = new();
        using TestCa ca = new();
        await using CachingSha2Server server = new(way, tls ? ca : null);
        await using (MySqlConnection connection = new(string.Create(
            CultureInfo.InvariantCulture,
            $"Server=127.0.0.1;Port={server.Port};User ID=app;Password={MySqlGateway.Password};Pooling=false;AllowPublicKeyRetrieval=true;SslMode={(tls ? "VerifyFull;SslCa=" + temp.Write("ca.pem", ca.Pem) : "None")}")))
        {
            await connection.OpenAsync(TestClient.Ct);
        }

        Assert.Equal(CachingSha2Server.Expected(way, tls, MySqlGateway.Password), server.Seen);
    }

    [Theory]
    [MemberData(nameof(Ways))]
    public async Task Client_of_MariaDB_signs_in_by_the_words_that_the_gateway_uses(string way, bool tls)
    {
        using TempFolder temp = new();
        using TestCa ca = new();
        await using CachingSha2Server server = new(way, tls ? ca : null);

        RunResult result = await Run.ProgramAsync(
            "mariadb",
            [
                "--no-defaults", "--host=127.0.0.1", string.Create(CultureInfo.InvariantCulture, $"--port={server.Port}"), "--user=app", "--password=" + MySqlGateway.Password,
                tls ? "--ssl-ca=" + temp.Write("ca.pem", ca.Pem) : "--skip-ssl", "--batch", "--execute=DO 1",
            ],
            null);

        result.Succeeded();
        Assert.Equal(CachingSha2Server.Expected(way, tls, MySqlGateway.Password), server.Seen);
    }
}
