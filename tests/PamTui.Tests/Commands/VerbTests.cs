using System.Text.Json;

namespace PamTui.Tests.Commands;

public sealed class VerbTests : IDisposable
{
    private const string Pin = "SHA256:n4bQgYhMfWWaL+qgxVrQFaO/TxsrC4Is0V1sFbDwCgg";
    private const string Key = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJZ2zXwNQ3yIlqnbTqk5sp0b7EcyPYYyS7YJrOBJlmUl alice@laptop";
    private const string Canary = "c4nary-Geheimnis-42";

    private readonly CommandLineHarness _line = new();

    [Fact]
    public async Task Without_a_vault_every_verb_says_how_to_make_one()
    {
        CommandLineHarness.Answer answer = await _line.RunAsync("account list");
        Assert.Equal(3, answer.Code);
        Assert.Contains("pamtui init", answer.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_vault_is_made_once()
    {
        string key = _line.Write("alice.pub", Key);
        CommandLineHarness.Answer made = await _line.RunAsync($"init --admin alice --admin-key {key}");
        Assert.Equal(0, made.Code);
        Assert.Contains("master.key", made.Out, StringComparison.Ordinal);
        Assert.Equal(1, (await _line.RunAsync("init")).Code);
        Assert.Contains("SHA256:", (await _line.RunAsync("user show alice")).Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_data_folder_that_others_can_read_is_refused()
    {
        await _line.OkAsync("init");
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(_line.Folder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute | UnixFileMode.OtherRead);
        }

        CommandLineHarness.Answer answer = await _line.RunAsync("account list");
        Assert.Equal(4, answer.Code);
        Assert.Contains("chmod 700", answer.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Json_of_a_resource_has_the_names_scripts_depend_on()
    {
        await InitAsync();
        CommandLineHarness.Answer answer = await _line.RunAsync("resource show web-1 --json");
        Assert.Equal(
            """
            {
              "name": "web-1",
              "kind": "linux",
              "host": "127.0.0.1",
              "port": 1,
              "trustOnFirstUse": false,
              "hostKeys": [
                {
                  "keyType": "",
                  "fingerprint": "SHA256:n4bQgYhMfWWaL+qgxVrQFaO/TxsrC4Is0V1sFbDwCgg",
                  "trustSource": "option",
                  "added": "TIME"
                }
              ],
              "hostCas": [],
              "offeredHostKeys": [],
              "description": "",
              "metadata": {
                "env": "prod",
                "owner": "ops"
              },
              "rotationAccount": null,
              "sourceAddress": null,
              "passwords": null,
              "accounts": 1,
              "created": "TIME",
              "updated": "TIME"
            }

            """,
            Timeless(answer.Out));
    }

    [Fact]
    public async Task Json_of_accounts_is_an_array_with_the_names_of_the_design()
    {
        await InitAsync();
        CommandLineHarness.Answer answer = await _line.RunAsync("account list team=payments --json");
        Assert.Equal(
            """
            [
              {
                "name": "deploy",
                "resource": "web-1",
                "kind": "linux",
                "username": "deploy",
                "credential": "password",
                "alias": "web-deploy",
                "privilege": "read/write",
                "metadata": {
                  "team": "payments"
                },
                "description": "",
                "checkState": "unverified",
                "lastChecked": null,
                "lastCheckError": null,
                "lastUsed": null,
                "health": {
                  "state": "unknown",
                  "since": "TIME",
                  "error": null
                },
                "rotation": null,
                "passwords": null,
                "created": "TIME",
                "updated": "TIME"
              }
            ]

            """,
            Timeless(answer.Out));
        Assert.Equal("[]\n", (await _line.RunAsync("account list team=none --json")).Out);
    }

    [Fact]
    public async Task Lists_are_aligned_and_escape_what_is_not_ours()
    {
        await InitAsync();
        await _line.OkAsync("account edit web-1/deploy --description 'x' --meta 'note=\u202eevil'");
        CommandLineHarness.Answer answer = await _line.RunAsync("account list");
        string[] lines = answer.Out.Split('\n');
        Assert.StartsWith("ACCOUNT       KIND   USERNAME  ALIAS       PRIVILEGE   CHECK       HEALTH   METADATA", lines[0], StringComparison.Ordinal);
        Assert.StartsWith("web-1/deploy  linux  deploy    web-deploy  read/write  unverified  ", lines[1], StringComparison.Ordinal);
        Assert.Contains("\\u{202e}evil", lines[1], StringComparison.Ordinal);
    }

    [Fact]
    public async Task E3_json_holds_nothing_a_terminal_could_obey()
    {
        await InitAsync();
        await _line.OkAsync("resource edit web-1 --meta 'note=<\u202e&+é>'");
        string json = (await _line.RunAsync("resource show web-1 --json")).Out;
        Assert.DoesNotContain(json, c => c is (< ' ' and not '\n') or > '~');
        using JsonDocument read = JsonDocument.Parse(json);
        Assert.Equal("<\u202e&+é>", read.RootElement.GetProperty("metadata").GetProperty("note").GetString());
    }

    [Fact]
    public async Task D6_a_secret_is_in_no_answer_but_the_one_that_reveals_it()
    {
        await InitAsync();
        string said = "";
        foreach (string line in new[] { "account show web-1/deploy", "account show web-1/deploy --json", "account list", "account history web-1/deploy", "account check web-1/deploy", "resource show web-1" })
        {
            CommandLineHarness.Answer answer = await _line.RunAsync(line);
            said += answer.Out + answer.Error;
        }

        Assert.DoesNotContain(Canary, said, StringComparison.Ordinal);
        Assert.Equal(Canary + "\n", (await _line.RunAsync("account reveal web-1/deploy --reason test")).Out);
    }

    [Theory]
    [InlineData("  two words \t")]
    [InlineData("ends with newline\n")]
    [InlineData("pässwörd ☃ \"'$`\\")]
    public async Task A_password_from_stdin_loses_one_final_newline_and_nothing_else(string password)
    {
        await InitAsync();
        await _line.OkAsync("account edit web-1/deploy --password-stdin --unverified", password + "\n");
        using JsonDocument revealed = JsonDocument.Parse((await _line.RunAsync("account reveal web-1/deploy --reason test --json")).Out);
        Assert.Equal(password, revealed.RootElement.GetProperty("password").GetString());
    }

    [Fact]
    public async Task A_key_is_made_in_the_vault_and_its_public_half_alone_is_shown()
    {
        await InitAsync();
        CommandLineHarness.Answer added = await _line.RunAsync("account add web-1/robot --username robot --generate-key");
        Assert.Equal(0, added.Code);
        Assert.StartsWith("ssh-ed25519 AAAA", added.Out, StringComparison.Ordinal);
        Assert.Contains("pamtui account check web-1/robot", added.Error, StringComparison.Ordinal);

        using JsonDocument shown = JsonDocument.Parse((await _line.RunAsync("account show web-1/robot --json")).Out);
        Assert.Equal("unverified", shown.RootElement.GetProperty("checkState").GetString());
        Assert.Equal(added.Out.Trim(), shown.RootElement.GetProperty("publicKey").GetProperty("line").GetString());
        Assert.Equal(256, shown.RootElement.GetProperty("publicKey").GetProperty("bits").GetInt32());
        Assert.Contains(added.Out.Trim(), (await _line.RunAsync("account show web-1/robot")).Out, StringComparison.Ordinal);
        Assert.DoesNotContain("PRIVATE KEY", shown.RootElement.GetRawText() + added.Out + added.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Metadata_that_an_account_has_from_its_resource_is_shown_as_such_unless_it_has_its_own()
    {
        await InitAsync();
        await _line.OkAsync("resource edit web-1 --meta env=prod --meta team=web");
        await _line.OkAsync("account edit web-1/deploy --meta team=ops");

        using JsonDocument shown = JsonDocument.Parse((await _line.RunAsync("account show web-1/deploy --json")).Out);
        Assert.Equal("ops", shown.RootElement.GetProperty("metadata").GetProperty("team").GetString());
        Assert.Equal(["env: \"prod\"", "owner: \"ops\""], shown.RootElement.GetProperty("inheritedMetadata").EnumerateObject().Select(pair => $"{pair.Name}: {pair.Value.GetRawText()}"));
        string text = (await _line.RunAsync("account show web-1/deploy")).Out;
        Assert.Matches("Of its resource +env=prod", text);
        Assert.DoesNotContain("team=web", text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_check_that_fails_saves_nothing_and_says_the_stage()
    {
        await InitAsync();
        CommandLineHarness.Answer answer = await _line.RunAsync("account add web-1/other --username other --password-stdin", "x");
        Assert.Equal(1, answer.Code);
        Assert.Contains("--unverified", answer.Error, StringComparison.Ordinal);
        Assert.Equal(3, (await _line.RunAsync("account show web-1/other")).Code);
    }

    [Theory]
    [InlineData("resource add Web_1 --kind linux --host h", 2)]
    [InlineData("resource add web-9 --kind windows --host h", 2)]
    [InlineData("resource add web-9 --kind linux --host h --port 0", 2)]
    [InlineData("resource add web-9 --kind linux --host h --port 65536", 2)]
    [InlineData("resource add web-9 --kind linux --host h --port 22x", 2)]
    [InlineData("resource add web-9 --kind linux --host h --database d", 2)]
    [InlineData("resource add web-9 --kind mysql --host h --host-key SHA256:x", 2)]
    [InlineData("resource add web-9 --kind mysql --host h --tls-mode maybe", 2)]
    [InlineData("resource add web-9 --kind linux --host h --meta a=1 --meta a=2", 2)]
    [InlineData("resource add web-9 --kind linux --host h --meta novalue", 2)]
    [InlineData("resource add web-9 --kind linux --host h --host-key-file /nowhere", 3)]
    [InlineData("resource add web-1 --kind linux --host h", 1)]
    [InlineData("resource show none", 3)]
    [InlineData("account show web-1", 2)]
    [InlineData("account show web-1/none", 3)]
    [InlineData("account list '\"open'", 2)]
    [InlineData("account list '(env=prod'", 2)]
    [InlineData("account add web-1/x --username x --private-key-file /nowhere", 3)]
    [InlineData("account add web-1/x --username x --password-stdin --private-key-file /nowhere", 2)]
    [InlineData("account add web-1/x --username x", 2)]
    [InlineData("account add web-1/x --username x --generate-key --private-key-file /nowhere", 2)]
    [InlineData("account add web-1/x --username x --generate-key --password-stdin", 2)]
    [InlineData("account edit web-1/deploy --unset-meta none", 3)]
    [InlineData("user add Bob", 2)]
    [InlineData("user add bob --role king", 2)]
    [InlineData("user key add alice /nowhere", 3)]
    [InlineData("session list --limit 0", 2)]
    public async Task Bad_input_gets_one_sentence_its_code_and_changes_nothing(string line, int code)
    {
        await InitAsync();
        string before = (await _line.RunAsync("resource list --json")).Out + (await _line.RunAsync("account list --json")).Out + (await _line.RunAsync("user list --json")).Out;
        CommandLineHarness.Answer answer = await _line.RunAsync(line);
        Assert.True(answer.Code == code, answer.ToString());
        Assert.StartsWith("pamtui: ", answer.Error, StringComparison.Ordinal);
        Assert.Single(answer.Error.TrimEnd('\n').Split('\n'));
        Assert.Equal(before, (await _line.RunAsync("resource list --json")).Out + (await _line.RunAsync("account list --json")).Out + (await _line.RunAsync("user list --json")).Out);
    }

    [Fact]
    public async Task Removal_wants_the_name_typed_or_yes()
    {
        await InitAsync();
        CommandLineHarness.Answer nobody = await _line.RunAsync("account remove web-1/deploy");
        Assert.Equal(1, nobody.Code);
        Assert.Contains("--yes", nobody.Error, StringComparison.Ordinal);
        Assert.Equal(1, (await _line.RunAsync("account remove web-1/deploy", "", "web-1/deplo")).Code);
        Assert.Equal(0, (await _line.RunAsync("account show web-1/deploy")).Code);
        Assert.Equal(0, (await _line.RunAsync("account remove web-1/deploy", "", "web-1/deploy")).Code);
        Assert.Equal(0, (await _line.RunAsync("resource remove web-1 --yes")).Code);
        Assert.Equal(3, (await _line.RunAsync("resource remove web-1 --yes")).Code);
    }

    [Fact]
    public async Task Metadata_of_an_edit_changes_only_what_is_named()
    {
        await InitAsync();
        await _line.OkAsync("resource edit web-1 --meta env=test --meta new=1 --unset-meta owner");
        Assert.Contains("Metadata     env=test\nMetadata     new=1\n", (await _line.RunAsync("resource show web-1")).Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_known_hosts_file_pins_every_key_of_the_host()
    {
        await InitAsync();
        string file = _line.Write("known_hosts", $"[127.0.0.1]:2 {Key}\n");
        await _line.OkAsync($"resource add web-2 --kind linux --host 127.0.0.1 --port 2 --host-key-file {file}");
        Assert.Contains("known_hosts", (await _line.RunAsync("resource host-key list web-2")).Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_backup_is_restored_with_its_key_into_an_empty_folder()
    {
        await InitAsync();
        string backup = Path.Combine(Path.GetDirectoryName(_line.Folder)!, "backup.db");
        string other = Path.Combine(Path.GetDirectoryName(_line.Folder)!, "other");
        await _line.OkAsync($"vault backup {backup}");
        Assert.Equal(1, (await _line.RunAsync($"vault backup {backup}")).Code);
        Assert.Equal(1, (await _line.RunAsync($"vault restore {backup}")).Code);
        await _line.OkAsync($"vault restore {backup} --master-key-file {_line.Folder}/master.key --data {other}");
        Assert.Equal(Canary + "\n", (await _line.RunAsync($"account reveal web-1/deploy --reason test --data {other}")).Out);
    }

    [Fact]
    public async Task Rekey_to_a_passphrase_asks_for_it_and_opens_with_it_from_then_on()
    {
        await InitAsync();
        Assert.Equal(0, (await _line.RunAsync("vault rekey")).Code);
        CommandLineHarness.Answer rekeyed = await _line.RunAsync("vault rekey --master-key passphrase", "", "correct horse battery", "correct horse battery");
        Assert.True(rekeyed.Code == 0, rekeyed.ToString());
        Assert.NotEqual(0, (await _line.RunAsync("account list")).Code);
        Assert.NotEqual(0, (await _line.RunAsync("account list", "", "wrong horse battery")).Code);
        Assert.Equal(0, (await _line.RunAsync("account list", "", "correct horse battery")).Code);
    }

    [Fact]
    public async Task The_doctor_names_what_to_look_at_and_settings_that_are_wrong()
    {
        await InitAsync();
        CommandLineHarness.Answer first = await _line.RunAsync("doctor");
        Assert.Equal(1, first.Code);
        Assert.Contains("web-1/deploy", first.Out, StringComparison.Ordinal);
        File.WriteAllText(Path.Combine(_line.Folder, "appsettings.json"), "{ \"Gatway\": {} }");
        Assert.Contains("Gatway", (await _line.RunAsync("doctor --json")).Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_gateway_with_an_unknown_setting_does_not_start_and_names_it()
    {
        await InitAsync();
        File.WriteAllText(Path.Combine(_line.Folder, "appsettings.json"), "{ \"Gateway\": { \"Prot\": 1 } }");
        CommandLineHarness.Answer answer = await _line.RunAsync("gateway");
        Assert.Equal(2, answer.Code);
        Assert.Contains("Gateway:Prot", answer.Error, StringComparison.Ordinal);
        Assert.Equal(2, (await _line.RunAsync("gateway --listen nowhere")).Code);
    }

    [Fact]
    public async Task CA_of_host_keys_is_given_shown_and_forgotten()
    {
        const string Ca = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJZ2zXwNQ3yIlqnbTqk5sp0b7EcyPYYyS7YJrOBJlmUl";
        await InitAsync();

        await _line.OkAsync($"resource add web-7 --kind linux --host 127.0.0.1 --port 1 --host-ca '{Ca} ops'");
        string shown = (await _line.RunAsync("resource show web-7")).Out;
        Assert.Contains("Host CA", shown, StringComparison.Ordinal);
        Assert.DoesNotContain("nothing is sent", shown, StringComparison.Ordinal);
        string fingerprint = shown.Split(' ').First(word => word.StartsWith("SHA256:", StringComparison.Ordinal));
        Assert.Contains("\"hostCas\": [", (await _line.RunAsync("resource show web-7 --json")).Out, StringComparison.Ordinal);
        await _line.OkAsync($"resource host-key remove web-7 {fingerprint} --yes");
        Assert.Contains("nothing is sent", (await _line.RunAsync("resource show web-7")).Out, StringComparison.Ordinal);
        await _line.OkAsync($"resource edit web-7 --host-ca '{Ca}'");
        Assert.Contains(fingerprint, (await _line.RunAsync("resource host-key list web-7")).Out, StringComparison.Ordinal);

        Assert.Equal(2, (await _line.RunAsync("resource edit web-7 --host-ca 'restrict ssh-ed25519 AAAA'")).Code);
        Assert.Equal(3, (await _line.RunAsync($"resource host-key accept web-7 {fingerprint}")).Code);
        Assert.Equal(2, (await _line.RunAsync($"resource add db --kind mysql --host h --host-ca '{Ca}'")).Code);
    }

    [Theory]
    [InlineData("vault backup x.db")]
    [InlineData("vault rekey")]
    [InlineData("init")]
    [InlineData("gateway")]
    [InlineData("demo")]
    [InlineData("completion bash")]
    [InlineData("account add web-1/x --username x --private-key-file /etc/ssh/ssh_host_ed25519_key")]
    [InlineData("resource add db --kind mysql --host h --tls-ca /etc/passwd")]
    [InlineData("resource add web-3 --kind linux --host h --host-key-file /etc/passwd")]
    [InlineData("user add mallory --key /etc/passwd")]
    [InlineData("user key add alice /etc/passwd")]
    public async Task Over_ssh_what_is_of_the_machine_is_refused_with_the_way_to_do_it(string line)
    {
        await InitAsync();
        CommandLineHarness.Answer answer = await _line.RunRemoteAsync("alice", line);
        Assert.True(answer.Code == 4, answer.ToString());
        Assert.DoesNotContain("root:", answer.Out + answer.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Over_ssh_the_folder_cannot_be_chosen()
    {
        await InitAsync();
        Assert.Equal(2, (await _line.RunRemoteAsync("alice", "--data /tmp account list")).Code);
        Assert.Equal(2, (await _line.RunRemoteAsync("alice", "account list --config /etc/passwd")).Code);
    }

    [Fact]
    public async Task Over_ssh_files_come_on_stdin()
    {
        await InitAsync();
        CommandLineHarness.Answer answer = await _line.RunRemoteAsync("alice", "user add bob --key -", Key.Replace("alice@laptop", "bob", StringComparison.Ordinal).Replace("JlmUl", "JlmUm", StringComparison.Ordinal));
        Assert.True(answer.Code == 0, answer.ToString());
    }

    [Fact]
    public async Task Over_ssh_a_member_sees_nothing_without_a_grant_and_may_change_nothing()
    {
        await InitAsync();
        await _line.OkAsync("user add bob");
        Assert.Equal("[]\n", (await _line.RunRemoteAsync("bob", "account list --json")).Out);
        Assert.Equal(3, (await _line.RunRemoteAsync("bob", "account show web-1/deploy")).Code);
        Assert.NotEqual(0, (await _line.RunRemoteAsync("bob", "account reveal web-1/deploy --reason x")).Code);
        Assert.NotEqual(0, (await _line.RunRemoteAsync("bob", "user add eve --role admin")).Code);
        Assert.NotEqual(0, (await _line.RunRemoteAsync("bob", "resource remove web-1 --yes")).Code);
        Assert.Equal(0, (await _line.RunAsync("resource show web-1")).Code);
    }

    public void Dispose() => _line.Dispose();

    private async Task InitAsync()
    {
        await _line.OkAsync($"init --admin alice --admin-key {_line.Write("alice.pub", Key)}");
        await _line.OkAsync($"resource add web-1 --kind linux --host 127.0.0.1 --port 1 --host-key {Pin} --meta env=prod --meta owner=ops");
        await _line.OkAsync(
            "account add web-1/deploy --username deploy --password-stdin --alias web-deploy --privilege read/write --meta team=payments --unverified", Canary + "\n");
    }

    private static string Timeless(string json) =>
        System.Text.RegularExpressions.Regex.Replace(json, @"""\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ""", "\"TIME\"");
}
