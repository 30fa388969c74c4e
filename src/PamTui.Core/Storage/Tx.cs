using System.Data.Common;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Reflection;

namespace PamTui.Core.Storage;

/// <summary>One transaction: what every statement runs in. Rows are read as <see cref="RowMap{T}"/> says.</summary>
internal sealed class Tx(DbConnection connection, DbTransaction transaction, CancellationToken ct)
{
    private const DynamicallyAccessedMemberTypes Row = DynamicallyAccessedMemberTypes.PublicParameterlessConstructor | DynamicallyAccessedMemberTypes.PublicProperties;

    public CancellationToken Cancellation => ct;

    /// <param name="args">Its properties are the parameters, or it is <see cref="SqlArgs.Values"/>.</param>
    public async Task<List<T>> ListAsync<[DynamicallyAccessedMembers(Row)] T>(string sql, object? args = null)
    {
        using DbCommand command = Command(sql, args);
        using DbDataReader result = await command.ExecuteReaderAsync(ct).ConfigureAwait(false);
        Func<DbDataReader, T> read = RowMap<T>.Of(result);
        List<T> rows = [];
        while (await result.ReadAsync(ct).ConfigureAwait(false))
        {
            rows.Add(read(result));
        }

        return rows;
    }

    /// <summary>The first row, or null (zero for a number).</summary>
    public async Task<T?> FirstAsync<[DynamicallyAccessedMembers(Row)] T>(string sql, object? args = null)
    {
        using DbCommand command = Command(sql, args);
        using DbDataReader result = await command.ExecuteReaderAsync(ct).ConfigureAwait(false);
        return await result.ReadAsync(ct).ConfigureAwait(false) ? RowMap<T>.Of(result)(result) : default;
    }

    /// <summary>The number a statement counts or returns; zero: it returns none.</summary>
    public async Task<long> NumberAsync(string sql, object? args = null)
    {
        using DbCommand command = Command(sql, args);
        return await command.ExecuteScalarAsync(ct).ConfigureAwait(false) is { } number and not DBNull ? Convert.ToInt64(number, CultureInfo.InvariantCulture) : 0;
    }

    /// <summary>How many rows it changed.</summary>
    public async Task<int> ExecuteAsync(string sql, object? args = null)
    {
        using DbCommand command = Command(sql, args);
        return await command.ExecuteNonQueryAsync(ct).ConfigureAwait(false);
    }

    private DbCommand Command(string sql, object? args)
    {
        DbCommand command = connection.CreateCommand();
        command.Transaction = transaction;
#pragma warning disable CA2100 // Constants and what is put together by SqlArgs: values are parameters.
        command.CommandText = sql;
#pragma warning restore CA2100
        foreach ((string name, object? value) in args is IReadOnlyDictionary<string, object> made ? made.Select(arg => (arg.Key, (object?)arg.Value)) : PropertiesOf(args))
        {
            DbParameter parameter = command.CreateParameter();
            parameter.ParameterName = name;
            parameter.Value = value ?? DBNull.Value;
            command.Parameters.Add(parameter);
        }

        return command;
    }

    [UnconditionalSuppressMessage("Trimming", "IL2075", Justification = "Types of this program are kept whole: TrimmerRootAssembly in PamTui.csproj.")]
    private static IEnumerable<(string Name, object? Value)> PropertiesOf(object? args) =>
        args?.GetType().GetProperties(BindingFlags.Public | BindingFlags.Instance).Select(property => (property.Name, property.GetValue(args))) ?? [];
}
