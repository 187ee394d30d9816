using System.Globalization;
using System.Text.Json;
using SmeFinancialOs.Data.Audit.Catalog;
using SmeFinancialOs.Data.Audit.Judging;

namespace SmeFinancialOs.Data.Audit.Probing;

/// <summary>What the audit reads, and what it takes to write rows.</summary>
internal sealed class ProbeCatalog
{
    private const string UserSchemas = "NOT IN ('pg_catalog', 'information_schema', 'pg_toast')";

    private const string Columns = $"""
        SELECT a.attrelid, a.attname, a.atttypid, format_type(a.atttypid, a.atttypmod), (a.attnotnull OR t.typnotnull)::text,
            coalesce(nullif(a.attidentity, ''), ' ')::text, coalesce(nullif(a.attgenerated, ''), ' ')::text, pg_get_expr(d.adbin, d.adrelid)
        FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid JOIN pg_namespace n ON n.oid = c.relnamespace JOIN pg_type t ON t.oid = a.atttypid
        LEFT JOIN pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
        WHERE c.relkind IN ('r', 'p', 'v', 'm') AND a.attnum > 0 AND NOT a.attisdropped AND n.nspname {UserSchemas} ORDER BY a.attrelid, a.attnum
        """;

    private const string Types = """
        SELECT t.oid, format_type(t.oid, NULL), t.typtype::text, (t.typelem <> 0 AND t.typcategory = 'A')::text,
            to_jsonb(CASE WHEN t.typtype = 'd' THEN ARRAY[t.typbasetype] WHEN t.typcategory = 'A' THEN ARRAY[t.typelem]
                 WHEN t.typtype = 'r' THEN ARRAY(SELECT r.rngsubtype FROM pg_range r WHERE r.rngtypid = t.oid)
                 WHEN t.typtype = 'm' THEN ARRAY(SELECT r.rngtypid FROM pg_range r WHERE r.rngmultitypid = t.oid)
                 WHEN t.typtype = 'c' THEN ARRAY(SELECT a.atttypid FROM pg_attribute a WHERE a.attrelid = t.typrelid AND a.attnum > 0 AND NOT a.attisdropped
                     ORDER BY a.attnum)
                 ELSE ARRAY[]::oid[] END)::text,
            to_jsonb(ARRAY(SELECT e.enumlabel::text FROM pg_enum e WHERE e.enumtypid = t.oid ORDER BY e.enumsortorder))::text,
            coalesce((SELECT string_agg(pg_get_constraintdef(k.oid), ' AND ') FROM pg_constraint k WHERE k.contypid = t.oid), '')
        FROM pg_type t WHERE t.typtype <> 'p'
        """;

    private const string Checks = $"""
        SELECT k.conrelid, pg_get_expr(k.conbin, k.conrelid),
            to_jsonb(ARRAY(SELECT a.attname::text FROM pg_attribute a WHERE a.attrelid = k.conrelid AND a.attnum = ANY (k.conkey)))::text
        FROM pg_constraint k JOIN pg_class c ON c.oid = k.conrelid JOIN pg_namespace n ON n.oid = c.relnamespace WHERE k.contype = 'c' AND n.nspname
            {UserSchemas}
        UNION ALL SELECT c.oid, pg_get_partition_constraintdef(c.oid),
            to_jsonb(ARRAY(SELECT a.attname::text FROM pg_attribute a WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
                           AND strpos(pg_get_partition_constraintdef(c.oid), quote_ident(a.attname)) > 0))::text
        FROM pg_class c WHERE c.relispartition AND c.relkind = 'r' AND pg_get_partition_constraintdef(c.oid) IS NOT NULL
        """;

    private const string Keys = $"""
        SELECT k.conrelid, k.confrelid, k.condeferrable::text,
            to_jsonb(ARRAY(SELECT a.attname::text FROM unnest(k.conkey) WITH ORDINALITY u (n, i) JOIN pg_attribute a ON a.attrelid = k.conrelid AND a.attnum =
            u.n ORDER BY u.i))::text,
            to_jsonb(ARRAY(SELECT a.attname::text FROM unnest(k.confkey) WITH ORDINALITY u (n, i) JOIN pg_attribute a ON a.attrelid = k.confrelid AND a.attnum =
                u.n ORDER BY u.i))::text
        FROM pg_constraint k WHERE k.contype = 'f' AND k.conparentid = 0
        """;

    private const string Functions = $"""
        SELECT p.oid, format('%I.%I', n.nspname, p.proname), format('%I.%I(%s)', n.nspname, p.proname, pg_get_function_identity_arguments(p.oid)),
            (p.prokind = 'p')::text, to_jsonb(p.proargtypes::oid[])::text, p.pronargdefaults
        FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace
        WHERE n.nspname {UserSchemas} AND p.prokind IN ('f', 'p') AND p.prorettype NOT IN ('trigger'::regtype, 'event_trigger'::regtype, 'internal'::regtype)
          AND p.provariadic = 0 AND NOT EXISTS (SELECT FROM pg_depend e WHERE e.classid = 'pg_proc'::regclass AND e.objid = p.oid AND e.deptype = 'e')
        """;

