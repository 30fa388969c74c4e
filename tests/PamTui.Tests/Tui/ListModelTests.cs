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

    [Fact]
    public async Task Rows_are_awaited_until_the_answer_to_another_question_has_come_and_not_while_the_same_is_asked_again()
    {
        await using Asked list = new();
        Assert.True(list.Model.IsAwaited);
        list.Model.Reload();
        await list.AnswerAsync("a", "b", "c");
        Assert.False(list.Model.IsAwaited);

        list.Model.Reload();
        Assert.False(list.Model.IsAwaited);
        await list.AnswerAsync("a", "b", "c");
        foreach (Action ask in (Action[])[() => list.Model.SetFilter("x"), () => list.Model.Restart(), () => list.Model.Reload(static row => row == "c")])
        {
            ask();
            Assert.True(list.Model.IsAwaited);
            await list.AnswerAsync("a", "b", "c");
            Assert.False(list.Model.IsAwaited);
        }

        list.Model.SetFilter("y");
        await list.RefuseAsync();
        Assert.False(list.Model.IsAwaited);
        list.Model.SetFilter("z");
        Assert.True(list.Model.Stop());
        Assert.False(list.Model.IsAwaited);
    }

    [Fact]
    public async Task What_was_wanted_is_still_wanted_when_the_list_is_read_again_before_the_answer()
    {
        await using Asked list = new();
        list.Model.Reload(static row => row == "c");
        list.Model.Reload();
        await list.AnswerAsync("a", "b", "c");
        Assert.Equal("c", list.Model.SelectedItem);

        list.Model.Select(0);
        list.Model.Reload();
        await list.AnswerAsync("a", "b", "c");
        Assert.Equal("a", list.Model.SelectedItem);
    }

    /// <summary>A list whose answers a test gives.</summary>
    private sealed class Asked : IAsyncDisposable
    {
        private readonly Jobs _jobs = new(static act => act());
        private TaskCompletionSource<Result<Page<string>>> _answer = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private TaskCompletionSource _changed = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Asked()
        {
            Model = new ListModel<string>(_jobs, (_, _, ct) => _answer.Task.WaitAsync(ct), static row => row[0]);
            Model.Changed += () => _changed.TrySetResult();
        }

        public ListModel<string> Model { get; }

        public Task AnswerAsync(params string[] rows) => GiveAsync(new Page<string>(rows, 0, rows.Length));

        public Task RefuseAsync() => GiveAsync(Refusal.Invalid("no"));

        public async ValueTask DisposeAsync()
        {
            await _jobs.StopAsync();
            _jobs.Dispose();
        }

        private async Task GiveAsync(Result<Page<string>> answer)
        {
            _answer.SetResult(answer);
            await _changed.Task.WaitAsync(TestVault.Ct);
            (_answer, _changed) = (new(TaskCreationOptions.RunContinuationsAsynchronously), new(TaskCreationOptions.RunContinuationsAsynchronously));
        }
    }
}
