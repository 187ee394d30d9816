using Npgsql;
using NpgsqlTypes;

namespace SmeFinancialOs.Data.Bulk;

/// <summary>The values of one column, of the rows that are sent next.</summary>
internal abstract class ColumnArray<TRow>
{
    /// <summary>Takes the value of a row.</summary>
    /// <returns>How many characters or bytes it has, where that can be many.</returns>
    public abstract int Set(int index, TRow row);

    public abstract NpgsqlParameter ToParameter(int count);
}

/// <inheritdoc cref="ColumnArray{TRow}"/>
internal sealed class ColumnArray<TRow, TValue>(ColumnSource source, Func<TRow, TValue> read) : ColumnArray<TRow>
{
    private TValue[] _values = new TValue[16];

    public override int Set(int index, TRow row)
    {
        if (index == _values.Length)
            Array.Resize(ref _values, index * 4);
        try
        {
            _values[index] = read(row);
        }
        catch (UnwritableValueException fault)
        {
            throw new InvalidValueException($"{source.Property} of a row cannot be written to column \"{source.Column.Name}\": {fault.Message}");
        }

        return _values[index] switch
        {
            string text => text.Length,
            byte[] bytes => bytes.Length,
            _ => 0,
        };
    }

    public override NpgsqlParameter ToParameter(int count)
    {
        var parameter = new NpgsqlParameter<TValue[]> { TypedValue = _values.Length == count ? _values : _values[..count] };
        if (source.Encoding.DbType is { } type)
            parameter.NpgsqlDbType = NpgsqlDbType.Array | type;
        else
            parameter.DataTypeName = source.Encoding.TypeName + "[]";
        return parameter;
    }
}
