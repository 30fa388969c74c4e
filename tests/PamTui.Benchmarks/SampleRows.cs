using System.Globalization;
using Microsoft.Data.Sqlite;

namespace PamTui.Benchmarks;

/// <summary>Fills a new vault without credentials, straight into its tables: what a list reads.</summary>
internal static class SampleRows
{
    private const string Sql = """
        WITH RECURSIVE n (r) AS (SELECT 0 UNION ALL SELECT r + 1 FROM n WHERE r < 9999)
        INSERT INTO resources (id, name, kind, host, port, tls_mode, trust_on_first_use, description, created, updated)
        SELECT r + 1, printf('host-%05d', r), CASE r % 4 WHEN 2 THEN 'postgresql' WHEN 3 THEN 'mysql' ELSE 'linux' END,
            printf('host-%05d.example', r), 22, 'verify', 0, 'resource number ' || r, 0, 0 FROM n;

        WITH RECURSIVE k (k) AS (SELECT 0 UNION ALL SELECT k + 1 FROM k WHERE k < 9)
        INSERT INTO accounts (id, resource_id, resource, kind, name, username, credential, credential_version, alias, privilege, description, check_state, created, updated)
        SELECT (r.id - 1) * 10 + k + 1, r.id, r.name, r.kind, CASE k WHEN 0 THEN 'svc-' || (r.id - 1) ELSE 'acc-' || k END,
            'user' || (((r.id - 1) * 10 + k) % 5000), 'password', 1, CASE k WHEN 0 THEN 'alias-' || ((r.id - 1) * 10) END,
            'read-only', 'account number ' || ((r.id - 1) * 10 + k), 'verified', 0, 0
        FROM resources r, k ORDER BY r.id, k;

        INSERT INTO metadata (owner_kind, owner_id, key, value, own) SELECT 'resource', id, 'region', 'r' || (id % 10), 1 FROM resources;
        INSERT INTO metadata (owner_kind, owner_id, key, value, own) SELECT 'account', id, 'region', 'r' || (resource_id % 10), 0 FROM accounts;
        INSERT INTO metadata (owner_kind, owner_id, key, value, own)
        SELECT 'account', id, 'env', CASE id % 4 WHEN 0 THEN 'prod' WHEN 1 THEN 'test' WHEN 2 THEN 'dev' ELSE 'stage' END, 1 FROM accounts;
        INSERT INTO metadata (owner_kind, owner_id, key, value, own) SELECT 'account', id, 'team', 'team-' || (id % 50), 1 FROM accounts;
        INSERT INTO metadata (owner_kind, owner_id, key, value, own) SELECT 'account', id, 'owner', 'owner-' || (id % 1000), 1 FROM accounts;
        INSERT INTO metadata (owner_kind, owner_id, key, value, own) SELECT 'account', id, 'cost', 'cc-' || (id % 200), 1 FROM accounts;
        INSERT INTO metadata (owner_kind, owner_id, key, value, own) SELECT 'account', id, 'ticket', 'T-' || id, 1 FROM accounts;
        """;

    public static void Fill(string file)
    {
        using SqliteConnection connection = new($"Data Source={file};Pooling=False");
        connection.Open();
        using SqliteTransaction transaction = connection.BeginTransaction();
        using SqliteCommand command = connection.CreateCommand();
        command.CommandText = Sql;
        command.Transaction = transaction;
        command.ExecuteNonQuery();
        transaction.Commit();
        command.CommandText = "SELECT count(*) FROM accounts";
        command.Transaction = null;
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{command.ExecuteScalar()} accounts"));
    }
}
