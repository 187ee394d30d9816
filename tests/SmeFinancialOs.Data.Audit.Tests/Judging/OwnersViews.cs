namespace SmeFinancialOs.Data.Audit.Tests.Judging;

/// <summary>Views of a superuser over protected tables, without security_invoker.</summary>
internal static class OwnersViews
{
    private const string Others = "SELECT count(*) FROM v WHERE tenant_id = 2002";
    private const string Items = "SELECT * FROM items";

    internal static IReadOnlyList<LabelledObject> All { get; } =
    [
        View("a view of all rows", PolicyVerdict.Hole, Items, Others),
        View("a view with an alias and a condition of another kind", PolicyVerdict.Hole, "SELECT i.* FROM items i WHERE i.note <> 'x'", Others),
        View("a view with a fixed tenant", PolicyVerdict.Hole, Items + " WHERE tenant_id = $cur OR tenant_id = 2002", Others),
        View("a view with a default tenant", PolicyVerdict.Hole, Items + " WHERE tenant_id = coalesce($cur, 2002)",
            "SELECT count(*) FROM (SELECT set_config('app.tenant', '', true)) s, v"),
        View("a view with a flag", PolicyVerdict.Hole, Items + " WHERE tenant_id = $cur OR current_setting('app.all', true) = 'on'",
            "SELECT count(*) FROM (SELECT set_config('app.all', 'on', true)) s, v WHERE tenant_id = 2002"),
        View("a view that counts all rows", PolicyVerdict.Hole, "SELECT count(*) - 1 AS n FROM items", "SELECT n FROM v"),
        View("a view that rows are inserted through", PolicyVerdict.Hole, Items + " WHERE tenant_id = $cur",
            "INSERT INTO v VALUES (2002, 9, 'x') RETURNING 1::bigint", "GRANT INSERT ON v TO $web; GRANT SELECT ON v TO $web;"),
        View("a view with its own filter", PolicyVerdict.Safe, Items + " WHERE tenant_id = $cur"),
        View("a view with its own filter and an alias", PolicyVerdict.Safe,
            "SELECT i.id FROM items i WHERE i.tenant_id = $cur AND i.note <> 'x' ORDER BY i.id"),
        View("a view that counts the tenant's rows", PolicyVerdict.Safe, "SELECT note, count(*) FROM items WHERE tenant_id = $cur GROUP BY note"),
        View("a view that rows are written through, with a check", PolicyVerdict.Safe, Items + " WHERE tenant_id = $cur WITH CHECK OPTION", null,
            "GRANT SELECT, INSERT, UPDATE, DELETE ON v TO $web;"),
        View("a view without security_barrier", PolicyVerdict.NotJudged, Items + " WHERE tenant_id = $cur", null, "ALTER VIEW v RESET (security_barrier);"),
        View("a view with a condition that no sample meets", PolicyVerdict.NotJudged, Items + " WHERE tenant_id = $cur OR length(note) = 37"),
    ];

    private static LabelledObject View(string name, PolicyVerdict verdict, string query, string? attack = null, string more = "") =>
        new(name, verdict, $"CREATE VIEW v WITH (security_barrier) AS {query}; GRANT SELECT ON v TO $web; {more}", attack);
}
