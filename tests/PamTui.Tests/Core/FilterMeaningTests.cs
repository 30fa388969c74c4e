using System.Runtime.Versioning;
using PamTui.Core.Filters;
using PamTui.Core.Model;
using PamTui.Core.Users;
using static PamTui.Tests.CoreTests.TestVault;

namespace PamTui.Tests.CoreTests;

/// <summary>
/// Lists against the plain meaning of filters and grants, account by account: many filters and grants in a vault in which some pairs
/// have few owners and some so many that the statements take another shape.
/// </summary>
[UnsupportedOSPlatform("windows")]
public sealed class FilterMeaningTests
{
    private const string Rows = """
        WITH RECURSIVE n (r) AS (SELECT 1 UNION ALL SELECT r + 1 FROM n WHERE r < 60)
        INSERT INTO resources (id, name, kind, host, port, tls_mode, trust_on_first_use, description, created, updated)
        SELECT r, printf('host-%02d', r), CASE r % 4 WHEN 2 THEN 'postgresql' WHEN 3 THEN 'mysql' ELSE 'linux' END, 'h', 22, 'verify', 0, '', 0, 0 FROM n;

        WITH RECURSIVE k (k) AS (SELECT 0 UNION ALL SELECT k + 1 FROM k WHERE k < 89)
        INSERT INTO accounts (id, resource_id, resource, kind, name, username, credential, credential_version, alias, privilege, description, check_state, created, updated)
        SELECT (r.id - 1) * 90 + k + 1, r.id, r.name, r.kind, 'acc-' || k, 'user' || (k % 7), 'password', 1, CASE k WHEN 0 THEN 'alias-' || r.id END,
            '', CASE WHEN k % 13 = 0 THEN '50%_of É "quoted" it''s \ ' ELSE 'Account number ' END || k, 'verified', 0, 0
        FROM resources r, k;

        INSERT INTO metadata SELECT 'resource', id, 'region', 'r' || (id % 5), 1 FROM resources WHERE id % 2 = 0;
        INSERT INTO metadata SELECT 'resource', id, 'env', 'prod', 1 FROM resources WHERE id % 3 = 0;
        INSERT INTO metadata SELECT 'account', id, 'env', CASE id % 5 WHEN 3 THEN 'dev' ELSE 'prod' END, 1 FROM accounts WHERE id % 5 <> 4;
        INSERT INTO metadata SELECT 'account', id, 'team', 'Team-' || (id % 3), 1 FROM accounts WHERE id % 7 <> 0;
        INSERT INTO metadata SELECT 'account', id, 'owner', 'o' || (id % 500), 1 FROM accounts;
        INSERT INTO metadata SELECT 'account', id, 'ticket', 'T-' || id, 1 FROM accounts;
        INSERT INTO metadata SELECT 'account', id, 'name', '', 1 FROM accounts WHERE id % 11 = 0;
        INSERT INTO metadata SELECT 'account', a.id, r.key, r.value, 0 FROM accounts a JOIN metadata r ON r.owner_kind = 'resource' AND r.owner_id = a.resource_id
        WHERE true ON CONFLICT DO NOTHING;
        """;

    private static readonly string[] s_grantLeaves =
    [
        "env=prod", "env=dev", "env=PROD", "env!=prod", "env!=dev", "env~ro", "team=Team-1", "team!=Team-2", "team~TEAM", "-team", "team", "owner=o7", "owner=o8",
        "owner!=o7", "ticket=T-77", "ticket~T-7", "region=r2", "region!=r4", "region", "\"name\"=", "\"name\"~", "\"name\"~x", "nowhere=x", "nowhere!=x", "kind=linux",
        "kind!=linux", "resource=host-06", "resource!=host-06", "resource~-0", "name=acc-3", "name~acc-1", "username=user3", "alias=alias-5", "alias=", "alias!=alias-5",
    ];

