namespace SmeFinancialOs.Data.Audit.Tests.Judging;

/// <summary>The real parents of a child's row: document 11 and item 22 are the own tenant's, every other one another tenant's.</summary>
internal static class WitnessParents
{
    private const string OwnId = "11";
    private const string OwnItem = "22";

    /// <summary>As a superuser.</summary>
    internal static string Insert(LabelledPolicy policy, IReadOnlyList<(string Name, string Value)> row)
    {
        var ids = row.Where(item => item.Name is "doc_id" or "about" or "item_id").Select(item => item.Value).Where(value => value != "NULL")
            .Select(value => value.Trim('\'')).Append(OwnId).Append("22").Distinct().ToList();
        var sql = "";
        if (Has("docs"))
            sql += $"INSERT INTO docs (id, tenant_id, state) VALUES {string.Join(", ", ids.Select(id => $"({id}, {Tenant(id)}, 'open')"))};";
        if (Has("items"))
            sql += $"INSERT INTO items (id, doc_id) VALUES {string.Join(", ", ids.Select(id => $"({id}, {(id == OwnItem ? OwnId : "22")})"))};";
        if (Has("grants"))
            sql += policy.Before.Contains("grants (id", StringComparison.Ordinal) ? "INSERT INTO grants VALUES (11, 11, 11), (22, 22, 22);"
                : "INSERT INTO grants VALUES (11, 11), (22, 22);";
        if (Has("parts"))
        {
            sql += "INSERT INTO parts (region, no, tenant_id) VALUES (11, 11, 1001);"
                + $"INSERT INTO parts (region, no, tenant_id) SELECT {Of("region")}, {Of("no")}, 2002 WHERE ({Of("region")}, {Of("no")}) <> (11, 11);";
        }
        if (row.Any(item => item.Name == "owner"))
            sql += $"INSERT INTO orders (tenant_id, id, state) VALUES ({Of("owner")}, {Of("order_id")}, 'open') ON CONFLICT DO NOTHING;";
        return sql;

        bool Has(string table) => policy.Before.Contains($"CREATE TABLE {table} ", StringComparison.Ordinal);

        string Of(string column) => $"{row.First(item => item.Name == column).Value}::bigint";
    }

    /// <summary>What makes a row the own tenant's.</summary>
    internal static List<(string Name, string Value)> OwnKey(LabelledPolicy policy, string tenant) =>
        policy.Table.Contains("item_id", StringComparison.Ordinal) && !policy.Table.Contains("doc_id", StringComparison.Ordinal) ? [("item_id", OwnItem)]
        : policy.Table.Contains("region", StringComparison.Ordinal) ? [("region", OwnId), ("no", OwnId)]
        : policy.Table.Contains("owner bigint", StringComparison.Ordinal) ? [("owner", tenant), ("order_id", OwnId)]
        : policy.IsChild ? [("doc_id", OwnId)] : [("tenant_id", tenant)];

    private static string Tenant(string id) => id == OwnId ? "1001" : "2002";
}
