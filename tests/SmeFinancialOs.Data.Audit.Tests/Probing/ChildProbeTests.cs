namespace SmeFinancialOs.Data.Audit.Tests.Probing;

/// <summary>Tables without a tenant column are attacked by the foreign keys that say whose their rows are.</summary>
public sealed class ChildProbeTests(PlainDatabase database) : IClassFixture<PlainDatabase>
{
    private const string Docs = """
        CREATE TABLE docs (id bigint PRIMARY KEY, tenant_id bigint NOT NULL, state text);
        ALTER TABLE docs ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY; GRANT SELECT, INSERT, UPDATE, DELETE ON docs TO $web;
        CREATE POLICY own ON docs USING (tenant_id = $cur);
        """;

    private const string Protect = "ALTER TABLE lines ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;"
        + "GRANT SELECT, INSERT, UPDATE, DELETE ON lines TO $web;";

    private const string Exists = "EXISTS (SELECT FROM docs d WHERE d.id = lines.doc_id)";
    private const string OfDoc = "CREATE TABLE lines (id bigint PRIMARY KEY, doc_id bigint NOT NULL REFERENCES docs, note text, open boolean);";
    private const string OfDocOrNone = "CREATE TABLE lines (id bigint PRIMARY KEY, doc_id bigint REFERENCES docs, note text);";
    private const string Lines = Docs + OfDoc + Protect;
    private const string Safe = Lines + $"CREATE POLICY own ON lines USING ({Exists});";

    private const string Parts = """
        CREATE TABLE parts (region bigint, no bigint, tenant_id bigint NOT NULL, PRIMARY KEY (region, no));
        ALTER TABLE parts ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY; GRANT SELECT, INSERT, UPDATE, DELETE ON parts TO $web;
        CREATE POLICY own ON parts USING (tenant_id = $cur);
        CREATE TABLE lines (id bigint PRIMARY KEY, region bigint NOT NULL, no bigint NOT NULL, FOREIGN KEY (region, no) REFERENCES parts);
        """ + Protect;

    private const string Below = """
        CREATE TABLE notes (id bigint PRIMARY KEY, line_id bigint NOT NULL REFERENCES lines, text text);
        ALTER TABLE notes ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY; GRANT SELECT, INSERT, UPDATE, DELETE ON notes TO $web;
        """;

    private const string TwoDocs = Docs + "CREATE TABLE lines (id bigint PRIMARY KEY, doc_id bigint NOT NULL REFERENCES docs, "
        + "about bigint NOT NULL REFERENCES docs, note text);" + Protect;

    private const string About = "EXISTS (SELECT FROM docs d WHERE d.id = lines.about)";

    [PartTheory]
    [InlineData("EXISTS", Safe)]
    [InlineData("IN", Lines + "CREATE POLICY own ON lines USING (doc_id IN (SELECT d.id FROM docs d));")]
    [InlineData("a restrictive bound", Lines + $"CREATE POLICY all_rows ON lines USING (true); CREATE POLICY own ON lines AS RESTRICTIVE USING ({Exists});")]
    [InlineData("a whole composite key", Parts + "CREATE POLICY own ON lines USING (EXISTS (SELECT FROM parts p WHERE (p.region, p.no) = "
        + "(lines.region, lines.no)));")]
    [InlineData("both parents", TwoDocs + $"CREATE POLICY own ON lines USING ({Exists} AND {About});")]
    [InlineData("reading alone", Lines + $"CREATE POLICY own ON lines FOR SELECT USING ({Exists}); REVOKE INSERT, UPDATE, DELETE ON lines FROM $web;")]
    [InlineData("a nullable key", Docs + OfDocOrNone + Protect + $"CREATE POLICY own ON lines USING ({Exists});")]
    [InlineData("rows without a parent are read alone", Docs + OfDocOrNone + Protect
        + $"CREATE POLICY s ON lines FOR SELECT USING ({Exists} OR doc_id IS NULL);"
        + $"CREATE POLICY i ON lines FOR INSERT WITH CHECK ({Exists}); CREATE POLICY u ON lines FOR UPDATE USING ({Exists});"
        + $"CREATE POLICY d ON lines FOR DELETE USING ({Exists});")]
    [InlineData("a self-reference inside the parent", Docs + "CREATE TABLE lines (doc_id bigint NOT NULL REFERENCES docs, no int NOT NULL, up int, "
        + "PRIMARY KEY (doc_id, no), FOREIGN KEY (doc_id, up) REFERENCES lines);" + Protect + $"CREATE POLICY own ON lines USING ({Exists});")]
    [InlineData("partitions", Docs + "CREATE TABLE lines (id bigint, doc_id bigint NOT NULL REFERENCES docs, n int) PARTITION BY LIST (n);"
        + "CREATE TABLE lines_1 PARTITION OF lines FOR VALUES IN (1); CREATE TABLE lines_2 PARTITION OF lines DEFAULT;" + Protect
        + $"CREATE POLICY own ON lines USING ({Exists});")]
    [InlineData("a view and a function with the caller's rights", Safe + """
        CREATE VIEW line_list WITH (security_invoker) AS SELECT * FROM lines; GRANT SELECT, INSERT, UPDATE, DELETE ON line_list TO $web;
        CREATE FUNCTION note_of(line bigint) RETURNS text LANGUAGE sql STABLE AS $$ SELECT note FROM lines WHERE id = line $$;
        """)]
    public async Task A_child_that_follows_its_parent_is_probed_clean(string name, string sql)
    {
        var report = await database.ProbeAsync(sql);
        Texts(report).Should().BeEmpty(name);
        report.Probed.Should().ContainSingle(probed => probed.ObjectName == "public.lines").Which.AttackCount.Should().BeGreaterThan(50);
        report.Probed.Single(probed => probed.ObjectName == "public.lines").SeenBy.Should().ContainSingle();
    }

