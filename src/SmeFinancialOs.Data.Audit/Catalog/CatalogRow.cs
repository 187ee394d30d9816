using Npgsql;

namespace SmeFinancialOs.Data.Audit.Catalog;

/// <summary>
/// The current row of an answer, column by name. A name that the query does not give is an IndexOutOfRangeException of Npgsql, in any test that reads a row.
/// </summary>
internal readonly struct CatalogRow(NpgsqlDataReader reader)
{
    public uint Oid(string column) => Value<uint>(column);

    public uint[] Oids(string column) => ValueOrNull<uint[]>(column) ?? [];

    public string Text(string column) => Value<string>(column);

    public string? TextOrNull(string column) => ValueOrNull<string>(column);

    public string[] Texts(string column) => Value<string[]>(column);

    public string[]? TextsOrNull(string column) => ValueOrNull<string[]>(column);

    public bool Flag(string column) => Value<bool>(column);

    public bool? FlagOrNull(string column) => reader.IsDBNull(reader.GetOrdinal(column)) ? null : Flag(column);

    public int Integer(string column) => Value<int>(column);

    public short Number(string column) => Value<short>(column);

    public short[] Numbers(string column) => ValueOrNull<short[]>(column) ?? [];

    public char Letter(string column) => Text(column)[0];

    /// <summary>By position, for a query whose text is not ours.</summary>
    public T At<T>(int ordinal) => reader.IsDBNull(ordinal) ? default! : reader.GetFieldValue<T>(ordinal);

    private T Value<T>(string column) => reader.GetFieldValue<T>(reader.GetOrdinal(column));

    private T? ValueOrNull<T>(string column)
        where T : class => reader.IsDBNull(reader.GetOrdinal(column)) ? null : Value<T>(column);
}
