using System.Globalization;
using System.Text;
using PamTui.Core.Model;
using PamTui.Servers;
using static PamTui.Tests.GatewayTests.Databases.FakePostgres;
using static PamTui.Tests.GatewayTests.Databases.RawPostgresClient;

namespace PamTui.Tests.GatewayTests.Databases;

/// <summary>A target that was taken over: each of its messages wrong in some way. The client gets a sentence, nobody gets the password, and the gateway serves on.</summary>
public sealed class PostgresHostileTargetTests(PostgresTunnelFixture fixture) : IClassFixture<PostgresTunnelFixture>
{
    private static int s_number;

    public static TheoryData<string, string, string> SignIns => new()
    {
        { "lets anybody in", Hex(Authentication(0)), "lets this user in without its password" },
        { "asks in clear", Hex(Authentication(3)), "asks for the password in clear, which is not sent to a server that is not verified" },
        { "asks for Kerberos", Hex(Authentication(7)), "asks for a way to sign in that is not supported" },
        { "asks for nothing known", Hex(Authentication(99)), "asks for a way to sign in that is not supported" },
        { "has no method", Hex(Message('R', 0)), "does not speak as a postgresql server does" },
        { "md5 without salt", Hex(Authentication(5, 1)), "asks for a way to sign in that is not supported" },
        { "SASL of others", Hex(Authentication(10, Encoding.ASCII.GetBytes("OAUTHBEARER\0\0"))), "offers no SCRAM-SHA-256" },
        { "SASL without end", Hex(Authentication(10, Encoding.ASCII.GetBytes("SCRAM-SHA-256"))), "does not speak as a postgresql server does" },
        { "is ready at once", Hex(Message('Z', 73)), "does not speak as a postgresql server does" },
        { "a length of 3", "5200000003", "does not speak as a postgresql server does" },
        { "a length of 2 GiB", "527fffffff", "does not speak as a postgresql server does" },
        { "half a message", "520000000c0000", "the connection was lost while signing in" },
        { "nothing", "", "the connection was lost while signing in" },
        { "HTTP", Hex(Encoding.ASCII.GetBytes("HTTP/1.1 400 Bad Request\r\n\r\n")), "does not speak as a postgresql server does" },
        { "no password", Hex(Error("FATAL", "28P01", "no")), "did not accept the stored password; an operator must check it (`pamtui account check " },
        { "no pg_hba.conf", Hex(Error("FATAL", "28000", "no entry\u001b[31m")), "does not let this user in from the gateway: it says 'no entry\\u{1b}[31m'" },
        { "the password in words", Hex(Error("FATAL", "XX000", "I know " + PostgresTunnel.Password)), "it says words that hold the secret" },
    };

    public static TheoryData<string, string> Scrams => new()
    {
        { "a nonce of its own", "r=other,s=QUFBQQ==,i=4096" },
        { "our nonce alone", "r={nonce},s=QUFBQQ==,i=4096" },
        { "no salt", "r={nonce}x,s=,i=4096" },
        { "no base64", "r={nonce}x,s=!!,i=4096" },
        { "no iterations", "r={nonce}x,s=QUFBQQ==,i=0" },
        { "iterations for a day", "r={nonce}x,s=QUFBQQ==,i=2000000000" },
        { "nothing", "" },
    };

    public static TheoryData<string, string> Answers => new()
    {
        { "answers what was not asked", Hex(Message('1')) },
        { "signs in again", Hex(Authentication(3)) },
        { "another key", Hex(Message('K', 0, 0, 0, 1, 0, 0, 0, 1)) },
        { "ready twice", Hex([.. Message('Z', 73), .. Message('Z', 73), .. Message('Z', 73)]) },
        { "a length of 3", "4400000003" },
        { "a length below zero", "44ffffffff" },
        { "an unknown message", Hex(Message('?')) },
        { "COPY both ways", Hex(Message('W', 0, 0, 0)) },
        { "an error without end", Hex(Message('E', (byte)'C', (byte)'1')) },
        { "a tag without end", Hex(Message('C', (byte)'x')) },
        { "a setting without end", Hex(Message('S', (byte)'x')) },
    };

    [Theory]
    [MemberData(nameof(SignIns))]
    public async Task Sign_in_that_goes_wrong_is_told_in_a_sentence(string what, string hex, string words)
    {
        Assert.NotEmpty(what);
        await using FakePostgres server = new(async stream => await stream.WriteAsync(Convert.FromHexString(hex)));

        (string code, string said) = await RefusedAsync(server);

        Assert.Equal("08004", code);
        Assert.Contains(words, said, StringComparison.Ordinal);
        Assert.DoesNotContain(PostgresTunnel.Password, said + fixture.Tunnel.Gateway.Log, StringComparison.Ordinal);
        Assert.Equal(0, server.Heard.Length);
        await ServesOnAsync();
    }