    // May not stand in a grant.
    private static readonly string[] s_listLeaves =
    [
        "number", "NUMB", "\"t number 7\"", "\"50%_\"", "%", "_", "\"É\"", "\"é\"", "it's", "\"\\\\ 1\"", "\"\\\"q\"", "us", "1", "\"\"", "alias-1", "nowhere", "host-06", "\"team\"",
        "\"acc-1\nalias\"", "description~NUMBER", "description~%", "checkState=verified",
        "host-06/acc-1", "ACC-3@host-0", "6/c-4", "host-07/", "/acc-12", "@host-1", "host-06/acc-1/x", "a/b", "user3@host-08", "\"host-05/acc-2\"",
    ];

    [Fact]
    public async Task Filter_and_grants_select_what_each_account_alone_would_say()
    {
        await using TestVault vault = await OpenAsync();
        VaultTests.Execute(vault.File, Rows);
        List<(Account Account, Dictionary<string, string> Pairs)> rows = await RowsAsync(vault);
        Assert.Equal(5400, rows.Count);
        HashSet<string> keys = [.. rows.SelectMany(row => row.Pairs.Keys)];
        Dice dice = new();
        for (int round = 0; round < 36; round++)
        {
            Actor user = await vault.AddUserAsync("user" + round);
            List<string> grants = [.. Enumerable.Range(0, round % 12).Select(_ => Grant(dice)).Distinct()];
            foreach (string grant in grants)
            {
                Ok(await vault.Product.Grants.AddAsync(Local, new GrantDraft(user.Name, grant, Capability.Connect), Ct));
            }

            HashSet<long> seen = [.. grants.SelectMany(grant => Reached(grant, rows))];
            for (int i = 0; i < 8; i++)
            {
                string filter = i == 0 ? "" : Text(dice, [.. s_grantLeaves, .. s_listLeaves], 3);
                FilterNode node = Ok(Filter.Parse(filter));
                List<Account> matching = [.. rows.Where(row => Holds(node, row.Account, row.Pairs, keys)).Select(row => row.Account)];
                int offset = dice.Below(3) * 50;

                await SameAsync(vault, Local, filter, grants, matching, offset);
                await SameAsync(vault, user, filter, grants, [.. matching.Where(account => seen.Contains(account.Id))], offset);
            }
        }
    }

    private static async Task SameAsync(TestVault vault, Actor who, string filter, List<string> grants, List<Account> expected, int offset)
    {
        Page<Account> page = Ok(await vault.Product.Accounts.ListAsync(who, filter, new PageRequest(offset, 40), Ct));

        string asked = $"{who.Name}: [{filter}] with [{string.Join("] [", grants)}]";
        Assert.Equal($"{asked} {expected.Count}", $"{asked} {page.Total}");
        Assert.Equal(expected.Skip(offset).Take(40).Select(account => account.Reference), page.Items.Select(account => account.Reference));
    }

    private static async Task<List<(Account Account, Dictionary<string, string> Pairs)>> RowsAsync(TestVault vault)
    {
        Dictionary<string, Metadata> resources = Ok(await vault.Product.Resources.ListAsync(Local, "", new PageRequest(0, PageRequest.MaxLimit), Ct)).Items.ToDictionary(one => one.Name, one => one.Metadata);
        List<(Account, Dictionary<string, string>)> rows = [];
        for (int total = 1; rows.Count < total;)
        {
            Page<Account> page = Ok(await vault.Product.Accounts.ListAsync(Local, "", new PageRequest(rows.Count, PageRequest.MaxLimit), Ct));
            total = page.Total;
            foreach (Account account in page.Items)
            {
                Dictionary<string, string> pairs = new(resources[account.Resource], StringComparer.Ordinal);
                foreach ((string key, string value) in account.Metadata)
                {
                    pairs[key] = value;
                }

                rows.Add((account, pairs));
            }
        }

        return [.. rows.OrderBy(row => row.Item1.Resource, StringComparer.Ordinal).ThenBy(row => row.Item1.Name, StringComparer.Ordinal)];
    }

