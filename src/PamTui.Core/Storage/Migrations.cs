using System.Reflection;
using DbUp;
using DbUp.Engine;
using DbUp.Engine.Output;
using Microsoft.Data.Sqlite;
using PamTui.Core.Model;

namespace PamTui.Core.Storage;

/// <summary>
/// Brings a file to the schema of this program, forward only. All of it is one write transaction, so of several programs that start
/// at once one migrates and the others find the work done.
/// </summary>
internal static class Migrations
{
    private const string Journal = "schema_versions";
    private const string Suffix = ".sqlite.sql";
    private const string Room = "PamTui.Core.Storage.Migrations.";

    private static readonly string[] s_names =
    [
        .. typeof(Migrations).Assembly.GetManifestResourceNames()
            .Where(name => name.StartsWith(Room, StringComparison.Ordinal) && name.EndsWith(Suffix, StringComparison.Ordinal))
            .Order(StringComparer.Ordinal),
    ];

    /// <summary>A refusal when the file is newer than this program; it is then left as it is.</summary>
    public static Task<Result<Done>> RunAsync(Database database, CancellationToken ct) => Task.Run(() => Run(database), ct);

    /// <summary>Null when the file is a whole vault that this program can open; else why not.</summary>
    public static Task<string?> WhyNoVaultAsync(string file, CancellationToken ct) => Task.Run(
        () =>
        {
            using SqliteConnection connection = new(new SqliteConnectionStringBuilder { DataSource = file, Mode = SqliteOpenMode.ReadOnly, Pooling = false }.ToString());
            try
            {
                connection.Open();
                List<string> applied = Applied(connection);
                if (applied.Count == 0 || applied.Except(s_names, StringComparer.Ordinal).Any())
                {
                    return applied.Count == 0 ? "it has no schema" : "a newer pamtui wrote it";
                }

                using SqliteCommand check = connection.CreateCommand();
                check.CommandText = "PRAGMA quick_check(1)";
                return check.ExecuteScalar() as string == "ok" ? null : "it is damaged";
            }
            catch (SqliteException)
            {
                return "it is damaged or something else";
            }
        },
        ct);

    private static Result<Done> Run(Database database)
    {
        using (SqliteConnection connection = database.Open())
        {
            List<string> applied = Applied(connection);
            if (applied.Except(s_names, StringComparer.Ordinal).FirstOrDefault() is { } unknown)
            {
                return Newer(database, unknown);
            }

            if (applied.Count == s_names.Length)
            {
                return default(Done);
            }

            Database.Execute(connection, "PRAGMA journal_mode = WAL");
        }

        DatabaseUpgradeResult upgrade = DeployChanges.To
            .SqliteDatabase(database.ConnectionString)
            .WithScriptsEmbeddedInAssembly(Assembly.GetExecutingAssembly(), name => s_names.Contains(name, StringComparer.Ordinal))
            .JournalToSqliteTable(Journal)
            .WithTransaction()
            .WithVariablesDisabled()
            .LogTo(new NoUpgradeLog())
            .Build()
            .PerformUpgrade();
        if (!upgrade.Successful)
        {
            throw new IOException($"The vault {Text.Quote(database.File)} could not be brought to this program's form ({upgrade.ErrorScript?.Name ?? "no script"}): it is as it was.", upgrade.Error);
        }

        return default(Done);
    }

    private static List<string> Applied(SqliteConnection connection)
    {
        using SqliteCommand exists = connection.CreateCommand();
        exists.CommandText = "SELECT count(*) FROM sqlite_master WHERE type = 'table' AND name = 'schema_versions'";
        List<string> names = [];
        if ((long)exists.ExecuteScalar()! == 0)
        {
            return names;
        }

        using SqliteCommand select = connection.CreateCommand();
        select.CommandText = "SELECT ScriptName FROM schema_versions";
        using SqliteDataReader reader = select.ExecuteReader();
        while (reader.Read())
        {
            names.Add(reader.GetString(0));
        }

        return names;
    }

    private static Refusal Newer(Database database, string unknown) => Refusal.Failed(
        $"The vault {Text.Quote(database.File)} was written by a newer pamtui (it has {Text.Quote(unknown.Replace(Room, "", StringComparison.Ordinal))}): use that version, or restore a backup made before the upgrade.");

    private sealed class NoUpgradeLog : IUpgradeLog
    {
        public void LogTrace(string format, params object[] args)
        {
        }

        public void LogDebug(string format, params object[] args)
        {
        }

        public void LogInformation(string format, params object[] args)
        {
        }

        public void LogWarning(string format, params object[] args)
        {
        }

        public void LogError(string format, params object[] args)
        {
        }

        public void LogError(Exception ex, string format, params object[] args)
        {
        }
    }
}
