using PamTui.Servers;

namespace PamTui.EndToEnd;

/// <summary>Ansible with pipelining, which keeps one connection open and runs module after module on it.</summary>
public sealed class AnsibleTests(WorldFixture fixture) : IClassFixture<WorldFixture>
{
    [Theory]
    [InlineData("direct", "ansible_host=127.0.0.1 ansible_user=alice+deploy+web-1")]
    [InlineData("alias", "ansible_host=web-root.pam")]
    [InlineData("exact", "ansible_host=deploy+web-1.pam ansible_user=somebody")]
    public async Task Playbook_of_two_tasks_runs(string name, string host)
    {
        World world = await fixture.WorldAsync();
        string ansible = Tools.Need("ansible-playbook");
        using TempFolder remote = new();
        using TempFolder folder = new();
        folder.Write("ansible.cfg", $"""
            [defaults]
            inventory = inventory
            retry_files_enabled = False
            local_tmp = {folder.Path}/tmp
            remote_tmp = {remote.Path}/tmp
            interpreter_python = /usr/bin/python3
            [ssh_connection]
            pipelining = True
            ssh_args = -F {world.Config} -o ControlMaster=auto -o ControlPersist=5s
            control_path_dir = {folder.Path}/cp
            """);
        folder.Write("inventory", $"{name} {host}\n");
        folder.Write("source", "from the control node\n");
        folder.Write("playbook.yml", $$"""
            - hosts: all
              gather_facts: false
              tasks:
                - name: copy a file
                  copy:
                    src: source
                    dest: {{remote.Path}}/copied
                - name: run a command
                  command: cat {{remote.Path}}/copied
                  register: shown
                - name: say it
                  debug:
                    msg: "it says {{"{{"}} shown.stdout {{"}}"}}"
            """);

        RunResult result = await Run.ProgramAsync(
            ansible, ["playbook.yml"], null, new Dictionary<string, string?> { ["HOME"] = folder.Path, ["ANSIBLE_CONFIG"] = folder.PathOf("ansible.cfg") }, folder.Path, TimeSpan.FromMinutes(2));

        Assert.Contains("it says from the control node", result.Succeeded().Text, StringComparison.Ordinal);
        Assert.Equal("from the control node\n", await File.ReadAllTextAsync(remote.PathOf("copied")));
    }
}
