using PamTui.Core.Filters;
using PamTui.Core.Model;
using PamTui.Core.Storage;
using PamTui.Core.Users;
using static PamTui.Tests.CoreTests.TestVault;

namespace PamTui.Tests.CoreTests;

/// <summary>The statements behind lists and logins go through indexes: no plan may scan a table that grows with the vault.</summary>
public sealed class QueryPlanTests
{
    [Theory]
    [InlineData("", "COVERING INDEX")]
    [InlineData("env=prod", "metadata_by_pair")]
    [InlineData("env=prod team=payments", "metadata_by_pair")]
    [InlineData("env", "metadata_by_pair")]
    [InlineData("env=prod kind=linux", "metadata_by_pair")]
    [InlineData("alias=boss", "sqlite_autoindex_accounts_1 (alias=?)")]
    [InlineData("name=deploy", "accounts_by_name (name=?)")]
    [InlineData("resource=web-1", "sqlite_autoindex_accounts_2 (resource=?)")]
    [InlineData("username=deploy", "accounts_by_username (username=?)")]
    [InlineData("kind=linux", "accounts_by_kind (kind=?)")]
    [InlineData("checkState=failed", "accounts_by_check (check_state=?)")]
    public async Task Page_of_few_rows_is_found_by_an_index(string filter, string index)
    {
        string plan = await PlanAsync(filter, query => [.. query.Parts.Select(part => part.Ids("100")), AccountRows.PageSql(query, [1, 2], AccountOrder.Usual, new PageRequest())]);

        Assert.Contains(index, plan, StringComparison.Ordinal);
        Assert.DoesNotContain("SCAN metadata", plan, StringComparison.Ordinal);
        Assert.True(filter.Length == 0 || !plan.Contains("SCAN a", StringComparison.Ordinal), plan);
    }