    [PartTheory]
    [InlineData("EXISTS (SELECT FROM lines l WHERE l.id = notes.line_id)")]
    [InlineData("line_id IN (SELECT l.id FROM lines l JOIN docs d ON d.id = l.doc_id)")]
    public async Task A_child_of_a_child_is_probed_clean(string condition)
    {
        var report = await database.ProbeAsync(Safe + Below + $"CREATE POLICY own ON notes USING ({condition});");
        Texts(report).Should().BeEmpty();
        report.Probed.Select(probed => probed.ObjectName).Should().Contain(["public.docs", "public.lines", "public.notes"]);
    }

    [PartTheory]
    [InlineData("select", "no row-level security", Lines + "ALTER TABLE lines DISABLE ROW LEVEL SECURITY;")]
    [InlineData("copy to", "no row-level security", Lines + "ALTER TABLE lines DISABLE ROW LEVEL SECURITY;")]
    [InlineData("copy from", "no row-level security", Lines + "ALTER TABLE lines DISABLE ROW LEVEL SECURITY;")]
    [InlineData("select", "any parent", Lines + "CREATE POLICY own ON lines USING (EXISTS (SELECT FROM docs d));")]
    [InlineData("select", "a name that is the parent's own", Lines + "CREATE POLICY own ON lines USING (EXISTS (SELECT FROM docs d WHERE d.id = id));")]
    [InlineData("select", "the half of a key", Parts + "CREATE POLICY own ON lines USING (EXISTS (SELECT FROM parts p WHERE p.no <> lines.no + 1));")]
    [InlineData("select", "an owner without FORCE", Safe + "ALTER TABLE lines NO FORCE ROW LEVEL SECURITY; ALTER TABLE lines OWNER TO $web;")]
    [InlineData("select", "no tenant", Lines + $"CREATE POLICY own ON lines USING ({Exists} OR $cur IS NULL);")]
    [InlineData("select", "either parent", TwoDocs + "CREATE POLICY own ON lines USING (true);")]
    [InlineData("select", "a definer's function that sees everything", Lines + """
        CREATE FUNCTION has_doc(doc bigint) RETURNS boolean LANGUAGE sql STABLE SECURITY DEFINER
            AS $$ SELECT EXISTS (SELECT FROM public.docs WHERE id = doc) $$;
        CREATE POLICY own ON lines USING (has_doc(doc_id));
        """)]
    [InlineData("insert", "an insert that is not checked", Lines + $"CREATE POLICY own ON lines USING ({Exists}); "
        + "CREATE POLICY i ON lines FOR INSERT WITH CHECK (true);")]
    [InlineData("move", "WITH CHECK that lets all pass", Lines + $"CREATE POLICY own ON lines USING ({Exists}) WITH CHECK (true);")]
    [InlineData("update", "an update of all rows", Lines + $"CREATE POLICY own ON lines USING ({Exists}); CREATE POLICY u ON lines FOR UPDATE USING (true);")]
    [InlineData("steal", "an update of all rows", Lines + $"CREATE POLICY own ON lines USING ({Exists}); "
        + $"CREATE POLICY u ON lines FOR UPDATE USING (true) WITH CHECK ({Exists});")]
    [InlineData("delete", "a deletion of all rows", Lines + $"CREATE POLICY own ON lines USING ({Exists}); CREATE POLICY d ON lines FOR DELETE USING (true);")]
    [InlineData("truncate", "TRUNCATE", Safe + "GRANT TRUNCATE ON lines TO $web;")]
    [InlineData("insert", "rows without a parent, also written", Docs + OfDocOrNone + Protect
        + $"CREATE POLICY own ON lines USING ({Exists} OR doc_id IS NULL);")]
    [InlineData("delete", "rows without a parent, deleted", Docs + OfDocOrNone + Protect + $"CREATE POLICY own ON lines USING ({Exists}); "
        + $"CREATE POLICY s ON lines FOR SELECT USING ({Exists} OR doc_id IS NULL); CREATE POLICY d ON lines FOR DELETE USING (doc_id IS NULL);")]
    public async Task A_hole_in_a_child_is_one_breach(string attack, string hole, string sql)
    {
        var report = await database.ProbeAsync(sql);
        var breach = report.Breaches.Should().ContainSingle(breach => breach.ObjectName == "public.lines" && !breach.Attacks.Contains("reference"), hole).Which;
        breach.Attacks.Should().Contain(attack, hole);
        report.Breaches.Should().OnlyContain(breach => breach.ObjectName == "public.lines" || breach.ObjectName == "public.has_doc(doc bigint)");
    }

