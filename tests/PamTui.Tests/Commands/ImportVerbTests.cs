using System.Text.Json;

namespace PamTui.Tests.Commands;

public sealed class ImportVerbTests : IDisposable
{
    private const string Canary = "c4nary-Import-7";
    private const string PrivateKey = "-----BEGIN OPENSSH PRIVATE KEY-----\nAAAA\n-----END OPENSSH PRIVATE KEY-----\n";

    private readonly CommandLineHarness _line = new();

    [Fact]
    public async Task Csv_is_looked_over_imported_and_exported_without_its_secrets()
    {
        await _line.OkAsync("init");
        string key = _line.Write("id", PrivateKey);
        string file = _line.Write("servers.csv", $"resource,host,account,password,private_key_file,meta.env\nweb-1,h1,root,{Canary},,prod\nweb-1,h1,deploy,,{key},\n");

        CommandLineHarness.Answer looked = await _line.RunAsync($"import {file} --dry-run --json");
        Assert.Equal(["add", "add", "add"], JsonDocument.Parse(looked.Out).RootElement.EnumerateArray().Select(item => item.GetProperty("action").GetString()));
        Assert.Equal("[]\n", (await _line.RunAsync("resource list --json")).Out);

        CommandLineHarness.Answer done = await _line.RunAsync($"import {file} --unverified");
        Assert.Equal((0, "3 added, 0 updated, 0 skipped, 0 failed.\n"), (done.Code, done.Out));

        string csv = (await _line.RunAsync("export")).Out;
        string config = (await _line.RunAsync("export --format ssh-config")).Out;
        string json = (await _line.RunAsync("export env=prod --json")).Out;
        Assert.Contains("linux,web-1,h1,22,,,root,root,,,,prod", csv, StringComparison.Ordinal);
        Assert.Contains("Host web-1.deploy\n    HostName h1\n    Port 22\n    User \"deploy\"\n", config, StringComparison.Ordinal);
        Assert.Single(JsonDocument.Parse(json).RootElement.GetProperty("accounts").EnumerateArray());
        Assert.DoesNotContain(Canary, looked.ToString() + done + csv + config + json, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Lines_that_failed_are_tried_again_by_their_report()
    {
        await _line.OkAsync("init");
        string file = _line.Write("servers.csv", "resource,host,account,password\nweb-1,h1,root,pw\nweb-1,h1,Bad Name,pw\n");

        CommandLineHarness.Answer first = await _line.RunAsync($"import {file} --unverified --json");
        Assert.Equal(1, first.Code);
        string report = _line.Write("report.json", first.Out);
        _line.Write("servers.csv", "resource,host,account,password\nweb-1,h1,root,pw\nweb-1,h1,good,pw\n");
        CommandLineHarness.Answer second = await _line.RunAsync($"import {file} --unverified --retry {report} --json");

        Assert.Equal(["account web-1/good"], JsonDocument.Parse(second.Out).RootElement.EnumerateArray().Select(outcome => outcome.GetProperty("subject").GetString()));
        Assert.Equal(2, (await _line.RunAsync($"import {file} --retry {file}")).Code);
    }

    [Fact]
    public async Task Export_that_was_edited_updates_the_accounts_and_keeps_their_credentials()
    {
        await _line.OkAsync("init");
        await _line.OkAsync("import - --format csv --unverified", $"resource,host,account,password,description\nweb-1,h1,root,{Canary},old\n");
        string csv = (await _line.RunAsync("export")).Out;
        string file = _line.Write("export.csv", csv);
        Assert.Equal((0, "0 added, 0 updated, 2 skipped, 0 failed.\n"), await _line.RunAsync($"import {file} --on-clash update") is var same ? (same.Code, same.Out) : default);

        _line.Write("export.csv", csv.Replace("old", "new", StringComparison.Ordinal));
        string looked = (await _line.RunAsync($"import {file} --dry-run --json")).Out;
        Assert.Equal(["same ", "clash kept"], JsonDocument.Parse(looked).RootElement.EnumerateArray().Select(item => $"{item.GetProperty("action").GetString()} {item.GetProperty("credential").GetString()}"));
        CommandLineHarness.Answer done = await _line.RunAsync($"import {file} --on-clash update");

        Assert.Equal((0, "0 added, 1 updated, 1 skipped, 0 failed.\n"), (done.Code, done.Out));
        Assert.Contains("line 3: account web-1/root updated: It keeps its credential.", done.Error, StringComparison.Ordinal);
        Assert.Contains("new", (await _line.RunAsync("account show web-1/root")).Out, StringComparison.Ordinal);
        Assert.Equal(Canary, (await _line.RunAsync("account reveal web-1/root --reason test")).Out.TrimEnd());
    }

    [Fact]
    public async Task Ssh_config_is_read_with_what_it_includes()
    {
        await _line.OkAsync("init");
        string key = _line.Write("id", PrivateKey);
        string included = _line.Write("more", $"Host web-2\n  User deploy\n  IdentityFile {key}\n");
        string file = _line.Write("ssh_config", $"Include {included}\nHost web-1\n  HostName h1\nHost *\n  Port 2200\n");

        CommandLineHarness.Answer done = await _line.RunAsync($"import {file} --unverified --trust-on-first-use");

        Assert.Equal((0, "3 added, 0 updated, 0 skipped, 0 failed.\n"), (done.Code, done.Out));
        Assert.Contains("line 2: The host 'web-1' has no User: only the resource is imported.", done.Error, StringComparison.Ordinal);
        Assert.Contains("web-2/deploy", (await _line.RunAsync("account list")).Out, StringComparison.Ordinal);
        Assert.Contains("2200", (await _line.RunAsync("resource show web-2")).Out, StringComparison.Ordinal);
        string loop = _line.Write("loop", "");
        _line.Write("loop", $"Include {loop}\n");
        Assert.Contains("deep", (await _line.RunAsync($"import {loop} --format ssh-config")).Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Host_keys_of_a_known_hosts_file_are_looked_over_and_pinned()
    {
        await _line.OkAsync("init");
        await _line.OkAsync("resource add web-1 --kind linux --host 10.0.0.5 --port 2200");
        const string Key = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJZ2zXwNQ3yIlqnbTqk5sp0b7EcyPYYyS7YJrOBJlmUl";
        string file = _line.Write("known_hosts", $"[10.0.0.5]:2200 {Key}\n10.0.0.5 {Key}\n");

        CommandLineHarness.Answer looked = await _line.RunAsync($"import {file} --dry-run --json");
        Assert.Equal(["add", "left-out"], JsonDocument.Parse(looked.Out).RootElement.EnumerateArray().Select(item => item.GetProperty("action").GetString()));
        CommandLineHarness.Answer done = await _line.RunAsync($"import {file}");
        Assert.Equal((0, "1 added, 0 updated, 1 skipped, 0 failed.\n"), (done.Code, done.Out));
        Assert.Contains("known_hosts", (await _line.RunAsync("resource show web-1")).Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Over_ssh_nothing_of_the_gateways_files_is_read()
    {
        await _line.OkAsync("init");
        await _line.OkAsync("user add alice --role admin");
        string key = _line.Write("id", PrivateKey);
        string file = _line.Write("servers.csv", "resource,host\nweb-1,h1\n");

        Assert.Equal(4, (await _line.RunRemoteAsync("alice", $"import {file}")).Code);
        Assert.Equal(4, (await _line.RunRemoteAsync("alice", "import - --format ssh-config", $"Include {file}\n")).Code);
        CommandLineHarness.Answer withKey = await _line.RunRemoteAsync("alice", "import - --format csv --unverified", $"resource,host,account,private_key_file\nweb-1,h1,root,{key}\n");
        Assert.Equal(1, withKey.Code);
        Assert.Contains("Over SSH a private key file would be the gateway's", withKey.Error, StringComparison.Ordinal);
        Assert.Equal(0, (await _line.RunRemoteAsync("alice", "import - --format csv --unverified", "resource,host,account,password\nweb-1,h1,root,pw\n")).Code);
    }

    [Fact]
    public async Task Member_exports_what_he_sees_and_imports_nothing()
    {
        await _line.OkAsync("init");
        await _line.OkAsync("user add bob");
        string csv = "resource,host,account,password\nweb-1,h1,root,pw\nweb-2,h2,root,pw\n";
        await _line.OkAsync("import - --format csv --unverified", csv);
        await _line.OkAsync("grant add bob web-1/root --can connect");

        string seen = (await _line.RunRemoteAsync("bob", "export")).Out;

        Assert.Contains("web-1", seen, StringComparison.Ordinal);
        Assert.DoesNotContain("web-2", seen, StringComparison.Ordinal);
        Assert.Equal(4, (await _line.RunRemoteAsync("bob", "import - --format csv", csv)).Code);
    }

    public void Dispose() => _line.Dispose();
}
