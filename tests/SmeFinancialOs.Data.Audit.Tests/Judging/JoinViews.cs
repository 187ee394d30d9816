namespace SmeFinancialOs.Data.Audit.Tests.Judging;

/// <summary>Views of a superuser that use several tables: joins, UNION, sub-selects and CTEs.</summary>
internal static class JoinViews
{
    private const string Joined = "SELECT i.id, p.id AS part FROM items i JOIN parts p";
    private const string Parts = "SELECT count(*) FROM v WHERE part = 22";

    internal static IReadOnlyList<LabelledObject> All { get; } =
    [
        Safe("a join that filters both tables", Joined + " ON p.item_id = i.id WHERE i.tenant_id = $cur AND p.tenant_id = $cur"),
        Safe("a join on the tenant column", Joined + " ON p.tenant_id = i.tenant_id AND p.item_id = i.id WHERE i.tenant_id = $cur"),
        Safe("a join on a key whose foreign key holds the tenant", Joined + " ON p.item_id = i.id WHERE i.tenant_id = $cur"),
        Safe("a join on such a key, with the filter on the child", Joined + " ON p.item_id = i.id WHERE p.tenant_id = $cur"),
        Safe("a join with the filter in ON", Joined + " ON p.tenant_id = i.tenant_id AND i.tenant_id = $cur"),
        Safe("a join with USING", "SELECT id, p.note FROM items i JOIN prices p USING (tenant_id) WHERE tenant_id = $cur"),
        Safe("a left join with the filter on the left", "SELECT i.id FROM items i LEFT JOIN prices p ON p.tenant_id = i.tenant_id WHERE "
            + "i.tenant_id = $cur"),
        Safe("a left join with both filters", "SELECT i.id FROM items i LEFT JOIN prices p ON p.tenant_id = $cur AND p.item_id = i.id WHERE "
            + "i.tenant_id = $cur"),
        Safe("a right join with the filter on the right", "SELECT i.id FROM prices p RIGHT JOIN items i ON p.tenant_id = i.tenant_id WHERE "
            + "i.tenant_id = $cur"),
        Safe("a full join whose filters are in WHERE", "SELECT i.id FROM prices p FULL JOIN items i ON p.item_id = i.id WHERE i.tenant_id = $cur "
            + "AND p.tenant_id = $cur"),
        Safe("a join with a table of no tenant", "SELECT i.id, c.code FROM items i LEFT JOIN codes c ON c.code = i.note WHERE i.tenant_id = $cur"),
        Safe("a comma with the tenant column", "SELECT i.id FROM items i, parts p WHERE i.tenant_id = p.tenant_id AND p.tenant_id = $cur"),
        Safe("a child through its parent", "SELECT l.item_id FROM lines l JOIN items i ON i.id = l.item_id WHERE i.tenant_id = $cur"),
        Safe("a child whose parent is asked for", "SELECT l.item_id FROM lines l WHERE EXISTS (SELECT FROM items i WHERE i.id = l.item_id AND "
            + "i.tenant_id = $cur)"),
        Safe("a child whose parent is in a list", "SELECT l.item_id FROM lines l WHERE l.item_id IN (SELECT i.id FROM items i WHERE i.tenant_id = $cur)"),
        Safe("a union of two filtered queries", "SELECT id FROM items WHERE tenant_id = $cur UNION ALL SELECT id FROM parts WHERE tenant_id = $cur"),
        Safe("an EXCEPT of two filtered queries", "SELECT id FROM items WHERE tenant_id = $cur EXCEPT SELECT id FROM parts WHERE tenant_id = $cur"),
        Safe("a sub-select that is filtered outside", "SELECT s.id FROM (SELECT tenant_id, id FROM items) s WHERE s.tenant_id = $cur"),
        Safe("a sub-select that is filtered inside", "SELECT s.n FROM (SELECT count(*) AS n FROM items WHERE tenant_id = $cur) s"),
        Safe("a CTE", "WITH mine AS (SELECT * FROM items WHERE tenant_id = $cur) SELECT m.id FROM mine m JOIN parts p ON p.tenant_id = m.tenant_id"),
        Safe("a sub-select in the list that is tied to the row", "SELECT i.id, (SELECT count(*) FROM parts p WHERE p.tenant_id = i.tenant_id) AS "
            + "n FROM items i WHERE i.tenant_id = $cur"),
        Safe("a NOT EXISTS that is tied to the row", "SELECT i.id FROM items i WHERE i.tenant_id = $cur AND NOT EXISTS (SELECT FROM parts p "
            + "WHERE p.tenant_id = i.tenant_id AND p.item_id = i.id)"),
        Safe("an aggregate over a join", "SELECT i.note, sum(p.amount) AS n FROM items i JOIN prices p USING (tenant_id) WHERE i.tenant_id = "
            + "$cur GROUP BY i.note HAVING count(*) > 0"),
        Safe("a lateral sub-select", "SELECT i.id, s.n FROM items i CROSS JOIN LATERAL (SELECT max(p.id) AS n FROM parts p WHERE p.tenant_id = "
            + "i.tenant_id) s WHERE i.tenant_id = $cur"),
        Hole("a self-join with one filter", "SELECT a.id FROM items a, items b WHERE a.tenant_id = $cur", "SELECT count(*) - 1 FROM v"),
        Hole("a join with a table that has no filter", "SELECT i.id, p.id AS part FROM items i CROSS JOIN parts p WHERE i.tenant_id = $cur", Parts),
        Hole("a union whose second query has no filter", "SELECT id FROM items WHERE tenant_id = $cur UNION ALL SELECT id FROM items WHERE id = "
            + "2", "SELECT count(*) FROM v WHERE id = 2"),
        Hole("a sub-select in the list that counts all rows", "SELECT id, (SELECT count(*) FROM items x) AS n FROM items WHERE tenant_id = "
            + "$cur", "SELECT n - 1 FROM v"),
        Hole("a sub-select in FROM without a filter", "SELECT s.n - 1 AS n, i.id FROM items i, (SELECT count(*) AS n FROM items) s WHERE "
            + "i.tenant_id = $cur", "SELECT n FROM v"),
        Hole("a CTE without a filter", "WITH a AS (SELECT * FROM items) SELECT id FROM a", "SELECT count(*) FROM v WHERE id = 2"),
        Hole("a left join whose filter is on the right", "SELECT i.id FROM items i LEFT JOIN prices p ON p.tenant_id = "
            + "$cur", "SELECT count(*) FROM v WHERE id = 2"),
        Hole("a left join whose filter on the left is in ON", "SELECT i.id FROM items i LEFT JOIN prices p ON i.tenant_id = $cur AND p.tenant_id "
            + "= i.tenant_id", "SELECT count(*) FROM v WHERE id = 2"),
        Hole("a full join with the filter in ON", "SELECT i.id FROM items i FULL JOIN parts p ON i.tenant_id = $cur AND p.tenant_id = "
            + "$cur", "SELECT count(*) FROM v WHERE id = 2"),
        Hole("a table of no tenant beside one without a filter", "SELECT i.id FROM items i CROSS JOIN codes c WHERE c.code = "
            + "'a'", "SELECT count(*) FROM v WHERE id = 2"),
        Open("a join on a key that does not hold the tenant", "SELECT p.note FROM items i JOIN prices p ON p.item_id = i.id WHERE i.tenant_id = $cur",
            "SELECT count(*) FROM v WHERE note = 'stray'"),
        Open("a join on the tenant column of a row that has no filter", "SELECT i.id FROM items i JOIN prices p ON p.tenant_id = i.tenant_id "
            + "WHERE p.note = 'stray' OR i.tenant_id = $cur",
            "SELECT count(*) FROM v WHERE id = 2"),
        Open("a child without its parent", "SELECT l.item_id FROM lines l, items i WHERE i.tenant_id = $cur", "SELECT count(*) FROM v WHERE item_id = 2"),
        Open("a limit before the filter", "SELECT s.id FROM (SELECT tenant_id, id FROM items ORDER BY id LIMIT 1) s WHERE s.tenant_id = $cur"),
        Open("a NOT IN of all rows", "SELECT id FROM items WHERE tenant_id = $cur AND NOT id IN (SELECT id - 1 FROM items)"),
        Open("an EXISTS with OR", "SELECT l.item_id FROM lines l WHERE EXISTS (SELECT FROM items i WHERE i.id = l.item_id OR i.tenant_id = $cur)",
            "SELECT count(*) FROM v WHERE item_id = 2"),
        Open("a count that is asked for", "SELECT l.item_id FROM lines l WHERE EXISTS (SELECT count(*) FROM items i WHERE i.id = l.item_id AND "
            + "i.tenant_id = $cur)",
            "SELECT count(*) FROM v WHERE item_id = 2"),
        Open("a recursive query", "WITH RECURSIVE r AS (SELECT id FROM items WHERE tenant_id = $cur UNION SELECT i.id FROM items i JOIN r ON "
            + "i.id = r.id + 1) SELECT id FROM r",
            "SELECT count(*) FROM v WHERE id = 2"),
        Open("a rank within the tenant", "SELECT s.n FROM (SELECT tenant_id, rank() OVER (PARTITION BY tenant_id ORDER BY id) AS n FROM items) s "
            + "WHERE s.tenant_id = $cur"),
        Open("a CTE that counts by tenant", "WITH a AS (SELECT tenant_id, count(*) AS n FROM items GROUP BY tenant_id) SELECT n FROM a WHERE "
            + "tenant_id = $cur"),
        Open("a rank over all rows", "SELECT s.n FROM (SELECT tenant_id, rank() OVER (ORDER BY id DESC) AS n FROM items) s WHERE s.tenant_id = "
            + "$cur", "SELECT n - 1 FROM v"),
    ];

    private static LabelledObject Safe(string name, string query) => Of(name, PolicyVerdict.Safe, query, null);

    private static LabelledObject Hole(string name, string query, string attack) => Of(name, PolicyVerdict.Hole, query, attack);

    /// <summary>Not proved, and not seen: with an attack it is a hole that the audit cannot decide.</summary>
    private static LabelledObject Open(string name, string query, string? attack = null) => Of(name, PolicyVerdict.NotJudged, query, attack);

    private static LabelledObject Of(string name, PolicyVerdict verdict, string query, string? attack) =>
        new("a view of " + name, verdict, $"CREATE VIEW v WITH (security_barrier) AS {query}; GRANT SELECT ON v TO $web;", attack);
}
