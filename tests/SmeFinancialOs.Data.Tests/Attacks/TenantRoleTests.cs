using Npgsql;
using SmeFinancialOs.Data.Tests.Support;

namespace SmeFinancialOs.Data.Tests.Attacks;

/// <summary>
/// Organization A with SQL of its own choosing, against the rows of B. Writes stand without WHERE and inserts without RETURNING: with them the
/// SELECT policy would take part and hide a hole in the others.
/// </summary>
public sealed class TenantRoleTests(TenantDatabaseFixture fixture) : IClassFixture<TenantDatabaseFixture>
{
    private readonly Attacker _attacker = new(fixture);

    [Theory]
    [InlineData("SELECT org_id FROM invoices")]
    [InlineData("SELECT id FROM organizations")]
    [InlineData("SELECT org_id FROM invoices WHERE org_id = '{b}' OR true")]
    [InlineData("SELECT org_id FROM ONLY invoices")]
    [InlineData("SELECT org_id FROM invoices TABLESAMPLE BERNOULLI (100)")]
    [InlineData("SELECT org_id FROM invoices FOR UPDATE")]
    [InlineData("SELECT i.org_id FROM organizations o RIGHT JOIN invoices i ON i.org_id <> o.id")]
    [InlineData("SELECT org_id FROM invoices UNION ALL SELECT org_id FROM invoices UNION ALL SELECT id FROM organizations")]
    [InlineData("WITH all_rows AS MATERIALIZED (SELECT * FROM invoices) SELECT org_id FROM all_rows")]
    [InlineData("SELECT (SELECT org_id FROM invoices OFFSET n LIMIT 1) FROM generate_series(0, 4) n")]
    [InlineData("SELECT (xpath('/row/org_id/text()', x))[1]::text FROM (SELECT unnest(xpath('//row', table_to_xml('public.invoices', false, false, ''))) x) rows")]
    [InlineData("SELECT (xpath('/row/org_id/text()', x))[1]::text FROM (SELECT unnest(xpath('//row', query_to_xml('SELECT * FROM public.invoices', false, false, ''))) x) rows")]
    [InlineData("UPDATE invoices SET customer_name = 'x' RETURNING org_id")]
    [InlineData("DELETE FROM invoices RETURNING org_id")]
    [InlineData("INSERT INTO invoices (number, amount_cents, customer_name, issued_at) VALUES (gen_random_uuid(), 1, 'x', now()) RETURNING org_id")]
    [InlineData("DECLARE every CURSOR FOR SELECT org_id FROM invoices; FETCH ALL FROM every")]
    [InlineData("PREPARE every AS SELECT org_id FROM invoices; EXECUTE every; DEALLOCATE every")]
    public async Task Reads_give_rows_of_its_own_alone(string sql)
    {
        await new InvoiceRepository(fixture.Factory.CreateSession(TenantContext.ForOrganization(fixture.OrganizationA))).InsertManyAsync(
            [Invoices.New(), Invoices.New(), Invoices.New(), Invoices.New(), Invoices.New()]);
        var (state, seen) = await _attacker.AttackAsync(sql);
        state.Should().BeNull();
        seen.Should().NotBeEmpty("an attack that reads nothing proves nothing").And.OnlyContain(id => id == fixture.OrganizationA.ToString());
    }

    [Theory]
    [InlineData("SELECT org_id FROM invoices WHERE org_id = '{b}'")]
    [InlineData("SELECT id FROM invoices WHERE id = '{invoice}'")]
    [InlineData("SELECT id FROM organizations WHERE slug = 'b'")]
    [InlineData("SELECT * FROM app.delete_organization('{b}')")]
    [InlineData("UPDATE invoices SET customer_name = 'x' WHERE org_id = '{b}' RETURNING id")]
    [InlineData("UPDATE organizations SET name = 'x' WHERE id = '{b}' RETURNING id")]
    [InlineData("DELETE FROM invoices WHERE id = '{invoice}' RETURNING id")]
    [InlineData("DELETE FROM organizations WHERE id = '{b}' RETURNING id")]
    [InlineData("INSERT INTO invoices SELECT * FROM invoices WHERE org_id = '{b}' RETURNING id")]
    [InlineData("MERGE INTO invoices t USING (SELECT '{invoice}'::uuid AS id) s ON t.id = s.id WHEN MATCHED THEN DELETE")]
    [InlineData("SELECT tablename FROM pg_stats WHERE tablename IN ('invoices', 'organizations')")]
    public async Task Questions_about_another_are_answered_with_nothing(string sql)
    {
        var (state, seen) = await _attacker.AttackAsync(sql);
        state.Should().BeNull();
        seen.Should().BeEmpty();
    }

