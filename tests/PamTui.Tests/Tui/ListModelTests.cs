using PamTui.Core.Model;
using PamTui.Tests.CoreTests;
using PamTui.Tui.Models;
using PamTui.Tui.Terminal;

namespace PamTui.Tests.Tui;

public sealed class ListModelTests
{
    [Fact]
    public async Task Whoever_moves_while_the_list_is_read_again_stays_where_he_went_also_when_rows_have_come_before_it()
    {
        using Jobs jobs = new(static act => act());
        TaskCompletionSource<string[]> answer = new();
        TaskCompletionSource changed = new();
        ListModel<string> list = new(jobs, async (_, _, _) => await answer.Task is var rows ? new Page<string>(rows, 0, rows.Length) : throw new InvalidOperationException(), static row => row[0]);
        list.Changed += () => changed.TrySetResult();
        list.Reload();
        answer.SetResult(["a", "b", "c"]);
        await changed.Task.WaitAsync(TestVault.Ct);
        Assert.Equal("a", list.SelectedItem);

        (answer, changed) = (new TaskCompletionSource<string[]>(), new TaskCompletionSource());
        list.Reload();
        list.Select(2);
        answer.SetResult(["_", "a", "b", "c"]);
        await changed.Task.WaitAsync(TestVault.Ct);

        Assert.Equal((3, "c"), (list.Selected, list.SelectedItem));
        await jobs.StopAsync();
    }
}
