namespace SmeFinancialOs.Data.Schema.Tests;

/// <summary>A column that nothing ties to the tenants' table may be anything: who made a row, a batch, a device. It is refused.</summary>
public sealed class ProtectTableForeignKeyTests(MigratedDatabase database) : IClassFixture<MigratedDatabase>
{
    private const string Message = "column {0} of table public.x has no foreign key to public.organizations: nothing says that it holds tenants";

    /// <summary>What app.protect_table may change of a table x.</summary>
    private const string State = """
        SELECT format('%s %s %s', relrowsecurity, relforcerowsecurity, relacl) FROM pg_class WHERE oid = 'x'::regclass
        UNION ALL SELECT concat(polname, polqual, polwithcheck) FROM pg_policy WHERE polrelid = 'x'::regclass
        UNION ALL SELECT t::text FROM app.protected_tables t
        UNION ALL SELECT nspacl::text FROM pg_namespace WHERE nspname = 'public' ORDER BY 1
        """;

    /// <summary>Others than organizations: users have an organization, and an id of their own.</summary>
    private const string Users = """
        CREATE TABLE users (org_id uuid NOT NULL REFERENCES organizations (id), id uuid NOT NULL UNIQUE, PRIMARY KEY (org_id, id));
        SELECT app.protect_table('users');
        """;

    [Theory]
    [InlineData("created_by", "CREATE TABLE x (org_id uuid NOT NULL REFERENCES organizations (id), created_by uuid NOT NULL)")]
    [InlineData("created_by", "CREATE TABLE x (created_by uuid NOT NULL, approved_by uuid)")]
    [InlineData("org_id", "CREATE TABLE x (org_id uuid NOT NULL)")]
    [InlineData("created_by", Users + "CREATE TABLE x (created_by uuid NOT NULL REFERENCES users (id))")]
    [InlineData("created_by", Users + "CREATE TABLE x (org_id uuid NOT NULL, created_by uuid NOT NULL, FOREIGN KEY (org_id, created_by) REFERENCES "
        + "users (org_id, id))")]
    [InlineData("created_by", "CREATE TABLE other (id uuid PRIMARY KEY); CREATE TABLE x (created_by uuid NOT NULL REFERENCES other)")]
    [InlineData("created_by", "CREATE TABLE x (created_by uuid NOT NULL, id uuid, boss uuid, UNIQUE (created_by, id), FOREIGN KEY (boss, created_by) "
        + "REFERENCES x (created_by, id))")]
    [InlineData("Tenant", "CREATE TABLE x (\"Tenant\" uuid NOT NULL)")]
    [InlineData("org_id", "CREATE TABLE x (org_id uuid NOT NULL, day date) PARTITION BY RANGE (day)")]
    [InlineData("org_id", "CREATE TABLE parent (org_id uuid NOT NULL REFERENCES organizations (id)); CREATE TABLE x () INHERITS (parent)")]
    [InlineData("org_id", "CREATE TABLE x (org_id uuid NOT NULL); COMMENT ON COLUMN x.org_id IS 'the organization'")]
    [InlineData("org_id", "CREATE TABLE x (org_id uuid NOT NULL); COMMENT ON COLUMN x.org_id IS 'tenant column: '")]
    [InlineData("created_by", "CREATE TABLE x (org_id uuid NOT NULL, created_by uuid NOT NULL); COMMENT ON COLUMN x.org_id IS 'tenant column: of the "
        + "old system'")]
    public async Task A_column_without_a_foreign_key_to_the_tenants_table_is_refused_and_nothing_is_changed(string column, string create)
    {
        await using var connection = await CreateAsync(create, column);
        var before = await connection.ListAsync<string>(State);

        var refusal = await connection.RefusalAsync($"SAVEPOINT s; SELECT app.protect_table('x', '{column}')");

        refusal.SqlState.Should().Be("55000");
        refusal.MessageText.Should().Be(Message.Replace("{0}", column));
        var name = column == "Tenant" ? "\"Tenant\"" : column;
        refusal.Hint.Should().Contain($"ALTER TABLE public.x ADD FOREIGN KEY ({name}) REFERENCES public.organizations (id) ON DELETE CASCADE;")
            .And.Contain("SELECT app.protect_table('public.x', '..');").And.Contain($"COMMENT ON COLUMN public.x.{name} IS 'tenant column: ..';");
        await connection.RunAsync("ROLLBACK TO s");
        (await connection.ListAsync<string>(State)).Should().Equal(before);
        // A caller that goes on after the error finds nothing half done.
        await connection.RunAsync($"DO $$ BEGIN PERFORM app.protect_table('x', '{column}'); EXCEPTION WHEN object_not_in_prerequisite_state THEN NULL; END $$");
        (await connection.ListAsync<string>(State)).Should().Equal(before);
    }

