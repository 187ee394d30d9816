using Npgsql;

namespace SmeFinancialOs.Data.Audit.Catalog;

// A row of each of the longer answers, column by column as CatalogQueries asks.
internal static class CatalogMaps
{
    internal static Role Role(NpgsqlDataReader r) =>
        new(r.Oid(0), r.GetString(1), r.GetBoolean(2), r.GetBoolean(3), r.GetBoolean(4), r.GetBoolean(5), r.GetBoolean(6), r.GetBoolean(7));

    internal static Membership Membership(NpgsqlDataReader r) => new(r.Oid(0), r.Oid(1), r.Oid(2), r.IsDBNull(3) ? null : r.GetBoolean(3), r.GetBoolean(4));

    internal static Relation Relation(NpgsqlDataReader r) =>
        new(r.Oid(0), r.GetString(1), r.Oid(2), r.Letter(3), r.Oid(4), r.GetBoolean(5), r.GetBoolean(6), r.GetBoolean(7), r.GetBoolean(8), r.Oids(9),
            r.Text(10));

    internal static Grant Grant(NpgsqlDataReader r) => new((GrantKind)r.GetInt32(0), r.Oid(1), r.Oid(2), r.GetString(3));

    internal static Index Index(NpgsqlDataReader r) => new(r.Oid(0), r.Oid(1), r.GetString(2), r.Text(3), r.Numbers(4),
        r.GetBoolean(5), r.GetBoolean(6), r.GetBoolean(7), r.GetBoolean(8), r.GetBoolean(9), r.Text(10));

    internal static ForeignKey ForeignKey(NpgsqlDataReader r) => new(r.GetString(0), r.Oid(1), r.Oid(2), r.Oid(3), r.Numbers(4), r.Numbers(5), r.Letter(6),
        r.Letter(7), r.Numbers(8),
        r.GetBoolean(9), r.GetBoolean(10), r.GetBoolean(11), r.GetBoolean(12));

    internal static Policy Policy(NpgsqlDataReader r) =>
        new(r.Oid(0), r.GetString(1), r.GetBoolean(2), r.Letter(3), r.Oids(4), r.Text(5), r.Text(6), r.Oids(7), r.Oids(8));

    internal static Function Function(NpgsqlDataReader r) => new(r.Oid(0), r.Oid(1), r.GetString(2), r.GetString(3), r.GetString(4), r.Oid(5),
        r.GetBoolean(6), r.GetBoolean(7), r.Letter(8),
        r.GetInt32(9), r.GetString(10), r.GetFieldValue<string[]>(11), r.GetString(12), r.GetBoolean(13), r.GetString(14), r.Text(15), r.GetBoolean(16));
}