    [Theory]
    [InlineData("UPDATE invoices SET customer_name = 'defaced'")]
    [InlineData("UPDATE organizations SET name = 'defaced'")]
    [InlineData("DELETE FROM invoices")]
    [InlineData("MERGE INTO invoices t USING generate_series(1, 1) s ON t.id IS NOT NULL WHEN MATCHED THEN UPDATE SET customer_name = 'defaced'")]
    [InlineData("MERGE INTO invoices t USING generate_series(1, 1) s ON t.id IS NOT NULL WHEN MATCHED THEN DELETE")]
    [InlineData("INSERT INTO invoices (id, number, amount_cents, customer_name, issued_at) VALUES ('{invoice}', 'b-1', 1, 'x', now()) ON CONFLICT DO NOTHING")]
    [InlineData("INSERT INTO invoices (id, number, amount_cents, customer_name, issued_at) VALUES ('{invoice}', 'b-1', 1, 'x', now()) ON CONFLICT (org_id, id) DO UPDATE SET customer_name = 'defaced'")]
    public async Task Writes_without_a_condition_stop_at_its_own_rows(string sql) =>
        (await _attacker.AttackAsync(sql)).SqlState.Should().BeNull(); // that B's rows are as they were is checked by the attacker

    [Theory]
    // as another
    [InlineData("INSERT INTO invoices (org_id, number, amount_cents, customer_name, issued_at) VALUES ('{b}', 'planted', 1, 'x', now())", "42501")]
    [InlineData("INSERT INTO invoices (org_id, number, amount_cents, customer_name, issued_at) VALUES ('{b}', 'b-1', 1, 'x', now()) ON CONFLICT DO NOTHING", "42501")]
    [InlineData("INSERT INTO invoices (org_id, number, amount_cents, customer_name, issued_at) VALUES ('{b}', 'b-1', 1, 'x', now()) ON CONFLICT (org_id, number) DO UPDATE SET amount_cents = 0", "42501")]
    [InlineData("INSERT INTO invoices (org_id, number, amount_cents, customer_name, issued_at) VALUES ('{demo}', 'planted', 1, 'x', now())", "42501")]
    [InlineData("INSERT INTO organizations (id, name, slug) VALUES (gen_random_uuid(), 'x', 'x')", "42501")]
    [InlineData("UPDATE invoices SET org_id = '{b}'", "42501")]
    [InlineData("UPDATE organizations SET id = '{b}'", "42501")]
    [InlineData("MERGE INTO invoices t USING generate_series(1, 1) s ON false WHEN NOT MATCHED THEN INSERT (org_id, number, amount_cents, customer_name, issued_at) VALUES ('{b}', 'p', 1, 'x', now())", "42501")]
    // reads no column of the table, so only the policy of the write is asked, and that one does not filter in a MERGE: it errs
    [InlineData("MERGE INTO invoices t USING generate_series(1, 1) s ON true WHEN MATCHED THEN UPDATE SET customer_name = 'defaced'", "42501")]
    [InlineData("MERGE INTO invoices t USING generate_series(1, 1) s ON true WHEN MATCHED THEN DELETE", "42501")]
    // past the policies
    [InlineData("TRUNCATE invoices", "42501")]
    [InlineData("SET LOCAL row_security = off; SELECT * FROM invoices", "42501")]
    [InlineData("CREATE TRIGGER spy AFTER INSERT ON invoices EXECUTE FUNCTION suppress_redundant_updates_trigger()", "42501")]
    [InlineData("ALTER TABLE invoices DISABLE ROW LEVEL SECURITY", "42501")]
    [InlineData("ALTER TABLE invoices NO FORCE ROW LEVEL SECURITY", "42501")]
    [InlineData("DROP POLICY tenant_isolation ON invoices", "42501")]
    [InlineData("CREATE POLICY everything ON invoices USING (true)", "42501")]
    [InlineData("ALTER TABLE invoices OWNER TO tenant_role", "42501")]
    [InlineData("CREATE TEMP TABLE invoices (org_id uuid)", "42501")]
    [InlineData("CREATE VIEW mine AS SELECT * FROM invoices", "42501")]
    [InlineData("CREATE FUNCTION public.mine() RETURNS int LANGUAGE sql AS 'SELECT 1'", "42501")]
    [InlineData("CREATE OR REPLACE FUNCTION app.current_org_id() RETURNS uuid LANGUAGE sql AS 'SELECT NULL::uuid'", "42501")]
    // another role
    [InlineData("SET LOCAL ROLE admin_role", "42501")]
    [InlineData("SET LOCAL ROLE app_owner", "42501")]
    [InlineData("SELECT set_config('role', 'admin_role', true)", "42501")]
    [InlineData("SET LOCAL SESSION AUTHORIZATION admin_user", "42501")]
    [InlineData("SELECT count(*) FROM app.admin_access_log", "42501")]
    [InlineData("SELECT count(*) FROM app.schema_migrations", "42501")]
    [InlineData("SELECT app.protect_table('invoices')", "42501")]
    // other stores of the server
    [InlineData("SELECT lo_from_bytea(0, 'secret')", "42501")]
    [InlineData("SELECT pg_read_file('/etc/passwd')", "42501")]
    [InlineData("COPY invoices TO PROGRAM 'cat'", "42501")]
    [InlineData("SELECT * FROM pg_authid", "42501")]
    [InlineData("SELECT pg_create_logical_replication_slot('spy', 'test_decoding')", "42501")]
    public async Task Everything_else_is_refused(string sql, string state) => (await _attacker.AttackAsync(sql)).SqlState.Should().Be(state);