    private ProbeCatalog(DatabaseModel model)
    {
        Model = model;
        Tables = [.. model.TenantTables, .. model.ChildTables];
        RootTables = [.. Tables.Where(table => !table.Parents.Any(model.HasTenants))];
    }

    public DatabaseModel Model { get; }

    /// <summary>Those whose rows belong to tenants. Tables with a tenant column come first, and parents before their children.</summary>
    public IReadOnlyList<Relation> Tables { get; }

    /// <summary>Without partitions, and tables that inherit from another one.</summary>
    public IReadOnlyList<Relation> RootTables { get; }

    public required ILookup<uint, ProbeColumn> ColumnsOf { get; init; }

    public required IReadOnlyDictionary<uint, ProbeType> TypesByOid { get; init; }

    public required ILookup<uint, ProbeCheck> ChecksOf { get; init; }

    public required IReadOnlyList<ProbeKey> ForeignKeys { get; init; }

    public required IReadOnlyList<ProbeFunction> AllFunctions { get; init; }

    public ProbeColumn TenantColumn(Relation table) => ColumnsOf[table.Oid].First(column => column.Name == Model.TenantColumnOf(table).Name);

    /// <summary>What says whose the rows are: one for a tenant table, one for each foreign key to a parent of a child table.</summary>
    public IReadOnlyList<RowOwner> OwnersOf(Relation table) => Model.IsTenantTable(table.Oid) ? [new(Model, table, null)]
        : Model.OwnerKeysOf(table.Oid) is { Count: > 0 } keys ? [.. keys.Select(key => new RowOwner(Model, table, key))]
        : [.. table.Parents.Where(Model.HasTenants).SelectMany(parent => OwnersOf(Model.Catalog.Relations[parent]))];

    public int LevelOf(Relation table) => OwnersOf(table)[0].Level;

    /// <summary>A partition is bound by the keys of what it is a part of.</summary>
    public IEnumerable<ProbeKey> KeysOf(Relation table) =>
        ForeignKeys.Where(key => key.Relation == table.Oid)
            .Concat(table.Parents.Where(Model.Catalog.Relations.ContainsKey).SelectMany(parent => KeysOf(Model.Catalog.Relations[parent])));

    /// <summary>Where rows really lie: the table itself, unless it is only the sum of its partitions.</summary>
    public IEnumerable<Relation> LeavesOf(Relation table) =>
        (table.Kind == 'r' ? [table] : Enumerable.Empty<Relation>())
        .Concat(Model.Catalog.Relations.Values.Where(child => child.Parents.Contains(table.Oid)).SelectMany(LeavesOf));

    internal static async Task<ProbeCatalog> ReadAsync(ProbeSession session, IsolationProbeOptions options)
    {
        var audit = options.ToAudit();
        var snapshot = await CatalogReader.ReadInTransactionAsync(session.Connection, audit, session.CancellationToken).ConfigureAwait(false);
        var answers = await session.ReadAsync([Columns, Types, Checks, Keys, Functions]).ConfigureAwait(false);
        return new(new DatabaseModel(snapshot, audit))
        {
            ColumnsOf = answers[0].Select(r => new ProbeColumn(Oid(r[0]), r[1]!, Oid(r[2]), r[3]!, r[4] == "true", r[5]![0], r[6]![0], r[7]))
                .ToLookup(column => column.Relation),
            TypesByOid = answers[1].Select(r => new ProbeType(Oid(r[0]), r[1]!, r[2]![0], Oids(r[4]), r[3] == "true", Texts(r[5]), r[6]!))
                .ToDictionary(type => type.Oid),
            ChecksOf = answers[2].Select(r => new ProbeCheck(Oid(r[0]), r[1]!, Texts(r[2]))).ToLookup(check => check.Relation),
            ForeignKeys = [.. answers[3].Select(r => new ProbeKey(Oid(r[0]), Oid(r[1]), Texts(r[3]), Texts(r[4]), r[2] == "true"))],
            AllFunctions = [.. answers[4].Where(r => snapshot.Functions.ContainsKey(Oid(r[0])))
                .Select(r => new ProbeFunction(Oid(r[0]), r[1]!, r[2]!, r[3] == "true", Oids(r[4]), int.Parse(r[5]!, CultureInfo.InvariantCulture)))],
        };
    }

    private static uint Oid(string? text) => uint.Parse(text!, CultureInfo.InvariantCulture);

    private static string[] Texts(string? json) => JsonSerializer.Deserialize<string[]>(json!)!;

    private static uint[] Oids(string? json) => [.. JsonSerializer.Deserialize<JsonElement[]>(json!)!.Select(element => Oid(element.ToString()))];
}
