using System.Data;
using System.Data.Common;
using Npgsql;
using SmeFinancialOs.Data.Statements;

namespace SmeFinancialOs.Data.Rows;

/// <summary>
/// The columns of a join, as several objects. As in Dapper each object but the first begins at a column of a given name, looked for from the right; an object
/// whose first column is NULL is null.
/// </summary>
internal sealed class JoinedRow
{
    private readonly string[] _names;
    private readonly Type[] _types;

    /// <exception cref="ArgumentException">The names are blank, or not one for all objects and not one for each but the first.</exception>
    public JoinedRow(string splitOn, params Type[] types)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(splitOn);
        _types = types;
        _names = splitOn.Split(',', StringSplitOptions.TrimEntries);
        if (_names.Any(string.IsNullOrEmpty) || (_names.Length != 1 && _names.Length != types.Length - 1))
        {
            throw new ArgumentException(
                "Name the columns at which the objects behind the first one begin, separated by commas: one for each of them, or one that is the same for all.",
                nameof(splitOn));
        }
    }

    public Func<DbDataReader, TResult> Map<T1, T2, TResult>(NpgsqlDataReader reader, Statement statement, Func<T1, T2?, TResult> map)
    {
        var starts = Starts(reader);
        var first = RowMapper.For<T1>(reader, statement, 0, starts[1]);
        var second = RowMapper.For<T2?>(reader, statement, starts[1], starts[2], isOptional: true);
        return row => map(first(row), second(row));
    }

    public Func<DbDataReader, TResult> Map<T1, T2, T3, TResult>(
        NpgsqlDataReader reader, Statement statement, Func<T1, T2?, T3?, TResult> map)
    {
        var starts = Starts(reader);
        var first = RowMapper.For<T1>(reader, statement, 0, starts[1]);
        var second = RowMapper.For<T2?>(reader, statement, starts[1], starts[2], isOptional: true);
        var third = RowMapper.For<T3?>(reader, statement, starts[2], starts[3], isOptional: true);
        return row => map(first(row), second(row), third(row));
    }

    /// <summary>Where each object begins, and the end of the last one.</summary>
    private int[] Starts(NpgsqlDataReader reader)
    {
        var starts = new int[_types.Length + 1];
        starts[^1] = reader.FieldCount;
        for (var part = _types.Length - 1; part > 0; part--)
        {
            var name = _names[_names.Length == 1 ? 0 : part - 1];
            starts[part] = starts[part + 1] - 1;
            while (starts[part] > 0 && !string.Equals(reader.GetName(starts[part]), name, StringComparison.OrdinalIgnoreCase))
                starts[part]--;
            if (starts[part] <= 0)
            {
                throw new DataException(
                    $"The rows have no column \"{name}\" at which {_types[part]} could begin. Name such a column with splitOn, "
                    + $"behind those of {_types[part - 1]}.");
            }
        }

        return starts;
    }
}
