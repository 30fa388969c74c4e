using System.Globalization;
using System.Text.Json;
using PamTui.Servers;

namespace PamTui.EndToEnd;

/// <summary>The command line as a script writes it, against real targets of each kind.</summary>
public sealed class CommandLineTests
{
    [Fact]
    public async Task A_life_of_resources_and_accounts_of_each_kind()
    {
        (Vault vault, _) = await Vault.MakeAsync();
        using (vault)
        {
            SshKeyFile deploy = await SshKeyFile.MakeAsync(vault.Files, "deploy", "ed25519", "the phrase");
            Task<Postgres> startingPostgres = Postgres.StartAsync();
            Task<MariaDb> startingMaria = MariaDb.StartAsync();
            await using Sshd sshd = await Sshd.StartAsync(new SshdOptions(AuthorizedKeys: [deploy.PublicLine]));
            await using Postgres postgres = await startingPostgres;
            await using MariaDb maria = await startingMaria;
            await postgres.SqlAsync("CREATE ROLE app LOGIN PASSWORD 'pg-secret'; CREATE DATABASE shop OWNER app");
            await maria.SqlAsync("CREATE DATABASE shop; CREATE USER app@'%' IDENTIFIED BY 'my-secret'; GRANT ALL ON shop.* TO app@'%'");
            string pgCa = vault.Files.Write("pg-ca.pem", postgres.Ca.Pem);
            string myCa = vault.Files.Write("my-ca.pem", maria.Ca.Pem);

            (await vault.RunAsync("resource", "add", "web-1", "--kind", "linux", "--host", Sshd.Host, "--port", Text(sshd.Port), "--host-key", sshd.HostKey.Fingerprint, "--meta", "env=prod")).Succeeded();
            (await vault.RunAsync("resource", "add", "pg-1", "--kind", "postgresql", "--host", Postgres.Host, "--port", Text(postgres.Port), "--database", "shop", "--tls-ca", pgCa, "--meta", "env=prod")).Succeeded();
            (await vault.RunAsync("resource", "add", "my-1", "--kind", "mysql", "--host", MariaDb.Host, "--port", Text(maria.Port), "--database", "shop", "--tls-ca", myCa, "--meta", "env=dev", "--description", "the old shop")).Succeeded();

            (await vault.RunWithInputAsync("the phrase\n", "account", "add", "web-1/deploy", "--username", Environment.UserName, "--private-key-file", deploy.Path, "--passphrase-stdin", "--meta", "team=payments")).Succeeded();
            (await vault.RunWithInputAsync("pg-secret\n", "account", "add", "pg-1/app", "--username", "app", "--password-stdin", "--privilege", "read/write")).Succeeded();
            (await vault.RunWithInputAsync("my-secret", "account", "add", "my-1/app", "--username", "app", "--password-stdin")).Succeeded();

            JsonElement prod = await vault.JsonAsync("account", "list", "env=prod");
            Assert.Equal(["pg-1/app", "web-1/deploy"], prod.EnumerateArray().Select(Name).Order(StringComparer.Ordinal));
            Assert.All(prod.EnumerateArray(), account => Assert.Equal("verified", account.GetProperty("checkState").GetString()));
            JsonElement deployed = await vault.JsonAsync("account", "show", "web-1/deploy");
            Assert.Equal("payments", deployed.GetProperty("metadata").GetProperty("team").GetString());

            foreach (string account in (string[])["web-1/deploy", "pg-1/app", "my-1/app"])
            {
                (await vault.RunAsync("account", "check", account)).Succeeded();
            }

            foreach (string resource in (string[])["web-1", "pg-1", "my-1"])
            {
                (await vault.RunAsync("resource", "check", resource)).Succeeded();
            }

            // The target changes its password: the check says so, the account carries the mark, an edit with the new one heals it.
            await postgres.SqlAsync("ALTER ROLE app PASSWORD 'pg-secret-2'");
            RunResult failed = (await vault.RunAsync("account", "check", "pg-1/app")).Ended(1);
            Assert.Contains("password", failed.Error, StringComparison.Ordinal);
            Assert.Equal("failed", (await vault.JsonAsync("account", "show", "pg-1/app")).GetProperty("checkState").GetString());
            (await vault.RunWithInputAsync("wrong\n", "account", "edit", "pg-1/app", "--password-stdin")).Ended(1);
            (await vault.RunWithInputAsync("pg-secret-2\n", "account", "edit", "pg-1/app", "--password-stdin")).Succeeded();
            Assert.Equal("verified", (await vault.JsonAsync("account", "show", "pg-1/app")).GetProperty("checkState").GetString());
            Assert.Contains("pg-secret-2", (await vault.RunAsync("account", "reveal", "pg-1/app", "--reason", "a test")).Succeeded().Text, StringComparison.Ordinal);

            (await vault.RunAsync("account", "edit", "my-1/app", "--alias", "old-shop", "--description", "to be retired")).Succeeded();
            Assert.Equal("old-shop", (await vault.JsonAsync("account", "show", "my-1/app")).GetProperty("alias").GetString());
            (await vault.RunAsync("account", "history", "pg-1/app")).Succeeded();
            (await vault.RunAsync("account", "remove", "my-1/app")).Ended(1);
            (await vault.RunAsync("account", "remove", "my-1/app", "--yes")).Succeeded();
            (await vault.RunAsync("account", "show", "my-1/app")).Ended(3);
            (await vault.RunAsync("resource", "remove", "my-1", "--yes")).Succeeded();

            (await vault.RunAsync("user", "add", "bob")).Succeeded();
            (await vault.RunAsync("group", "add", "payments")).Succeeded();
            (await vault.RunAsync("group", "member", "add", "payments", "bob")).Succeeded();
            (await vault.RunAsync("grant", "add", "group:payments", "env=prod", "--can", "connect", "--until", "8h")).Succeeded();
            Assert.Contains("group:payments", (await vault.RunAsync("grant", "explain", "bob", "web-1/deploy")).Succeeded().Text, StringComparison.Ordinal);
            (await vault.RunWithInputAsync("correct horse battery\n", "user", "password", "bob", "--password-stdin")).Succeeded();
            (await vault.RunAsync("user", "disable", "bob")).Succeeded();

            string audit = (await vault.RunAsync("audit", "list", "--limit", "200")).Succeeded().Text;
            Assert.Contains("account.check", audit, StringComparison.Ordinal);
            (await vault.RunAsync("audit", "verify")).Succeeded();
            (await vault.RunAsync("doctor")).Succeeded();
        }
    }

