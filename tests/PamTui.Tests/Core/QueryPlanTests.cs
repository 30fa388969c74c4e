using PamTui.Core.Filters;
using PamTui.Core.Model;
using PamTui.Core.Storage;
using static PamTui.Tests.CoreTests.TestVault;

namespace PamTui.Tests.CoreTests;

/// <summary>The statements behind lists and logins go through indexes: no plan may scan a table that grows with the vault.</summary>
public sealed class QueryPlanTests
{
    [Theory]
    [InlineData("", "sqlite_autoindex_accounts_2")]
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
        string plan = await PlanAsync(filter, 1);

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
        string plan = await PlanAsync(filter, 50_000);

        Assert.DoesNotContain("TEMP B-TREE", plan, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("env=prod")]
    [InlineData("env=prod team=payments")]
    [InlineData("env=prod -team")]
    public async Task Count_by_metadata_reads_no_account(string filter)
    {
        string plan = await PlanAsync(filter, null);

        Assert.Contains("COVERING INDEX metadata_by_pair (owner_kind=? AND key=?", plan, StringComparison.Ordinal);
        Assert.DoesNotContain("accounts", plan, StringComparison.Ordinal);
    }

    // The plan of the page when there are so many rows; of the count when null.
    private static async Task<string> PlanAsync(string filter, long? total)
    {
        await using TestVault vault = await GrantsTests.SampleAsync();
        using Database database = new(vault.File);
        return await database.ReadAsync(
            async tx =>
            {
                SqlArgs args = new();
                AccountQuery query = await AccountQueries.FilteredAsync(tx, Filter.Parse(filter).Value, null, args);
                string sql = total is { } rows ? AccountRows.PageSql(query, rows, new PageRequest()) : query.Count;
                return string.Join('\n', (await tx.ListAsync<PlanRow>("EXPLAIN QUERY PLAN " + sql, args.Values)).Select(row => row.Detail));
            },
            Ct);
    }

    private sealed class PlanRow
    {
        public string Detail { get; init; } = "";
    }
}
