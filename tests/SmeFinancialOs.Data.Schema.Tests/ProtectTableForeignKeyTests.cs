namespace SmeFinancialOs.Data.Schema.Tests;

/// <summary>A uuid column that nothing ties to the tenants' table may be anything: who made a row, a batch, a device. Nothing refuses its values.</summary>
public sealed class ProtectTableForeignKeyTests(MigratedDatabase database) : IClassFixture<MigratedDatabase>
{
    private const string Message = "column {0} of table public.x has no foreign key to public.organizations: nothing says that it holds organizations";

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
    public async Task A_column_without_a_foreign_key_to_the_tenants_table_raises_a_warning(string column, string create)
    {
        var warning = (await WarningsAsync(create, column)).Should().ContainSingle().Which;
        warning.MessageText.Should().Be(Message.Replace("{0}", column));
        var name = column == "Tenant" ? "\"Tenant\"" : column;
        warning.Hint.Should().Contain($"ALTER TABLE public.x ADD FOREIGN KEY ({name}) REFERENCES public.organizations (id) ON DELETE CASCADE;")
            .And.Contain("SELECT app.protect_table('public.x', '..');").And.Contain($"COMMENT ON COLUMN public.x.{name} IS 'tenant column: ..';");
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
    public async Task A_column_that_is_tied_to_the_tenants_table_or_allowed_raises_none(string column, string create, string before = "")
    {
        (await WarningsAsync(before.Length == 0 ? create : create.Replace("CREATE TABLE x", before + "; CREATE TABLE x"), column)).Should().BeEmpty();
    }

    [Fact]
    public async Task The_tenants_table_itself_raises_none()
    {
        await using var connection = await database.OpenAsync();
        (await connection.WarningsAsync("BEGIN; SELECT app.protect_table('organizations', 'id'), app.protect_table('invoices')")).Should().BeEmpty();
    }

    /// <summary>From 18 on: a key that is not enforced ties nothing.</summary>
    [Fact]
    public async Task A_foreign_key_that_is_not_enforced_raises_a_warning()
    {
        if ((await TestServer.GetSharedAsync(Sql.Cancel)).ServerVersion.Major >= 18)
            (await WarningsAsync("CREATE TABLE x (org_id uuid NOT NULL REFERENCES organizations (id) NOT ENFORCED)", "org_id")).Should().ContainSingle();
    }

    private async Task<List<Npgsql.PostgresNotice>> WarningsAsync(string create, string column)
    {
        await using var connection = await database.OpenAsync();
        await connection.RunAsync($"BEGIN; SET LOCAL ROLE app_owner; {create}; CREATE INDEX ON x (\"{column}\")");
        return await connection.WarningsAsync($"SELECT app.protect_table('x', '{column}')");
    }
}