    [Fact]
    public async Task Failed_check_saves_nothing_and_unverified_saves_with_a_mark()
    {
        (Vault vault, _) = await Vault.MakeAsync();
        using (vault)
        {
            await using Sshd sshd = await Sshd.StartAsync();
            SshKeyFile stranger = await SshKeyFile.MakeAsync(vault.Files, "stranger");
            (await vault.HereAsync("resource", "add", "web-1", "--kind", "linux", "--host", Sshd.Host, "--port", Text(sshd.Port), "--host-key", sshd.HostKey.Fingerprint)).Succeeded();

            RunResult refused = (await vault.RunAsync("account", "add", "web-1/deploy", "--username", "root", "--private-key-file", stranger.Path)).Ended(1);
            Assert.Contains("authorized_keys", refused.Error, StringComparison.Ordinal);
            (await vault.RunAsync("account", "show", "web-1/deploy")).Ended(3);
            (await vault.RunAsync("account", "add", "web-1/deploy", "--username", "root", "--private-key-file", stranger.Path, "--unverified")).Succeeded();
            Assert.Equal("unverified", (await vault.JsonAsync("account", "show", "web-1/deploy")).GetProperty("checkState").GetString());
        }
    }

    [Fact]
    public async Task Bad_input_gets_one_sentence_and_changes_nothing()
    {
        (Vault vault, _) = await Vault.MakeAsync();
        using (vault)
        {
            (await vault.HereAsync("resource", "add", "web-1", "--kind", "linux", "--host", "10.0.0.5", "--host-key", "SHA256:" + new string('A', 43))).Succeeded();
            string noKey = vault.Files.Write("no-key", "this is no key\n");
            string before = await StateAsync(vault);
            (int Code, string[] Command, string? Input)[] table =
            [
                (2, ["resource", "add", "Web-1", "--kind", "linux", "--host", "h"], null),
                (2, ["resource", "add", "a@b", "--kind", "linux", "--host", "h"], null),
                (2, ["resource", "add", new string('a', 64), "--kind", "linux", "--host", "h"], null),
                (2, ["resource", "add", "web-2", "--kind", "linux", "--host", "h", "--port", "65536"], null),
                (2, ["resource", "add", "web-2", "--kind", "linux", "--host", "h", "--port", "0"], null),
                (2, ["resource", "add", "web-2", "--kind", "linux", "--host", "h", "--port", "22x"], null),
                (2, ["resource", "add", "web-2", "--kind", "oracle", "--host", "h"], null),
                (2, ["resource", "add", "web-2", "--kind", "linux", "--host", "h", "--meta", "env=a", "--meta", "env=b"], null),
                (2, ["resource", "add", "web-2", "--kind", "linux", "--host", "h", "--meta", "no-value"], null),
                (2, ["resource", "add", "web-2", "--kind", "linux", "--host", "h", "--host-key", "MD5:00"], null),
                (2, ["resource", "add", "web-2", "--kind", "linux", "--host", "h", "--no-such-option"], null),
                (1, ["resource", "add", "web-1", "--kind", "linux", "--host", "h", "--host-key", "SHA256:" + new string('B', 43)], null),
                (3, ["resource", "edit", "web-9", "--host", "h"], null),
                (2, ["account", "add", "web-1", "--username", "root", "--password-stdin", "--unverified"], "x\n"),
                (2, ["account", "add", "web-1/Deploy", "--username", "root", "--password-stdin", "--unverified"], "x\n"),
                (3, ["account", "add", "web-9/deploy", "--username", "root", "--password-stdin", "--unverified"], "x\n"),
                (2, ["account", "add", "web-1/deploy", "--username", "root", "--password-stdin", "--unverified"], ""),
                (3, ["account", "add", "web-1/deploy", "--username", "root", "--private-key-file", vault.Files.PathOf("missing"), "--unverified"], null),
                (2, ["account", "add", "web-1/deploy", "--username", "root", "--private-key-file", noKey], null),
                (2, ["account", "list", "=prod"], null),
                (2, ["account", "list", "(env=prod"], null),
                (2, ["account", "list", "a OR"], null),
                (2, ["user", "add", "Bob"], null),
                (2, ["user", "add", "bob", "--key", noKey], null),
                (2, ["grant", "add", "alice", "web-1/*", "--can", "fly"], null),
                (3, ["grant", "add", "nobody", "web-1/*", "--can", "connect"], null),
                (2, ["frobnicate"], null),
            ];
            List<string> wrong = [];
            foreach ((int code, string[] command, string? input) in table)
            {
                RunResult result = await vault.RunWithInputAsync(input, command);
                string said = result.Error.Trim();
                if (result.ExitCode != code || said.Length == 0 || result.Text.Length > 0 || said.Contains("   at ", StringComparison.Ordinal) || (code != 2 && said.Contains('\n')))
                {
                    wrong.Add($"expected {code}: {result}");
                }
            }

            Assert.True(wrong.Count == 0, string.Join("\n\n", wrong));
            Assert.Equal(before, await StateAsync(vault));
        }
    }