    private static IEnumerable<long> Reached(string grant, List<(Account Account, Dictionary<string, string> Pairs)> rows)
    {
        FilterNode? filter = grant.Contains('/') ? null : Ok(Filter.Parse(grant));
        return rows
            .Where(row => filter is null ? grant == row.Account.Reference.ToString() || grant == row.Account.Resource + "/*" : Holds(filter, row.Account, row.Pairs, null))
            .Select(row => row.Account.Id);
    }

    // A bare word is a key when it is among the keys; in a grant (null) always.
    private static bool Holds(FilterNode node, Account account, Dictionary<string, string> pairs, HashSet<string>? keys) => node switch
    {
        EverythingNode => true,
        AndNode and => and.Terms.All(term => Holds(term, account, pairs, keys)),
        OrNode or => or.Terms.Any(term => Holds(term, account, pairs, keys)),
        NotNode not => !Holds(not.Term, account, pairs, keys),
        WordNode word when keys?.Contains(word.Word) != false => pairs.ContainsKey(word.Word),
        WordNode word => Found(word.Word, account),
        SearchNode search => Found(search.Text, account),
        CompareNode { IsQuoted: false } compare when FieldOf(compare.Key, account) is { } field => Compares(compare, field),
        CompareNode compare => pairs.TryGetValue(compare.Key, out string? value) ? Compares(compare, value) : compare.Operator == FilterOperator.NotEqual,
        _ => throw new InvalidOperationException(node.ToString()),
    };

    private static bool Compares(CompareNode compare, string value) => compare.Operator switch
    {
        FilterOperator.Equal => value == compare.Value,
        FilterOperator.NotEqual => value != compare.Value,
        _ => Folded(value).Contains(Folded(compare.Value), StringComparison.Ordinal),
    };

    private static bool Found(string text, Account account) =>
        new[] { account.Name, account.Alias ?? "", account.Resource, account.Username, account.Description }.Any(field => Contains(field, text))
        || IsNamed(account, text.Split('/'))
        || IsNamed(account, [.. text.Split('@').Reverse()]);

    private static bool IsNamed(Account account, string[] halves) =>
        halves.Length == 2 && halves.Any(half => half.Length > 0) && Contains(account.Resource, halves[0]) && Contains(account.Name, halves[1]);

    private static bool Contains(string field, string text) => Folded(field).Contains(Folded(text), StringComparison.Ordinal);

    private static string Folded(string text) => string.Concat(text.Select(c => char.IsAsciiLetterUpper(c) ? (char)(c | 0x20) : c));

    private static string? FieldOf(string key, Account account) => key switch
    {
        "name" => account.Name,
        "resource" => account.Resource,
        "kind" => Words.Of(account.Kind),
        "username" => account.Username,
        "alias" => account.Alias ?? "",
        "description" => account.Description,
        "checkState" => Words.Of(account.CheckState),
        _ => null,
    };

    private static string Grant(Dice dice) => dice.Below(6) switch
    {
        0 => $"host-{1 + dice.Below(60):00}/*",
        1 => $"host-{1 + dice.Below(60):00}/acc-{dice.Below(90)}",
        2 or 3 => s_grantLeaves[dice.Below(s_grantLeaves.Length)],
        _ => Text(dice, s_grantLeaves, 2),
    };

    private static string Text(Dice dice, string[] leaves, int depth)
    {
        if (depth == 0 || dice.Below(3) == 0)
        {
            return leaves[dice.Below(leaves.Length)];
        }

        string[] terms = [.. Enumerable.Range(0, 2 + dice.Below(2)).Select(_ => Text(dice, leaves, depth - 1))];
        return dice.Below(5) switch
        {
            0 => "-(" + string.Join(" ", terms) + ")",
            1 or 2 => "(" + string.Join(" OR ", terms) + ")",
            3 => string.Join(" OR ", terms),
            _ => string.Join(" ", terms),
        };
    }

    /// <summary>The same throws in every run.</summary>
    private sealed class Dice
    {
        private ulong _state = 20260301;

        public int Below(int sides)
        {
            _state = unchecked((_state * 6364136223846793005) + 1442695040888963407);
            return (int)((_state >> 33) % (ulong)sides);
        }
    }
}
