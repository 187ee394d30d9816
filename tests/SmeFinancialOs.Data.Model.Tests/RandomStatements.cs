using FsCheck;
using FsCheck.Fluent;

namespace SmeFinancialOs.Data.Model.Tests;

/// <summary>Random statements over the tables of a schema. Keys are few, so that rows meet.</summary>
internal sealed class RandomStatements(Schema schema)
{
    private static readonly Gen<string> Id = Gen.Choose(0, 4).Select(id => $"{id}");
    private static readonly Gen<string> Integer = Gen.Frequency((30, Gen.Elements("NULL", "0", "1", "2", "3", "4", "5", "-1")),
        (1, Gen.Constant("2147483648")));
    private static readonly Gen<string> Code = Gen.Elements("NULL", "'a'", "'b'", "'c'", "''");

    public Gen<Statement> Any(int tenant) => Gen.Frequency((9, Insert(tenant)), (3, Update(tenant)), (2, Delete(tenant)), (6, Query(tenant)), (1, Refused));

    public Gen<Statement> Query(int tenant) => Rows(Gen.OneOf(
        from table in Table from condition in Condition(tenant, table) select $"SELECT * FROM {table} WHERE {condition}",
        from table in Table
        from limit in Gen.Choose(0, 3)
        from direction in Gen.Elements("", " DESC")
        select $"SELECT * FROM {table} ORDER BY id{direction} LIMIT {limit} OFFSET 1",
        from table in Table
        from what in Gen.Elements("count(*), sum(a), min(org_id::text)", "count(DISTINCT org_id), max(id)",
            "bool_and(a IS NOT NULL), array_agg(id ORDER BY id)")
        select $"SELECT {what} FROM {table}",
        from kind in Gen.Elements("JOIN", "LEFT JOIN", "RIGHT JOIN", "FULL JOIN")
        select $"SELECT p.id, p.a, c.id AS child, c.org_id FROM parent p {kind} child c ON c.parent_id = p.id",
        from condition in Condition(tenant, "child")
        select $"SELECT * FROM parent p WHERE EXISTS (SELECT FROM child WHERE child.parent_id = p.id AND ({condition}))",
        from table in Table
        from condition in Condition(tenant, "x")
        select $"WITH x AS MATERIALIZED (SELECT * FROM {table}) SELECT count(*), sum(a) FROM x WHERE {condition}",
        Gen.Constant("SELECT org_id, id FROM parent UNION ALL SELECT org_id, id FROM child"),
        Gen.Constant("SELECT id, row_number() OVER (ORDER BY id), count(*) OVER () FROM child"),
        Gen.Constant("SELECT p.id, l.n FROM parent p, LATERAL (SELECT count(*) AS n FROM child c WHERE c.a = p.a) l"),
        Gen.Constant("SELECT x.id FROM parent x TABLESAMPLE BERNOULLI (100)")));

    private static Gen<string> Table => Gen.Elements("parent", "child");

    /// <summary>Nobody may, in a database of its own either.</summary>
    private static Gen<Statement> Refused =>
        Gen.Elements("TRUNCATE child", "DROP TABLE child", "ALTER TABLE child ADD COLUMN x int", "CREATE INDEX ON child (a)")
        .Select(sql => new Statement(sql, IsQuery: false));

    private Gen<Statement> Insert(int tenant) =>
        from table in Table
        from organization in Gen.Frequency((5, Gen.Constant<string?>(null)), (3, Gen.Constant<string?>(Literal(tenant))),
            (1, Other(tenant).Select<string, string?>(other => other)), (1, Gen.Constant<string?>("DEFAULT")), (1, Gen.Constant<string?>("NULL")))
        from count in Gen.Frequency((3, Gen.Constant(1)), (1, Gen.Choose(2, 3)))
        from rows in Row(table).ArrayOf(count)
        from conflict in Gen.Frequency((3, Gen.Constant("")), (1, Gen.Constant(" ON CONFLICT DO NOTHING")),
            (1, Gen.Constant(" ON CONFLICT (org_id, id) DO UPDATE SET a = excluded.a")))
        from returns in Gen.Elements(true, false, false)
        let columns = (organization is null ? "" : "org_id, ") + (table == "parent" ? "id, code, a, b" : "id, parent_id, a, b")
        let values = string.Join(", ", rows.Select(row => $"({(organization is null ? "" : organization + ", ")}{row})"))
        select Written($"INSERT INTO {table} ({columns}) VALUES {values}{conflict}", returns);

    private Gen<string> Row(string table) =>
        from id in Id
        from second in table == "parent" ? Code : Gen.OneOf(Id, Gen.Constant("NULL"))
        from a in Gen.OneOf(Integer, Gen.Constant("DEFAULT"))
        from b in Gen.Elements((table == "parent" ? schema.ParentType : schema.ChildType).Literals)
        select $"{id}, {second}, {a}, {b}";

    private Gen<Statement> Update(int tenant) =>
        from table in Table
        from set in Gen.Frequency(
            (4, Integer.Select(a => $"a = {a}")),
            (2, Gen.Constant("a = a + 1")),
            (2, Gen.Elements((table == "parent" ? schema.ParentType : schema.ChildType).Literals).Select(b => $"b = {b}")),
            (2, Other(tenant).Select(other => $"org_id = {other}")),
            (1, Gen.Constant($"org_id = {Literal(tenant)}")),
            (1, Gen.Constant("a = (SELECT max(c.id) FROM child c)")))
        from condition in Condition(tenant, table)
        from returns in Gen.Elements(true, false, false)
        select Written($"UPDATE {table} SET {set} WHERE {condition}", returns);

    private Gen<Statement> Delete(int tenant) =>
        from table in Table
        from condition in Condition(tenant, table)
        from returns in Gen.Elements(true, false, false)
        select Written($"DELETE FROM {table} WHERE {condition}", returns);

    private Gen<string> Condition(int tenant, string table) => Gen.OneOf(
        Gen.Constant("true"),
        Id.Select(id => $"{table}.id = {id}"),
        Gen.Choose(0, 4).Select(a => $"{table}.a > {a} OR {table}.a IS NULL"),
        Other(tenant).Select(other => $"{table}.org_id = {other}"),
        Gen.Constant($"{table}.org_id <> {Literal(tenant)}"),
        // An error in a row of another tenant would tell that it is there.
        table == "parent" ? Gen.Constant("10 / (parent.a - 1) > 0") : Gen.Constant($"{table}.id IN (SELECT p.id FROM parent p)"));

    private Gen<string> Other(int tenant) => Gen.Choose(1, Tenants.Count - 1).Select(distance => Literal((tenant + distance) % Tenants.Count));

    private string Literal(int tenant) => schema.Tenants.Literal(tenant);

    private static Gen<Statement> Rows(Gen<string> select) =>
        select.Select(sql => new Statement($"SELECT row_to_json(t)::text AS row FROM ({sql}) t ORDER BY 1", IsQuery: true));

    private static Statement Written(string sql, bool returns) =>
        returns ? new Statement($"WITH t AS ({sql} RETURNING *) SELECT row_to_json(t)::text AS row FROM t ORDER BY 1", IsQuery: true)
            : new Statement(sql, IsQuery: false);
}