    [Theory]
    [InlineData("")]
    [InlineData("env=prod")]
    [InlineData("env!=prod")]
    [InlineData("env=prod OR env=dev")]
    [InlineData("kind=linux")]
    [InlineData("word")]
    public async Task Page_of_many_rows_comes_out_of_an_index_in_its_order(string filter)
    {
        string plan = await PlanAsync(filter, query => [AccountRows.PageSql(query, null, AccountOrder.Usual, new PageRequest())]);

        Assert.DoesNotContain("TEMP B-TREE", plan, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("last-used", "accounts_by_last_used")]
    [InlineData("-last-used", "accounts_by_last_used")]
    [InlineData("last-checked", "accounts_by_checked")]
    [InlineData("check", "accounts_by_check")]
    [InlineData("name", "accounts_by_name")]
    [InlineData("username", "accounts_by_username")]
    [InlineData("kind", "accounts_by_kind")]
    [InlineData("-name", "accounts_by_name")]
    public async Task Sorted_page_of_all_accounts_is_walked_along_the_index_of_its_order(string order, string index)
    {
        IReadOnlyList<SortKey<AccountSort>> keys = Ok(SortKeys.Parse<AccountSort>(order, Words.Of));
        string plan = await PlanAsync("", (query, sorted) => [AccountRows.PageSql(query, null, sorted, new PageRequest())], null, keys);

        Assert.Contains($"SCAN a USING COVERING INDEX {index}", plan, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("env=prod")]
    [InlineData("env=prod team=payments")]
    [InlineData("env=prod -team")]
    public async Task Count_by_metadata_reads_no_account(string filter)
    {
        string plan = await PlanAsync(filter, Counts);

        Assert.Contains("COVERING INDEX metadata_by_pair (owner_kind=? AND key=?", plan, StringComparison.Ordinal);
        Assert.DoesNotContain("accounts", plan, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("payments")]
    [InlineData("payments \"web 1\"")]
    [InlineData("-payments")]
    [InlineData("web-1/deploy")]
    [InlineData("deploy@web-1")]
    public async Task Text_search_goes_once_through_the_narrow_rows_and_reads_no_account(string filter)
    {
        string plan = await PlanAsync(filter, query => [.. query.Parts.Select(part => part.Ids("100")), .. query.Parts.Select(part => part.CountAfter("7"))]);

        Assert.Equal("SCAN s\nSEARCH s USING INTEGER PRIMARY KEY (rowid>?)", plan);
    }

    [Fact]
    public async Task Text_search_beside_a_pair_asks_the_owners_of_the_pair_alone()
    {
        string plan = await PlanAsync("env=prod payments", query => [.. query.Parts.Select(part => part.Ids("100"))]);

        Assert.Equal("SEARCH d USING COVERING INDEX metadata_by_pair (owner_kind=? AND key=? AND value=?)\nSEARCH s USING INTEGER PRIMARY KEY (rowid=?)", plan);
    }

    [Theory]
    [InlineData("")]
    [InlineData("env=prod")]
    [InlineData("env=dev")]
    [InlineData("team=payments OR team=data")]
    [InlineData("-team")]
    public async Task Member_is_counted_by_the_pairs_of_his_grants_and_of_the_filter(string filter)
    {
        string plan = await PlanAsync(filter, Counts, "env=prod");

        Assert.DoesNotContain("SCAN a", plan, StringComparison.Ordinal);
        Assert.DoesNotContain("SCAN m", plan, StringComparison.Ordinal);
        Assert.DoesNotContain("TEMP B-TREE", plan, StringComparison.Ordinal);
        Assert.Contains("SEARCH d USING COVERING INDEX metadata_by_pair (owner_kind=? AND key=? AND value=?)", plan, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("env=dev", 1)]
    [InlineData("env!=prod", 1)]
    [InlineData("env=prod", 1)]
    [InlineData("", 2)]
    [InlineData("team=payments OR team=data", 2)]
    [InlineData("team=payments OR owner=data", 3)]
    public async Task Grant_that_can_share_no_account_with_the_filter_asks_nothing(string filter, int parts)
    {
        int found = 0;
        await PlanAsync(filter, query => Enumerable.Repeat("SELECT 1", found = query.Parts.Count), "env=prod");

        Assert.Equal(parts, found);
    }

    [Fact]
    public async Task Page_of_users_reads_neither_the_audit_nor_ended_sessions()
    {
        string plan = await PlanAsync("", _ => [UserRows.PageSql("u.role = 'admin'", "100", "0")]);

        Assert.Contains("audit_by_sign_in (actor=? AND at>?)", plan, StringComparison.Ordinal);
        Assert.Contains("USING INDEX sessions_live", plan, StringComparison.Ordinal);
        Assert.DoesNotContain("TEMP B-TREE", plan, StringComparison.Ordinal);
    }

    private static IEnumerable<string> Counts(AccountQuery query) => query.Parts.Select(part => part.Count);

    private static Task<string> PlanAsync(string filter, Func<AccountQuery, IEnumerable<string>> statements, string? grant = null) =>
        PlanAsync(filter, (query, _) => statements(query), grant, []);

    private static async Task<string> PlanAsync(
        string filter, Func<AccountQuery, string, IEnumerable<string>> statements, string? grant, IReadOnlyList<SortKey<AccountSort>> order)
    {
        await using TestVault vault = await GrantsTests.SampleAsync();
        Actor alice = await vault.AddUserAsync("alice");
        if (grant is not null)
        {
            Ok(await vault.Product.Grants.AddAsync(Local, new GrantDraft("alice", grant, Capability.Connect), Ct));
        }

        using Database database = new(vault.File);
        return await database.ReadAsync(
            async tx =>
            {
                SqlArgs args = new();
                Reach? visible = grant is null ? null : await GrantRows.ReachAsync(tx, alice.UserId!.Value, Capability.Connect, vault.Time.GetUtcNow(), args);
                AccountQuery query = await AccountQueries.FilteredAsync(tx, Ok(Filter.Parse(filter)), visible, args);
                List<string> plan = [];
                foreach (string sql in statements(query, await AccountOrder.SqlAsync(tx, order, owner: 0, args)))
                {
                    plan.AddRange((await tx.ListAsync<PlanRow>("EXPLAIN QUERY PLAN " + sql, args.Values)).Select(row => row.Detail));
                }

                return string.Join('\n', plan);
            },
            Ct);
    }

    private sealed class PlanRow
    {
        public string Detail { get; init; } = "";
    }
}