    [Fact]
    public async Task Bulk_copy_into_a_protected_table_is_refused_whoever_it_is_for()
    {
        await using var work = await fixture.Factory.OpenConnectionAsync(TenantContext.ForOrganization(fixture.OrganizationA));
        (await work.Connection.Invoking(c => c.BeginTextImportAsync("COPY invoices (org_id, number, amount_cents, customer_name, issued_at) FROM STDIN"))
            .Should().ThrowAsync<PostgresException>()).Which.SqlState.Should().Be("0A000");
    }

    [Fact]
    public async Task Errors_do_not_quote_what_another_has()
    {
        await using var work = await fixture.Factory.OpenConnectionAsync(TenantContext.ForOrganization(fixture.OrganizationA));
        await new InvoiceRepository(work).InsertAsync(Invoices.New("own"));
        var fault = (await new InvoiceRepository(work).Invoking(r => r.InsertAsync(Invoices.New("own"))).Should().ThrowAsync<DuplicateKeyException>()).Which;
        ((PostgresException)fault.InnerException!).Detail.Should().BeNull();
    }

    [Fact]
    public async Task Leaky_function_is_called_for_its_own_rows_alone()
    {
        // an operator with side effects in WHERE runs after the policy, never before
        await using var work = await fixture.Factory.OpenConnectionAsync(TenantContext.ForOrganization(fixture.OrganizationA));
        var told = new List<string>();
        work.Connection.Notice += (_, e) => told.Add(e.Notice.MessageText);
        await using (var superuser = await fixture.OpenAsSuperuserAsync())
        {
            await using var command = new NpgsqlCommand(
                """
                CREATE FUNCTION public.tell(t text) RETURNS boolean LANGUAGE plpgsql COST 0.0000001 AS $$ BEGIN RAISE NOTICE '%', t; RETURN true; END $$
                """, superuser);
            await command.ExecuteNonQueryAsync();
        }

        await work.QueryAsync<Guid>("SELECT id FROM invoices WHERE tell(customer_name)");
        told.Should().NotContain("customer of b");
        await work.Invoking(w => w.ExecuteAsync("SELECT 1 FROM invoices WHERE 1 / (CASE customer_name WHEN 'customer of b' THEN 0 ELSE 1 END) > 0")).Should().NotThrowAsync();
    }
}
