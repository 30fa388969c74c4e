using System.Data.Common;
using System.Diagnostics.CodeAnalysis;
using System.Reflection;

namespace PamTui.Core.Storage;

/// <summary>
/// Reads rows: a number or a text is the only column; of an object, a column is the property of its name, '_' left out, and null leaves the
/// property as it is. A property is what SQLite stores: long, bool, string, byte[]. Nothing is compiled while the program runs.
/// </summary>
internal static class RowMap<[DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicParameterlessConstructor | DynamicallyAccessedMemberTypes.PublicProperties)] T>
{
    private static readonly bool s_isColumn = typeof(T) == typeof(string) || typeof(T).IsValueType;

    private static readonly Dictionary<string, Action<T, DbDataReader, int>> s_properties = typeof(T).GetProperties()
        .Where(property => property.SetMethod is not null)
        .ToDictionary(property => property.Name, SetterOf, StringComparer.OrdinalIgnoreCase);

    /// <summary>What reads this result's rows, as its columns come.</summary>
    public static Func<DbDataReader, T> Of(DbDataReader result)
    {
        if (s_isColumn)
        {
            return static reader => reader.IsDBNull(0) ? default! : reader.GetFieldValue<T>(0);
        }

        Action<T, DbDataReader, int>?[] columns = [.. Enumerable.Range(0, result.FieldCount)
            .Select(column => s_properties.GetValueOrDefault(result.GetName(column).Replace("_", "", StringComparison.Ordinal)))];
        return reader =>
        {
            T row = Activator.CreateInstance<T>();
            for (int column = 0; column < columns.Length; column++)
            {
                if (columns[column] is { } set && !reader.IsDBNull(column))
                {
                    set(row, reader, column);
                }
            }

            return row;
        };
    }

    private static Action<T, DbDataReader, int> SetterOf(PropertyInfo property)
    {
        Type type = property.PropertyType;
        return type == typeof(long) ? As<long>(static (reader, column) => reader.GetInt64(column))
            : type == typeof(long?) ? As<long?>(static (reader, column) => reader.GetInt64(column))
            : type == typeof(string) ? As<string>(static (reader, column) => reader.GetString(column))
            : type == typeof(bool) ? As<bool>(static (reader, column) => reader.GetBoolean(column))
            : type == typeof(byte[]) ? As<byte[]>(static (reader, column) => reader.GetFieldValue<byte[]>(column))
            : throw new NotSupportedException($"{typeof(T).Name}.{property.Name}: no column is a {type.Name}.");

        Action<T, DbDataReader, int> As<TValue>(Func<DbDataReader, int, TValue> read)
        {
            Action<T, TValue> set = property.SetMethod!.CreateDelegate<Action<T, TValue>>();
            return (row, reader, column) => set(row, read(reader, column));
        }
    }
}
