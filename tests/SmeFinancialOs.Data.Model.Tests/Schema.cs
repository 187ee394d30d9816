namespace SmeFinancialOs.Data.Model.Tests;

/// <summary>Two tables of a host, a parent and a child, of a random make.</summary>
internal sealed record Schema(Tenants Tenants, ColumnType ParentType, ColumnType ChildType, bool CodeIsUnique, bool CodeIsRequired, string? Check,
    string OnDelete, int? DefaultOfA)
{
    public static Schema Create(Tenants tenants, Random random) => new(
        tenants,
        Pick(random, ColumnType.All),
        Pick(random, ColumnType.All),
        random.Next(2) == 0,
        random.Next(3) == 0,
        Pick(random, [null, "a < 5", "a IS NULL OR a <> 3", "id > 0 AND coalesce(code, '') <> 'c'"]),
        Pick(random, ["CASCADE", "RESTRICT", "NO ACTION", "SET NULL (parent_id)"]),
        Pick(random, new int?[] { null, 1, 4 }));

    /// <summary>The statements that make the tables, in a schema of the search path.</summary>
    /// <param name="organizationDefault">What a row is given that does not say its organization.</param>
    public string Ddl(string organizationDefault) => $"""
        CREATE TABLE parent (
            org_id {Tenants.TypeName} NOT NULL DEFAULT {organizationDefault},
            id int NOT NULL,
            code text {(CodeIsRequired ? "NOT NULL" : "")},
            a int {(DefaultOfA is { } value ? $"DEFAULT {value}" : "")},
            b {ParentType.Name},
            PRIMARY KEY (org_id, id)
            {(CodeIsUnique ? ", UNIQUE (org_id, code)" : "")}
            {(Check is null ? "" : $", CONSTRAINT parent_check CHECK ({Check})")});
        CREATE TABLE child (
            org_id {Tenants.TypeName} NOT NULL DEFAULT {organizationDefault},
            id int NOT NULL,
            parent_id int,
            a int,
            b {ChildType.Name},
            PRIMARY KEY (org_id, id),
            FOREIGN KEY (org_id, parent_id) REFERENCES parent (org_id, id) ON DELETE {OnDelete});
        """;

    private static T Pick<T>(Random random, IReadOnlyList<T> values) => values[random.Next(values.Count)];
}

/// <summary>A type and some literals of it; one is always NULL.</summary>
internal sealed record ColumnType(string Name, params string[] Literals)
{
    public static IReadOnlyList<ColumnType> All { get; } =
    [
        new("text", "NULL", "''", "'x'", "'Ä'", "'%'"),
        new("numeric(6, 2)", "NULL", "0", "-1.5", "99.99", "100000"),
        new("date", "NULL", "'2026-01-01'", "'infinity'", "'-infinity'"),
        new("timestamptz", "NULL", "'2026-01-01 00:00+00'", "'epoch'"),
        new("boolean", "NULL", "true", "false"),
        new("jsonb", "NULL", "'{}'", "'{\"a\": [1, null]}'", "'{'"),
        new("int[]", "NULL", "'{}'", "'{1,2}'"),
        new("uuid", "NULL", "'00000000-0000-0000-0000-000000000000'", "'00000000-0000-0000-0000-000000000001'"),
        new("varchar(2)", "NULL", "'ab'", "'abc'"),
        new("bytea", "NULL", "'\\x00ff'"),
    ];
}