    [Theory]
    [InlineData("""{ "Gateway": { "NoSuchKey": 1 } }""", "NoSuchKey")]
    [InlineData("""{ "Gatewy": { "Listen": "127.0.0.1:2222" } }""", "Gatewy")]
    [InlineData("""{ "Gateway": { "MaxChannels": 0 } }""", "MaxChannels")]
    [InlineData("""{ "Gateway": { "Listen": "127.0.0.1:99999" } }""", "Listen")]
    [InlineData("""{ "Gateway": """, "appsettings.json")]
    public async Task Setting_nobody_knows_or_out_of_range_stops_the_start_with_its_name(string settings, string name)
    {
        (Vault vault, _) = await Vault.MakeAsync();
        using (vault)
        {
            vault.Settings(settings);

            RunResult result = await vault.RunAsync("gateway");

            Assert.NotEqual(0, result.ExitCode);
            Assert.Contains(name, result.Error + result.Text, StringComparison.Ordinal);
            Assert.DoesNotContain("   at ", result.Error + result.Text, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Data_folder_that_others_can_read_is_refused()
    {
        (Vault vault, _) = await Vault.MakeAsync();
        using (vault)
        {
            (await Run.ProgramAsync("chmod", "755", vault.Data)).Succeeded();

            foreach (string[] command in (string[][])[["account", "list"], ["gateway"], ["audit", "verify"]])
            {
                RunResult result = await vault.RunAsync(command);
                Assert.NotEqual(0, result.ExitCode);
                Assert.Contains("chmod 700", result.Error, StringComparison.Ordinal);
            }
        }
    }

    [Fact]
    public async Task Audit_row_that_was_changed_behind_its_back_is_found()
    {
        (Vault vault, _) = await Vault.MakeAsync();
        using (vault)
        {
            (await vault.HereAsync("user", "add", "bob")).Succeeded();
            (await vault.RunAsync("audit", "verify")).Succeeded();
            string python = File.Exists("/usr/bin/python3") ? "/usr/bin/python3" : Tools.Need("python3");

            (await Run.ProgramAsync(python, "-c", """
                import sqlite3, sys
                db = sqlite3.connect(sys.argv[1])
                table = [name for (name,) in db.execute("select name from sqlite_master where type = 'table' and name like 'audit%'")][0]
                db.execute(f"drop trigger if exists {table}_no_update")
                for (trigger,) in db.execute("select name from sqlite_master where type = 'trigger'").fetchall(): db.execute(f"drop trigger {trigger}")
                columns = [row[1] for row in db.execute(f"pragma table_info({table})")]
                column = 'details' if 'details' in columns else 'action'
                print(db.execute(f"update {table} set {column} = 'nothing happened' where rowid = (select max(rowid) from {table})").rowcount)
                db.commit()
                """, Path.Combine(vault.Data, "vault.db"))).Succeeded();

            RunResult verdict = await vault.RunAsync("audit", "verify");
            Assert.NotEqual(0, verdict.ExitCode);
        }
    }

    private static async Task<string> StateAsync(Vault vault)
    {
        string lists = "";
        foreach (string noun in (string[])["resource", "account", "user", "grant"])
        {
            lists += (await vault.HereAsync(noun, "list", "--json")).Succeeded().Text;
        }

        return lists + (await vault.HereAsync("audit", "list", "--limit", "500", "--json")).Succeeded().Text;
    }

    private static string Name(JsonElement account) => account.GetProperty("resource").GetString() + "/" + account.GetProperty("name").GetString();

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
}
