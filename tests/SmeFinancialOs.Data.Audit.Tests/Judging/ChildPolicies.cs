namespace SmeFinancialOs.Data.Audit.Tests.Judging;

/// <summary>
/// Child tables: t has no tenant column, and its rows belong to the tenant of their parent row. $exists is the condition that a child of docs needs.
/// </summary>
internal static class ChildPolicies
{
    private const string OpenDocs = "CREATE TABLE docs (id bigint PRIMARY KEY, tenant_id bigint NOT NULL, state text); GRANT SELECT ON docs TO $web;";
    private const string ProtectDocs = "ALTER TABLE docs ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;";
    private const string Docs = OpenDocs + ProtectDocs + "CREATE POLICY d ON docs USING (tenant_id = $cur);";
    private const string OfDoc = "id bigint PRIMARY KEY, doc_id bigint NOT NULL REFERENCES docs, note text, open boolean";
    private const string OfDocOrNone = "id bigint PRIMARY KEY, doc_id bigint REFERENCES docs";
    private const string OfTwoDocs = "id bigint PRIMARY KEY, doc_id bigint NOT NULL REFERENCES docs, about bigint NOT NULL REFERENCES docs";
    private const string OpenItems = Docs + "CREATE TABLE items (id bigint PRIMARY KEY, doc_id bigint NOT NULL REFERENCES docs); "
        + "GRANT SELECT ON items TO $web;";
    private const string Items = OpenItems + "ALTER TABLE items ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY; "
        + "CREATE POLICY i ON items USING (EXISTS (SELECT FROM docs d WHERE d.id = items.doc_id));";
    private const string OfItem = "id bigint PRIMARY KEY, item_id bigint NOT NULL REFERENCES items";
    private const string Parts = "CREATE TABLE parts (region bigint, no bigint, tenant_id bigint NOT NULL, PRIMARY KEY (region, no)); "
        + "GRANT SELECT ON parts TO $web; "
        + "ALTER TABLE parts ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY; CREATE POLICY p ON parts USING (tenant_id = $cur);";
    private const string OfPart = "id bigint PRIMARY KEY, region bigint NOT NULL, no bigint NOT NULL, FOREIGN KEY (region, no) REFERENCES parts";
    private const string Grants = Docs + "CREATE TABLE grants (doc_id bigint REFERENCES docs, user_id bigint, PRIMARY KEY (doc_id, user_id)); "
        + "GRANT SELECT ON grants TO $web; "
        + "ALTER TABLE grants ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY; CREATE POLICY s ON grants FOR SELECT USING (user_id = $me);";
    private const string ByGrant = "EXISTS (SELECT FROM grants g WHERE g.doc_id = t.doc_id AND g.user_id = $me)";
    private const string GrantsWithId = Docs + "CREATE TABLE grants (id bigint PRIMARY KEY, doc_id bigint REFERENCES docs, user_id bigint); "
        + "GRANT SELECT, INSERT ON grants TO $web; ALTER TABLE grants ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY; "
        + "CREATE POLICY g ON grants USING (user_id = $me);";
    private const string OfDocAndItem = "id bigint PRIMARY KEY, doc_id bigint NOT NULL REFERENCES docs, item_id bigint NOT NULL REFERENCES items";
    private const string AsPartition = "CREATE TABLE whole (LIKE t, FOREIGN KEY (doc_id) REFERENCES docs) PARTITION BY LIST (note); "
        + "ALTER TABLE whole ATTACH PARTITION t DEFAULT;";
    private const string Exists = "EXISTS (SELECT FROM docs d WHERE d.id = t.doc_id)";
    private const string OfOrder = "id bigint PRIMARY KEY, owner bigint NOT NULL, order_id bigint NOT NULL, FOREIGN KEY (owner, order_id) REFERENCES orders";