    [Theory]
    [MemberData(nameof(Scrams))]
    public async Task Challenge_that_is_none_is_not_answered(string what, string challenge)
    {
        Assert.NotEmpty(what);
        int messages = 0;
        await using FakePostgres server = new(async stream =>
        {
            await stream.WriteAsync(Authentication(10, Encoding.ASCII.GetBytes("SCRAM-SHA-256\0\0")));
            string nonce = await NonceAsync(stream);
            messages++;
            await stream.WriteAsync(Authentication(11, Encoding.ASCII.GetBytes(challenge.Replace("{nonce}", nonce, StringComparison.Ordinal))));
            messages += await stream.ReadAtLeastAsync(new byte[1], 1, throwOnEndOfStream: false);
        });

        (_, string said) = await RefusedAsync(server);

        Assert.Contains("does not speak as a postgresql server does", said, StringComparison.Ordinal);
        Assert.Equal(1, messages);
        await ServesOnAsync();
    }

    [Fact]
    public async Task Server_that_does_not_know_the_password_itself_is_not_believed()
    {
        await using FakePostgres server = new(async stream =>
        {
            await stream.WriteAsync(Authentication(10, Encoding.ASCII.GetBytes("SCRAM-SHA-256\0\0")));
            string nonce = await NonceAsync(stream);
            await stream.WriteAsync(Authentication(11, Encoding.ASCII.GetBytes($"r={nonce}x,s=QUFBQQ==,i=4096")));
            await NonceAsync(stream);
            await stream.WriteAsync((byte[])[.. Authentication(12, Encoding.ASCII.GetBytes("v=" + Convert.ToBase64String(new byte[32]))), .. Authentication(0), .. Message('K', 0, 0, 0, 1, 0, 0, 0, 2), .. Message('Z', 73)]);
        });

        (_, string said) = await RefusedAsync(server);

        Assert.Contains("it does not know the account's password itself", said, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Answers))]
    public async Task Answer_that_is_none_ends_the_session(string what, string hex)
    {
        Assert.NotEmpty(what);
        FakePostgres? fake = null;
        await using FakePostgres server = fake = new(async stream =>
        {
            await fake!.LetInAsync(stream);
            await fake.ReadMessageAsync(stream);
            await stream.WriteAsync(Convert.FromHexString(hex));
            await stream.ReadAtLeastAsync(new byte[1], 1, throwOnEndOfStream: false);
        });
        (RawPostgresClient client, _) = await EnterAsync(await OpenAsync(server));
        using (client)
        {
            await client.SendAsync(Query("select 1"));

            await client.EndedAsync();
            SessionRecord row = await EndedAsync();
            Assert.Contains("the target broke the protocol", row.EndReason!, StringComparison.Ordinal);
            await ServesOnAsync();
        }
    }

    [Fact]
    public async Task Target_that_goes_away_in_the_middle_of_a_row_ends_the_session()
    {
        FakePostgres? fake = null;
        await using FakePostgres server = fake = new(async stream =>
        {
            await fake!.LetInAsync(stream);
            await fake.ReadMessageAsync(stream);
            await stream.WriteAsync((byte[])[(byte)'D', 0, 0, 1, 0, 1, 2, 3]);
        });
        (RawPostgresClient client, _) = await EnterAsync(await OpenAsync(server));
        using (client)
        {
            await client.SendAsync(Query("select 1"));

            await client.EndedAsync();
            Assert.Equal("closed by the target", (await EndedAsync()).EndReason);
        }
    }

    private static string Hex(byte[] bytes) => Convert.ToHexString(bytes);

    private static async Task<string> NonceAsync(Stream stream)
    {
        byte[] heard = new byte[4096];
        int count = await stream.ReadAsync(heard);
        string text = Encoding.ASCII.GetString(heard, 0, count);
        return text[(text.LastIndexOf("r=", StringComparison.Ordinal) + 2)..];
    }

    private async Task<int> OpenAsync(FakePostgres server)
    {
        string name = string.Create(CultureInfo.InvariantCulture, $"fake-{Interlocked.Increment(ref s_number)}");
        await fixture.Tunnel.AddResourceAsync(name, server.Port, null, TlsMode.Off);
        await fixture.Tunnel.Gateway.AddAccountAsync(name + "/it", CredentialType.Password, Encoding.UTF8.GetBytes(PostgresTunnel.Password), null, "it");
        return await fixture.Tunnel.OpenAsync(fixture.Tunnel.Gateway.AliceKey, "alice", "it+" + name);
    }

    private async Task<(string Code, string Words)> RefusedAsync(FakePostgres server)
    {
        using RawPostgresClient client = await ConnectAsync(await OpenAsync(server));
        await client.SendAsync(Startup(Version30, "user", "x"));
        return await client.FatalAsync();
    }

    private async Task<SessionRecord> EndedAsync()
    {
        await Poll.UntilAsync("the end", async () => (await fixture.Tunnel.LastSessionAsync()).Ended is not null);
        return await fixture.Tunnel.LastSessionAsync();
    }

    private async Task ServesOnAsync()
    {
        (RawPostgresClient client, _) = await EnterAsync(fixture.Tunnel.Port);
        using (client)
        {
            await client.SendAsync(Query("select 1"));
            Assert.Equal("TDCZ", (await client.AnswersAsync()).Types);
        }
    }
}
