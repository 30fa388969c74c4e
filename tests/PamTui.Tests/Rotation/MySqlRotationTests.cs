using PamTui.Core.Connectors.Rotation;
using PamTui.Core.Model;
using PamTui.Servers;
using PamTui.Tests.Connectors;
using static PamTui.Tests.CoreTests.TestVault;

namespace PamTui.Tests.Rotation;

public sealed class MySqlRotationTests(MariaDbFixture fixture) : DatabaseRotationTests, IClassFixture<MariaDbFixture>
{
    [Fact]
    public async Task Only_the_host_part_that_signs_in_is_changed()
    {
        MariaDb server = await fixture.ServerAsync();
        string user = Unique("hosts");
        await using RotationVault vault = await WithUserAsync(user, OldPassword);
        await server.SqlAsync($"CREATE USER {user}@'127.0.0.1' IDENTIFIED BY 'of this host'; CREATE USER {user}@'10.%' IDENTIFIED BY 'of those hosts'");
        string others = $"SELECT group_concat(authentication_string ORDER BY host) FROM mysql.user WHERE user = '{user}' AND host <> '127.0.0.1'";
        string before = await server.SqlAsync(others);
        await vault.AddAsync("db/here", user, "of this host");
        await AddRotatorAsync(vault);

        Promoted(await vault.RotateAsync("db/here", byItself: true));
        await vault.SignsInAsync("db/here");
        Promoted(await vault.RotateAsync("db/here"));
        await vault.SignsInAsync("db/here");

        Assert.Equal(before, await server.SqlAsync(others));
    }