    [PartTheory]
    [InlineData("about", TwoDocs + $"CREATE POLICY own ON lines USING ({Exists});")]
    [InlineData("doc_id", TwoDocs + $"CREATE POLICY own ON lines USING ({About});")]
    [InlineData("up", Docs + "CREATE TABLE lines (id bigint PRIMARY KEY, doc_id bigint NOT NULL REFERENCES docs, up bigint REFERENCES lines);" + Protect
        + $"CREATE POLICY own ON lines USING ({Exists});")]
    public async Task A_second_parent_of_another_tenant_is_a_reference(string column, string sql)
    {
        var report = await database.ProbeAsync(sql);
        var breach = report.Breaches.Should().ContainSingle().Which;
        (breach.ObjectName, breach.Attack).Should().Be(("public.lines", "reference"), column);
        Texts(report).Should().ContainSingle();
    }

    [PartFact]
    public async Task A_tenant_table_that_refers_to_a_child_of_another_tenant_is_a_reference()
    {
        var report = await database.ProbeAsync(Safe + "CREATE TABLE parcels (tenant_id bigint NOT NULL, id bigint, line_id bigint NOT NULL REFERENCES lines, "
            + "PRIMARY KEY (tenant_id, id)); ALTER TABLE parcels ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY; GRANT SELECT, INSERT ON parcels TO $web;"
            + "CREATE POLICY own ON parcels USING (tenant_id = $cur);");
        report.Breaches.Should().ContainSingle().Which.ObjectName.Should().Be("public.parcels");
    }

    [PartTheory]
    [InlineData("public.line_list", "CREATE VIEW line_list AS SELECT * FROM lines; GRANT SELECT, DELETE ON line_list TO $web;")]
    [InlineData("public.note_of(line bigint)", "CREATE FUNCTION note_of(line bigint) RETURNS text LANGUAGE sql STABLE SECURITY DEFINER AS "
        + "$$ SELECT note FROM public.lines WHERE id = line $$;")]
    [InlineData("public.purge()", "CREATE FUNCTION purge() RETURNS void LANGUAGE sql SECURITY DEFINER AS $$ DELETE FROM public.lines $$;")]
    public async Task A_child_that_is_reached_through_another_object_is_a_breach_of_that(string name, string sql)
    {
        var report = await database.ProbeAsync(Safe + sql);
        report.Breaches.Should().ContainSingle().Which.ObjectName.Should().Be(name);
    }

    [PartTheory]
    [InlineData("the tenant does not see its own row", Lines + "CREATE POLICY own ON lines USING (open AND NOT open);")]
    [InlineData("permission denied for table docs", Safe + "REVOKE SELECT ON docs FROM $web;")]
    [InlineData("the tenant cannot update its own row", Lines + $"CREATE POLICY own ON lines USING ({Exists}) WITH CHECK (note = 'never');")]
    [InlineData("It could not be filled: It refers to public.docs, which could not be filled.", Safe + "ALTER TABLE docs ADD shape tsrange[][] NOT NULL "
        + "CHECK (cardinality(shape) = 17);")]
    [InlineData("It could not be filled: It refers to public.docs, which could not be filled.", Docs + OfDocOrNone + Protect
        + $"CREATE POLICY own ON lines USING ({Exists}); ALTER TABLE docs ADD shape tsrange[][] NOT NULL CHECK (cardinality(shape) = 17);")]
    public async Task A_child_that_cannot_be_attacked_is_not_probed(string reason, string sql)
    {
        var report = await database.ProbeAsync(sql);
        report.Breaches.Should().BeEmpty();
        report.Skipped.Should().Contain(skipped => skipped.ObjectName == "public.lines" && skipped.Reason.Contains(reason));
    }

    private static IEnumerable<string> Texts(IsolationReport report) =>
        report.Breaches.Select(breach => $"{breach.ObjectName} {breach.Attack}: {breach.Statement}")
            .Concat(report.Skipped.Select(skipped => $"{skipped.ObjectName}: {skipped.Reason}"));
}