    internal static IReadOnlyList<LabelledPolicy> All { get; } =
    [
        Hole("a child without a condition", "true"),
        Hole("a child by a column of its own", "open"),
        Hole("a child whose parent is compared with itself", "EXISTS (SELECT FROM docs d WHERE d.id = d.id)"),
        Hole("a child whose name of a column is the parent's", "EXISTS (SELECT FROM docs d WHERE d.id = id)"),
        Hole("a child that is looked up by its own id", "EXISTS (SELECT FROM docs d WHERE d.id = t.id)"),
        Hole("a child through its parent or open", $"{Exists} OR open"),
        Hole("a child of an unprotected parent", Exists, before: OpenDocs),
        Hole("a child where the tenant has any parent", "EXISTS (SELECT FROM docs d WHERE d.tenant_id = $cur)"),
        Hole("a child with a UNION", "doc_id IN (SELECT d.id FROM docs d UNION ALL SELECT t.doc_id)"),
        Hole("a child with an outer join", "EXISTS (SELECT FROM (SELECT 1) x LEFT JOIN docs d ON d.id = t.doc_id)"),
        Hole("a child with an aggregate", "EXISTS (SELECT count(*) FROM docs d WHERE d.id = t.doc_id)"),
        Hole("a child without a visible parent", "NOT " + Exists),
        Hole("a child with an OR in the sub-select", "EXISTS (SELECT FROM docs d WHERE d.id = t.doc_id OR d.state = 'open')"),
        Hole("a child where no tenant is set", $"{Exists} OR $cur IS NULL"),
        Hole("a child with a flag", $"{Exists} OR current_setting('app.mode', true) = 'all'"),
        Hole("a child of a fixed parent", $"{Exists} OR doc_id = 7"),
        Hole("a child whose parent is written in a setting", "doc_id = nullif(current_setting('app.doc', true), '')::bigint OR " + Exists),
        Hole("a child by the half of its key", "EXISTS (SELECT FROM parts p WHERE p.no = t.no)", OfPart, Parts),
        Hole("a child of an unprotected child", "EXISTS (SELECT FROM items i WHERE i.id = t.item_id)", OfItem, OpenItems),
        Hole("a child without a parent, also written", $"{Exists} OR doc_id IS NULL", OfDocOrNone),
        Hole("a child of either parent", $"{Exists} OR EXISTS (SELECT FROM docs d WHERE d.id = t.about)", OfTwoDocs),
        Hole("a child by what a user may insert", ByGrant,
            before: Grants + "GRANT INSERT ON grants TO $web; CREATE POLICY i ON grants FOR INSERT WITH CHECK (user_id = $me);"),
        Hole("a child by what a user may insert with an id", ByGrant, before: GrantsWithId),
        Hole("a child by another table's id", "EXISTS (SELECT FROM items i WHERE i.id = t.doc_id)", OfDocAndItem, Items),
        Hole("a tenant column of another name or an order", "owner = $cur OR order_id = 7", OfOrder),
        Of("a child that anybody inserts", PolicyVerdict.Hole, $"CREATE POLICY s ON t FOR SELECT USING ({Exists}); "
            + "CREATE POLICY i ON t FOR INSERT WITH CHECK (true);"),
        Of("a child that moves to another parent", PolicyVerdict.Hole, $"CREATE POLICY s ON t FOR SELECT USING ({Exists}); "
            + $"CREATE POLICY u ON t FOR UPDATE USING ({Exists}) WITH CHECK (true);"),
        Of("a child that anybody deletes", PolicyVerdict.Hole, $"CREATE POLICY s ON t FOR SELECT USING ({Exists}); "
            + "CREATE POLICY d ON t FOR DELETE USING (true);"),
        Of("a partition of a child", PolicyVerdict.Hole, AsPartition + "CREATE POLICY p ON t USING (true);"),
        Of("a child with row-level security off", PolicyVerdict.Hole, $"CREATE POLICY p ON t USING ({Exists}); ALTER TABLE t DISABLE ROW LEVEL SECURITY;"),
        Of("a child without any protection", PolicyVerdict.Hole, "ALTER TABLE t DISABLE ROW LEVEL SECURITY;"),
        Of("a child of which the app is the owner", PolicyVerdict.Hole,
            $"CREATE POLICY p ON t USING ({Exists}); ALTER TABLE t OWNER TO $web; ALTER TABLE t NO FORCE ROW LEVEL SECURITY;"),

        Safe("a child through its parent", Exists),
        Safe("a child whose parents a tenant may add", Exists, before: Docs + "GRANT INSERT ON docs TO $web;"),
        Safe("a child by IN", "doc_id IN (SELECT d.id FROM docs d)"),
        Safe("a child the other way round", "EXISTS (SELECT 1 FROM docs WHERE doc_id = docs.id)"),
        Safe("a child and another condition", $"{Exists} AND open"),
        Safe("a child whose parent has a state", "EXISTS (SELECT FROM docs d WHERE d.id = t.doc_id AND d.state = 'open')"),
        Safe("a child whose parent is filtered once more", "EXISTS (SELECT FROM docs d WHERE d.id = t.doc_id AND d.tenant_id = $cur)"),
        Safe("a child in both branches", $"({Exists} AND open) OR (doc_id IN (SELECT d.id FROM docs d) AND NOT open)"),
        Safe("a child by its whole key", "EXISTS (SELECT FROM parts p WHERE p.no = t.no AND p.region = t.region)", OfPart, Parts),
        Safe("a child of a child", "EXISTS (SELECT FROM items i WHERE i.id = t.item_id)", OfItem, Items),
        Safe("a child of a child, and of its document", "EXISTS (SELECT FROM items i WHERE i.id = t.item_id)", OfDocAndItem, Items),
        Safe("a child that answers another one", Exists, OfDoc + ", answers bigint REFERENCES t"),
        Safe("a child that refers to another document", Exists, OfTwoDocs),
        Safe("a child of both parents", $"{Exists} AND EXISTS (SELECT FROM docs d WHERE d.id = t.about)", OfTwoDocs),
        Safe("a tenant column of another name", "owner = $cur", OfOrder),
        Safe("a child by text", Exists, "id bigint PRIMARY KEY, doc_id text NOT NULL REFERENCES docs",
            Docs.Replace("id bigint PRIMARY KEY", "id text PRIMARY KEY", StringComparison.Ordinal)),
        Safe("a child by uuid", Exists, "id bigint PRIMARY KEY, doc_id uuid NOT NULL REFERENCES docs",
            Docs.Replace("id bigint PRIMARY KEY", "id uuid PRIMARY KEY", StringComparison.Ordinal)),
        Of("a partition of a child through its parent", PolicyVerdict.Safe, AsPartition + $"CREATE POLICY p ON t USING ({Exists});"),
        Of("a child with a restrictive bound", PolicyVerdict.Safe, $"CREATE POLICY p ON t USING (true); CREATE POLICY b ON t AS RESTRICTIVE USING ({Exists});"),
        Of("a child with a policy for each command", PolicyVerdict.Safe, $"CREATE POLICY s ON t FOR SELECT USING ({Exists}); "
            + $"CREATE POLICY i ON t FOR INSERT WITH CHECK ({Exists}); CREATE POLICY d ON t FOR DELETE USING (doc_id IN (SELECT d.id FROM docs d));"),
        Of("a child without a parent, only read", PolicyVerdict.Safe,
            $"CREATE POLICY s ON t FOR SELECT USING ({Exists} OR doc_id IS NULL); "
            + $"CREATE POLICY i ON t FOR INSERT WITH CHECK ({Exists});") with { Table = OfDocOrNone },
        Of("a child without a policy", PolicyVerdict.Closed, ""),

        NotJudged("a child of a parent with shared rows", Exists,
            before: OpenDocs + ProtectDocs + "CREATE POLICY d ON docs FOR SELECT USING (tenant_id = $cur OR tenant_id = 77);"),
        NotJudged("a child of a parent that is not judged", Exists,
            before: OpenDocs + ProtectDocs + "CREATE POLICY d ON docs USING (tenant_id = $cur OR length(state) = 37);"),
        NotJudged("a child of an unprotected parent that is filtered by hand",
            "EXISTS (SELECT FROM docs d WHERE d.id = t.doc_id AND d.tenant_id = $cur)", before: OpenDocs),
        NotJudged("a child by a grant that is only read", ByGrant, before: Grants),
        NotJudged("a child by a comparison of texts", "EXISTS (SELECT FROM docs d WHERE d.id::text = t.doc_id::text)"),
        NotJudged("a child between two bounds", "EXISTS (SELECT FROM docs d WHERE d.id >= t.doc_id AND d.id <= t.doc_id)"),
        NotJudged("a child or a hash", $"{Exists} OR md5(note) = 'a87ff679a2f3e71d9181a67b7542122c'"),
        NotJudged("a child by a join", "EXISTS (SELECT FROM items i JOIN docs d ON d.id = i.doc_id WHERE i.id = t.item_id)", OfItem, OpenItems),
        NotJudged("a child of a parent with an inheritance child, which may have the same id", Exists, before: Docs + "CREATE TABLE more () INHERITS (docs);"),
        NotJudged("a child by a view", "EXISTS (SELECT FROM seen d WHERE d.id = t.doc_id)",
            before: Docs + "CREATE VIEW seen WITH (security_invoker = true) AS SELECT * FROM docs; GRANT SELECT ON seen TO $web;"),
        NotJudged("a child of a parent that the role may not read", Exists,
            before: "CREATE TABLE docs (id bigint PRIMARY KEY, tenant_id bigint NOT NULL);" + ProtectDocs
                + "CREATE POLICY d ON docs USING (tenant_id = $cur);"),
        Of("a child by a definer's function", PolicyVerdict.NotJudged, """
            CREATE FUNCTION may_see(doc bigint) RETURNS boolean LANGUAGE sql STABLE SECURITY DEFINER AS
            $$ SELECT EXISTS (SELECT 1 FROM $schema.docs d WHERE d.id = doc AND d.tenant_id = $cur) $$;
            CREATE POLICY p ON t USING (may_see(doc_id));
            """),
    ];

    private static LabelledPolicy Hole(string name, string expression, string table = OfDoc, string before = Docs) =>
        Of(name, PolicyVerdict.Hole, $"CREATE POLICY p ON t USING ({expression});") with { Table = table, Before = before };

    private static LabelledPolicy Safe(string name, string expression, string table = OfDoc, string before = Docs) =>
        Of(name, PolicyVerdict.Safe, $"CREATE POLICY p ON t USING ({expression});") with { Table = table, Before = before };

    private static LabelledPolicy NotJudged(string name, string expression, string table = OfDoc, string before = Docs) =>
        Of(name, PolicyVerdict.NotJudged, $"CREATE POLICY p ON t USING ({expression});") with { Table = table, Before = before };

    private static LabelledPolicy Of(string name, PolicyVerdict verdict, string sql) => new(name, verdict, sql) { Table = OfDoc, Before = Docs };
}