    [Fact]
    public async Task Rotation_account_does_not_guess_between_host_parts()
    {
        MariaDb server = await fixture.ServerAsync();
        string user = Unique("many");
        await using RotationVault vault = await WithUserAsync(user, OldPassword, stored: "not this one");
        await server.SqlAsync($"CREATE USER {user}@'10.%' IDENTIFIED BY 'of those hosts'");
        await AddRotatorAsync(vault);

        RotationRecord row = Ok(await vault.RotateAsync("db/app"));

        Assert.Equal(RotationState.Failed, row.State);
        Assert.Contains("several by host", row.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task User_with_several_ways_to_sign_in_keeps_them()
    {
        MariaDb server = await fixture.ServerAsync();
        string user = Unique("two");
        await using RotationVault vault = await WithUserAsync(user, OldPassword);
        await server.SqlAsync($"ALTER USER {user}@'%' IDENTIFIED VIA unix_socket OR mysql_native_password USING PASSWORD('two ways')");
        await SetStoredAsync(vault, "two ways");
        await AddRotatorAsync(vault);

        Assert.Contains("several ways", Ok(await vault.RotateAsync("db/app")).Error, StringComparison.Ordinal);
        Assert.Contains("several ways", Ok(await vault.RotateAsync("db/app", byItself: true)).Error, StringComparison.Ordinal);

        await vault.SignsInAsync("db/app");
        Assert.Contains("unix_socket OR mysql_native_password", await server.SqlAsync($"SHOW CREATE USER {user}@'%'"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task D6_Log_of_every_statement_holds_no_password()
    {
        await using MariaDb server = await MariaDb.StartAsync(options: ["--plugin-load-add=auth_ed25519", "--log-output=TABLE", "--general-log=1"]);
        await server.SqlAsync("CREATE USER app@'%' IDENTIFIED BY 'first'; CREATE USER modern@'%' IDENTIFIED VIA ed25519 USING PASSWORD('third');"
            + "CREATE USER rotator@'%' IDENTIFIED BY 'second'; GRANT CREATE USER ON *.* TO rotator@'%'");
        await using RotationVault vault = await RotationVault.OpenAsync(Target.MySql(server.Port, ca: server.Ca.Pem));
        await vault.AddAsync("db/app", "app", "first");
        await vault.AddAsync("db/modern", "modern", "third");
        await vault.AddAsync("db/rotator", "rotator", "second");
        Ok(await vault.Product.Resources.EditAsync(Local, "db", new Core.Resources.ResourceChange { RotationAccount = "rotator" }, Ct));

        foreach ((string name, bool byItself) in (IEnumerable<(string, bool)>)[("app", true), ("app", false), ("modern", true), ("modern", false)])
        {
            await server.SqlAsync("TRUNCATE mysql.general_log");
            Promoted(await vault.RotateAsync("db/" + name, byItself));
            string log = await server.SqlAsync("SELECT argument FROM mysql.general_log");
            Assert.Contains(byItself ? "SET PASSWORD" : $"ALTER USER `{name}`@`%`", log, StringComparison.Ordinal);
            Assert.DoesNotContain(await vault.PasswordAsync("db/" + name), log, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Plug_in_ed25519_is_kept_and_its_new_passwords_sign_in()
    {
        MariaDb server = await fixture.ServerAsync();
        foreach (string password in (string[])[OldPassword, "x", "pässwörd-日本語-🔐 " + new string('y', 200)])
        {
            string user = Unique("modern");
            await server.SqlAsync($"CREATE USER {user}@'%' IDENTIFIED VIA ed25519 USING PASSWORD({Text(password)})");
            using Secret secret = Secret.FromText(password);
            Assert.Equal(await server.SqlAsync($"SELECT authentication_string FROM mysql.user WHERE user = '{user}'"), Core.Connectors.MariaDbEd25519.Hash(secret));
            (await Target.CheckAsync(await TargetAsync(), user, password + "?")).Failed(CheckStage.SignIn, CheckCause.WrongPassword);
            await using RotationVault vault = await RotationVault.OpenAsync(await TargetAsync());
            await vault.AddAsync("db/app", user, password);
            await vault.SignsInAsync("db/app");

            Promoted(await vault.RotateAsync("db/app"));
            await vault.SignsInAsync("db/app");
            string first = await vault.PasswordAsync("db/app");
            await AddRotatorAsync(vault);
            Promoted(await vault.RotateAsync("db/app"));
            await vault.SignsInAsync("db/app");

            (await Target.CheckAsync(vault.Target, user, first)).Failed(CheckStage.SignIn, CheckCause.WrongPassword);
            Assert.Contains("IDENTIFIED VIA ed25519 USING", await server.SqlAsync($"SHOW CREATE USER {user}@'%'"), StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("unix_socket", "")]
    [InlineData("pam", "USING 'mariadb'")]
    public async Task Plug_in_that_keeps_no_password_is_said_and_nothing_is_changed(string plugin, string with)
    {
        MariaDb server = await fixture.ServerAsync();
        string user = Unique("other");
        await server.SqlAsync($"CREATE USER {user}@'%' IDENTIFIED VIA {plugin} {with}");
        string before = await server.SqlAsync($"SHOW CREATE USER {user}@'%'");
        await using RotationVault vault = await RotationVault.OpenAsync(await TargetAsync());
        await vault.AddAsync("db/app", user, "right");
        await AddRotatorAsync(vault);

        RotationRecord row = Ok(await vault.RotateAsync("db/app"));

        Assert.Equal((RotationState.Failed, null), (row.State, row.Staged));
        Assert.Contains($"by '{plugin}', whose credentials cannot be rotated, so nothing was changed: only those of mysql_native_password and ed25519 are.", row.Error, StringComparison.Ordinal);
        Assert.Equal(before, await server.SqlAsync($"SHOW CREATE USER {user}@'%'"));
    }

    [Theory]
    [InlineData("hashcat", "F9CC98CE08892924F50A213B6BC571A2C11778C5", "bTy95Y99eAME1dwEkHOA1ndHGBWz.1bxSSRkuTXFGV/")]
    public void Verifier_of_caching_sha2_password_is_the_one_that_MySQL_stores(string password, string salt, string digest)
    {
        using Secret secret = Secret.FromText(password);

        Assert.EndsWith(digest, CachingSha2Hash.Of(secret, Convert.FromHexString(salt)), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("x")]
    [InlineData("thirty-two characters, no more..")]
    [InlineData("pässwörd-日本語-🔐 longer than one block of the hash, which is sixty-four bytes of text")]
    public async Task Verifier_of_caching_sha2_password_is_SHA_256_crypt(string password)
    {
        using Secret secret = Secret.FromText(password);
        string crypt = (await Run.ProgramAsync(
            "openssl", ["passwd", "-5", "-salt", "saltOf16Letters.", "-stdin"], System.Text.Encoding.UTF8.GetBytes(password + "\n"))).Succeeded().Text.Trim();

        Assert.Equal(crypt.Replace("$5$saltOf16Letters.$", "$A$005$saltOf16Letters.", StringComparison.Ordinal), CachingSha2Hash.Of(secret, "saltOf16Letters."u8));
        Assert.Matches(@"^\$A\$005\$[0-9A-Za-z]{20}[./0-9A-Za-z]{43}\z", CachingSha2Hash.Of(secret));
    }

    private protected override async Task<Resource> TargetAsync()
    {
        MariaDb server = await fixture.ServerAsync();
        return Target.MySql(server.Port, ca: server.Ca.Pem);
    }

    private protected override async Task AddUserAsync(string name, string password) =>
        await (await fixture.ServerAsync()).SqlAsync($"CREATE USER {Name(name)}@'%' IDENTIFIED BY {Text(password)}");

    private protected override async Task SetPasswordAsync(string name, string password) =>
        await (await fixture.ServerAsync()).SqlAsync($"ALTER USER {Name(name)}@'%' IDENTIFIED BY {Text(password)}");

    private protected override async Task EmpowerAsync(string name) => await (await fixture.ServerAsync()).SqlAsync($"GRANT CREATE USER ON *.* TO {Name(name)}@'%'; GRANT SELECT ON mysql.* TO {Name(name)}@'%'");

    private static async Task SetStoredAsync(RotationVault vault, string password)
    {
        using Core.Accounts.NewCredential credential = Password(password);
        Ok(await vault.Product.Accounts.EditAsync(Local, new AccountRef("db", "app"), new Core.Accounts.AccountChange { Credential = credential }, Core.Accounts.CheckMode.Check, null, Ct));
    }

    private static string Name(string name) => "`" + name.Replace("`", "``", StringComparison.Ordinal) + "`";

    private static string Text(string text) => "'" + text.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("'", "''", StringComparison.Ordinal) + "'";
}