    /// <summary>The two cures of the hint that need no second thought, as the hint writes them.</summary>
    [Theory]
    [InlineData("org_id", "ALTER TABLE public.x ADD FOREIGN KEY")]
    [InlineData("Tenant", "ALTER TABLE public.x ADD FOREIGN KEY")]
    [InlineData("org_id", "COMMENT ON COLUMN public.x.")]
    [InlineData("Tenant", "COMMENT ON COLUMN public.x.")]
    public async Task Following_the_hint_makes_the_table_protectable(string column, string start)
    {
        await using var connection = await CreateAsync($"CREATE TABLE x (\"{column}\" uuid NOT NULL)", column);
        var hint = (await connection.RefusalAsync($"SAVEPOINT s; SELECT app.protect_table('x', '{column}')")).Hint!;
        var cure = hint[hint.IndexOf(start, StringComparison.Ordinal)..];

        await connection.RunAsync($"ROLLBACK TO s; {cure[..cure.IndexOf(';', StringComparison.Ordinal)]}");

        (await connection.WarningsAsync($"SELECT app.protect_table('x', '{column}')")).Should().BeEmpty();
    }

    /// <summary>A table that is protected already, and has lost its key, keeps its policies.</summary>
    [Fact]
    public async Task A_protected_table_that_lost_its_key_is_refused_and_stays_protected()
    {
        await using var connection = await CreateAsync("CREATE TABLE x (org_id uuid NOT NULL CONSTRAINT k REFERENCES organizations)", "org_id");
        await connection.RunAsync("SELECT app.protect_table('x'); ALTER TABLE x DROP CONSTRAINT k; SAVEPOINT s");
        var before = await connection.ListAsync<string>(State);

        (await connection.RefusalAsync("SELECT app.protect_table('x')")).SqlState.Should().Be("55000");

        await connection.RunAsync("ROLLBACK TO s");
        (await connection.ListAsync<string>(State)).Should().Equal(before);
        (await connection.ListAsync<string>("SELECT fault FROM app.protection_faults('x')")).Should().BeEmpty();
    }

    [Theory]
    [InlineData("org_id", "CREATE TABLE x (org_id uuid NOT NULL REFERENCES organizations)")]
    [InlineData("created_by", "CREATE TABLE x (created_by uuid NOT NULL REFERENCES organizations (id) ON DELETE CASCADE)")]
    [InlineData("org_id", "CREATE TABLE x (org_id uuid NOT NULL); ALTER TABLE x ADD FOREIGN KEY (org_id) REFERENCES organizations (id) NOT VALID")]
    [InlineData("org_id", Users + "CREATE TABLE x (org_id uuid NOT NULL, user_id uuid, FOREIGN KEY (user_id, org_id) REFERENCES users (id, "
        + "org_id))", "ALTER TABLE users ADD UNIQUE (id, org_id)")]
    [InlineData("org_id", Users + "CREATE TABLE x (org_id uuid NOT NULL, user_id uuid, FOREIGN KEY (org_id, user_id) REFERENCES users)")]
    [InlineData("org_id", "ALTER TABLE organizations ADD UNIQUE (slug, id); CREATE TABLE x (org_id uuid NOT NULL, slug text, FOREIGN KEY (slug, "
        + "org_id) REFERENCES organizations (slug, id))")]
    [InlineData("org_id", "CREATE TABLE x (org_id uuid NOT NULL REFERENCES organizations (id), day date) PARTITION BY RANGE (day); "
        + "CREATE TABLE x_1 PARTITION OF x FOR VALUES FROM ('2026-01-01') TO ('2027-01-01')")]
    [InlineData("org_id", "CREATE TABLE x (org_id uuid NOT NULL); COMMENT ON COLUMN x.org_id IS 'tenant column: of the old system, which has no table "
        + "of organizations'")]
    [InlineData("Tenant", "CREATE TABLE x (\"Tenant\" uuid NOT NULL); COMMENT ON COLUMN x.\"Tenant\" IS 'Tenant column: loaded from elsewhere'")]
    [InlineData("org_id", "DROP TABLE invoices; DROP TABLE organizations; CREATE TABLE x (org_id uuid NOT NULL)")]
    public async Task A_column_that_is_tied_to_the_tenants_table_or_allowed_is_protected_without_a_warning(string column, string create, string before = "")
    {
        await using var connection = await CreateAsync(before.Length == 0 ? create : create.Replace("CREATE TABLE x", before + "; CREATE TABLE x"), column);
        (await connection.WarningsAsync($"SELECT app.protect_table('x', '{column}')")).Should().BeEmpty();
    }

    [Fact]
    public async Task The_tenants_table_itself_raises_none()
    {
        await using var connection = await database.OpenAsync();
        (await connection.WarningsAsync("BEGIN; SELECT app.protect_table('organizations', 'id'), app.protect_table('invoices')")).Should().BeEmpty();
    }

    /// <summary>From 18 on: a key that is not enforced ties nothing.</summary>
    [Fact]
    public async Task A_foreign_key_that_is_not_enforced_is_none()
    {
        if ((await TestServer.GetSharedAsync(Sql.Cancel)).ServerVersion.Major < 18)
            return;
        await using var connection = await CreateAsync("CREATE TABLE x (org_id uuid NOT NULL REFERENCES organizations (id) NOT ENFORCED)", "org_id");
        (await connection.RefusalAsync("SELECT app.protect_table('x')")).SqlState.Should().Be("55000");
    }

    private async Task<Npgsql.NpgsqlConnection> CreateAsync(string create, string column)
    {
        var connection = await database.OpenAsync();
        await connection.RunAsync($"BEGIN; SET LOCAL ROLE app_owner; {create}; CREATE INDEX ON x (\"{column}\")");
        return connection;
    }
}
