using Microsoft.Data.Sqlite;
using PamTui.Core;
using PamTui.Core.Access;
using PamTui.Core.Model;
using PamTui.Core.Statements;
using PamTui.Core.Users;
using PamTui.Servers;
using static PamTui.Tests.CoreTests.TestVault;

namespace PamTui.Tests.CoreTests;

/// <summary>A vault with the database account db-1/app, to which alice may connect, and sessions of hers with statements.</summary>
internal sealed class LoggedVault : IAsyncDisposable
{
    private static readonly AccountRef s_app = new("db-1", "app");

    private LoggedVault(TestVault vault, Actor alice) => (Vault, Alice) = (vault, alice);

    public TestVault Vault { get; }

    public Actor Alice { get; }

    /// <summary>The latest one.</summary>
    public long Session { get; private set; }

    public Product Product => Vault.Product;

    public Microsoft.Extensions.Time.Testing.FakeTimeProvider Time => Vault.Time;

    public static async Task<LoggedVault> OpenAsync(string ofResource = "", string ofAccount = "", StatementOptions? options = null)
    {
        TestVault vault = await TestVault.OpenAsync(Cheap with { Statements = options ?? new StatementOptions() });
        await vault.AddResourceAsync("db-1", ofResource, ResourceKind.PostgreSql);
        await vault.AddAccountAsync("db-1/app", ofAccount);
        Actor alice = await vault.AddUserAsync("alice");
        Ok(await vault.Product.Grants.AddAsync(Local, new GrantDraft("alice", "db-1/app", Capability.Connect), Ct));
        return new LoggedVault(vault, alice);
    }

    public Statement Statement(string text, long? rows = null, string? error = null) => new(Time.GetUtcNow(), TimeSpan.Zero, text, [], rows, error, false);

    /// <summary>Statements that take about so many bytes, however well they are packed.</summary>
    public Statement[] Random(int bytes) =>
        [.. Enumerable.Range(0, bytes / 3000).Select(_ => Statement(Convert.ToBase64String(System.Security.Cryptography.RandomNumberGenerator.GetBytes(3000))))];

    public async Task<StatementLog> StartAsync()
    {
        AccessGrant grant = (await Product.Authorizer.AuthorizeAsync(Alice.UserId!.Value, s_app, Capability.Connect, Ct))!;
        Session = Ok(await Product.Sessions.StartAsync(grant, Alice.Source, "node", null, Ct));
        return await Product.Statements.OpenAsync(grant, Session, Alice.Source, Ct);
    }

    /// <summary>One more session, with these; its row stays live.</summary>
    public async Task LogAsync(params Statement[] statements)
    {
        await using StatementLog log = await StartAsync();
        foreach (Statement statement in statements)
        {
            await log.AppendAsync(statement, Ct);
        }
    }

    /// <summary>The same, in so many batches on the disk.</summary>
    public async Task LogAsync(int batches, IReadOnlyList<Statement> statements)
    {
        await using StatementLog log = await StartAsync();
        int logged = 0;
        foreach (Statement[] some in statements.Chunk((statements.Count / batches) + 1))
        {
            foreach (Statement statement in some)
            {
                await log.AppendAsync(statement, Ct);
            }

            await WrittenAsync(logged += some.Length);
        }
    }

    /// <summary>So many statements of the session are on the disk.</summary>
    public Task WrittenAsync(int statements) => Poll.UntilAsync($"{statements} statements are on the disk", async () =>
    {
        Time.Advance(TimeSpan.FromSeconds(1));
        return Ok(await Product.Statements.SummaryAsync(Local, Session, Ct)).Statements == statements;
    });

    public Task EndAsync() => Product.Sessions.EndAsync(Session, "closed", 0, 0, Ct);

    public async Task<StatementPage> ReadAsync() => Ok(await Product.Statements.ReadAsync(Alice, Session, new StatementQuery(), new PageRequest(), Ct));

    public long Count(string table)
    {
        using SqliteConnection connection = Connect();
        using SqliteCommand command = connection.CreateCommand();
        command.CommandText = "SELECT count(*) FROM " + table;
        return (long)command.ExecuteScalar()!;
    }

    public void Run(string sql)
    {
        using SqliteConnection connection = Connect();
        using SqliteCommand command = connection.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }

    /// <summary>Nobody else writes until it is disposed of.</summary>
    public SqliteConnection Lock()
    {
        SqliteConnection connection = Connect();
        using SqliteCommand command = connection.CreateCommand();
        command.CommandText = "BEGIN IMMEDIATE";
        command.ExecuteNonQuery();
        return connection;
    }

    public ValueTask DisposeAsync() => Vault.DisposeAsync();

    private SqliteConnection Connect()
    {
        SqliteConnection connection = new($"Data Source={Vault.File};Pooling=False");
        connection.Open();
        return connection;
    }
}
