using Microsoft.Data.Sqlite;
using PamTui.Core.Model;
using PamTui.Core.Personal;
using static PamTui.Tests.CoreTests.TestVault;

namespace PamTui.Tests.CoreTests;

public sealed class FormDraftTests
{
    private const string Form = "account.add web-1";
    private static readonly Dictionary<string, string> s_values = new() { ["name"] = "deploy", ["username"] = "visible-canary", ["password"] = "secret-canary" };

    [Fact]
    public async Task Draft_comes_back_to_its_person_in_another_process_without_the_secrets()
    {
        await using TestVault vault = await OpenAsync();
        Actor alice = await vault.AddUserAsync("alice");
        Actor bob = await vault.AddUserAsync("bob");
        Ok(await vault.Product.FormDrafts.SaveAsync(alice, Form, s_values, Ct));
        Core.Product other = await vault.AnotherAsync();

        FormDraft draft = Ok(await other.FormDrafts.FindAsync(alice, Form, Ct))!;

        Assert.Equal(["name=deploy", "username=visible-canary"], draft.Values.Select(pair => $"{pair.Key}={pair.Value}"));
        Assert.Null(Ok(await other.FormDrafts.FindAsync(bob, Form, Ct)));
        Assert.Null(Ok(await other.FormDrafts.FindAsync(Local, Form, Ct)));
        Assert.Equal(RefusalKind.NotFound, (await other.FormDrafts.ForgetAsync(bob, Form, Ct)).Refusal?.Kind);
        Ok(await other.FormDrafts.ForgetAsync(alice, Form, Ct));
        Assert.Null(Ok(await other.FormDrafts.FindAsync(alice, Form, Ct)));
    }

    [Fact]
    public async Task Nothing_that_was_typed_stands_in_the_file()
    {
        await using TestVault vault = await OpenAsync();
        Ok(await vault.Product.FormDrafts.SaveAsync(Local, Form, s_values, Ct));

        foreach (string file in Directory.EnumerateFiles(vault.Folder.Path, "vault.db*"))
        {
            string bytes = System.Text.Encoding.Latin1.GetString(await ReadAsync(file));
            Assert.DoesNotContain("canary", bytes, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Draft_is_kept_for_a_day_and_a_later_one_takes_its_place()
    {
        await using TestVault vault = await OpenAsync();
        Ok(await vault.Product.FormDrafts.SaveAsync(Local, Form, s_values, Ct));
        Ok(await vault.Product.FormDrafts.SaveAsync(Local, Form, new Dictionary<string, string> { ["name"] = "later" }, Ct));

        vault.Time.Advance(TimeSpan.FromDays(1) - TimeSpan.FromSeconds(1));
        Assert.Equal("later", Ok(await vault.Product.FormDrafts.FindAsync(Local, Form, Ct))!.Values["name"]);
        Assert.Single(Ok(await vault.Product.FormDrafts.ListAsync(Local, Ct)));

        vault.Time.Advance(TimeSpan.FromSeconds(1));
        Assert.Null(Ok(await vault.Product.FormDrafts.FindAsync(Local, Form, Ct)));
        Assert.Empty(Ok(await vault.Product.FormDrafts.ListAsync(Local, Ct)));
        Ok(await vault.Product.FormDrafts.SaveAsync(Local, "other", s_values, Ct));
        Assert.Equal(1, Count(vault, "drafts"));
        Assert.Equal(1, Count(vault, "secrets WHERE owner_kind = 'draft'"));
    }

    [Fact]
    public async Task Drafts_are_bounded_and_go_with_their_user()
    {
        await using TestVault vault = await OpenAsync();
        Actor alice = await vault.AddUserAsync("alice");
        for (int i = 0; i <= FormDrafts.Max; i++)
        {
            vault.Time.Advance(TimeSpan.FromSeconds(1));
            Ok(await vault.Product.FormDrafts.SaveAsync(alice, "form " + i, s_values, Ct));
        }

        Assert.Equal(FormDrafts.Max, Ok(await vault.Product.FormDrafts.ListAsync(alice, Ct)).Count);
        Assert.Null(Ok(await vault.Product.FormDrafts.FindAsync(alice, "form 0", Ct)));
        Dictionary<string, string> large = new() { ["description"] = new string('x', FormDrafts.MaxBytes) };
        Assert.Equal(RefusalKind.Invalid, (await vault.Product.FormDrafts.SaveAsync(alice, Form, large, Ct)).Refusal?.Kind);

        Ok(await vault.Product.Users.RemoveAsync(Local, "alice", Ct));
        Assert.Equal((0, 0), (Count(vault, "drafts"), Count(vault, "secrets WHERE owner_kind = 'draft'")));
    }

    private static long Count(TestVault vault, string what)
    {
        using SqliteConnection connection = new($"Data Source={vault.File};Mode=ReadOnly;Pooling=False");
        connection.Open();
        using SqliteCommand command = connection.CreateCommand();
        command.CommandText = "SELECT count(*) FROM " + what;
        return (long)command.ExecuteScalar()!;
    }

    // SQLite has it open.
    private static async Task<byte[]> ReadAsync(string file)
    {
        await using FileStream stream = new(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        using MemoryStream content = new();
        await stream.CopyToAsync(content, Ct);
        return content.ToArray();
    }
}
