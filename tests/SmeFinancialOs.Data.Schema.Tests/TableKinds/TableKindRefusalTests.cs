using SmeFinancialOs.Data.Schema.Tests.TenantTypes;

namespace SmeFinancialOs.Data.Schema.Tests.TableKinds;

/// <summary>What protect_through, share_table and add_tenant_column refuse, and what they say.</summary>
public sealed class TableKindRefusalTests(TypedDatabases databases) : IClassFixture<TypedDatabases>
{
    [Theory]
    [InlineData("SELECT app.protect_through('t.child', 't.bare')", "55000", "t.bare is not protected")]
    [InlineData("SELECT app.protect_through('t.child', NULL)", "55000", "NULL is not protected")]
    [InlineData("SELECT app.protect_through(NULL, 't.parent')", "42809", "NULL cannot be protected")]
    [InlineData("SELECT app.protect_through('app.maintenance_log', 't.parent')", "42809", "not an ordinary or partitioned table of yours")]
    [InlineData("CREATE VIEW t.v AS SELECT 1 AS id; SELECT app.protect_through('t.v', 't.parent')", "42809", "not an ordinary or partitioned table of yours")]
    [InlineData("CREATE TABLE t.alone (id int); SELECT app.protect_through('t.alone', 't.parent')", "55000", "does not refer to t.parent")]
    [InlineData("SELECT app.protect_through('t.child', 't.parent', parent_key => '{id}')", "55000", "by a foreign key of the columns {id}")]
    [InlineData("SELECT app.protect_through('t.child', 't.parent', parent_key => '{}')", "22023", "is empty or has a NULL")]
    [InlineData("SELECT app.protect_through('t.child', 't.parent', parent_key => '{NULL}')", "22023", "is empty or has a NULL")]
    [InlineData("SELECT app.protect_through('t.child', 't.parent', columns => '{}')", "22023", "is empty or has a NULL")]
    [InlineData("ALTER TABLE t.child ADD other int REFERENCES t.parent; SELECT app.protect_through('t.child', 't.parent')", "42702", "more than one")]
    [InlineData("ALTER TABLE t.child ALTER parent_id DROP NOT NULL; SELECT app.protect_through('t.child', 't.parent')", "23502", "may be null")]
    [InlineData("ALTER TABLE t.child DROP CONSTRAINT child_parent_id_fkey, ADD FOREIGN KEY (parent_id) REFERENCES t.parent NOT VALID; "
        + "SELECT app.protect_through('t.child', 't.parent')", "55000", "is not validated")]
    [InlineData("ALTER TABLE t.child DROP CONSTRAINT child_parent_id_fkey; ALTER TABLE t.parent ALTER id TYPE varchar; ALTER TABLE t.child "
        + "ALTER parent_id TYPE text, ADD FOREIGN KEY (parent_id) REFERENCES t.parent; SELECT app.protect_through('t.child', 't.parent')",
        "42804", "another type or collation")]
    [InlineData("CREATE POLICY own ON t.child USING (true); SELECT app.protect_through('t.child', 't.parent')", "42710", "policy \"own\" of its own")]
    [InlineData("SELECT app.protect_through('t.parent', 't.parent')", "42P19", "which is protected through it")]
    [InlineData("SELECT app.protect_through('t.child', 't.parent'); SELECT app.unprotect_table('t.parent')", "2BP01", "t.child is protected through t.parent")]
    [InlineData("SELECT app.protect_through('t.child', 't.parent'); SELECT app.share_table('t.child')", "55000", "its rows belong to tenants")]
    [InlineData("SELECT app.share_table('t.bare'); ALTER TABLE t.child ADD b int REFERENCES t.bare; "
        + "SELECT app.protect_through('t.child', 't.bare')", "55000", "belong to no single tenant")]
    [InlineData("SELECT app.share_table('t.parent')", "55000", "its rows belong to tenants")]
    [InlineData("SELECT app.share_table('public.accounts')", "55000", "its rows belong to tenants")]
    [InlineData("SELECT app.share_table(NULL)", "42809", "NULL cannot be protected")]
    [InlineData("SELECT app.share_table('pg_catalog.pg_class')", "42809", "not an ordinary or partitioned table of yours")]
    [InlineData("SELECT app.share_table('t.child')", "55000", "refers to t.parent, whose rows belong to tenants")]
    [InlineData("SELECT app.protect_through('t.bare', 't.members')", "22023", "nothing says which columns")]
    [InlineData("SELECT app.protect_through('t.bare', 't.members', columns => '{id,nothing}')", "42703", "has no column nothing")]
    [InlineData("SELECT app.protect_through('t.bare', 't.members', columns => '{id}'); SELECT app.protect_through('t.child', 't.bare')", "55000",
        "belong to no single tenant")]
    [InlineData("SELECT app.add_tenant_column('t.child', through => 't.bare')", "55000", "has no tenant column that t.child could take over")]
    [InlineData("SELECT app.add_tenant_column('t.members', through => 'public.accounts')", "55000", "has no tenant column")]
    [InlineData("SELECT app.add_tenant_column('t.child', through => NULL)", "55000", "NULL has no tenant column")]
    [InlineData("SELECT app.add_tenant_column('t.child', through => 't.parent', tenant_column => 'id')", "42701", "has a column id already")]
    [InlineData("ALTER TABLE t.child ALTER parent_id DROP NOT NULL; SELECT app.add_tenant_column('t.child', through => 't.parent')", "23502", "may be null")]
    [InlineData("ALTER TABLE t.child DROP CONSTRAINT child_parent_id_fkey, ADD FOREIGN KEY (parent_id) REFERENCES t.parent ON UPDATE SET NULL; "
        + "SELECT app.add_tenant_column('t.child', through => 't.parent')", "55000", "sets columns when the key of a parent changes")]
    public async Task A_table_that_does_not_fit_is_refused_with_the_cure(string call, string sqlState, string message)
    {
        var database = await databases.OfAsync(TenantIdType.Bigint);
        await using var owner = await database.OpenAsync();
        await owner.RunAsync("""
            BEGIN;
            CREATE SCHEMA t AUTHORIZATION app_owner;
            SET LOCAL ROLE app_owner;
            CREATE TABLE t.parent (id int PRIMARY KEY, tenant bigint NOT NULL REFERENCES public.accounts);
            CREATE TABLE t.child (id int PRIMARY KEY, parent_id int NOT NULL REFERENCES t.parent);
            CREATE TABLE t.bare (id int PRIMARY KEY);
            CREATE TABLE t.members (tenant bigint NOT NULL REFERENCES public.accounts, bare_id int REFERENCES t.bare, PRIMARY KEY (tenant, bare_id));
            SELECT app.protect_table('t.parent', 'tenant'), app.protect_table('t.members', 'tenant')
            """);

        var refusal = await owner.RefusalAsync(call);

        refusal.SqlState.Should().Be(sqlState);
        refusal.MessageText.Should().Contain(message);
        refusal.Hint.Should().NotBeNullOrEmpty();
    }

    [Fact]
    public async Task A_cycle_is_refused_at_the_call()
    {
        var database = await databases.OfAsync(TenantIdType.Bigint);
        await using var owner = await database.OpenAsync();
        await owner.RunAsync("""
            BEGIN;
            CREATE SCHEMA t AUTHORIZATION app_owner;
            SET LOCAL ROLE app_owner;
            CREATE TABLE t.top (id int PRIMARY KEY, tenant bigint NOT NULL REFERENCES public.accounts);
            CREATE TABLE t.a (id int PRIMARY KEY, top_id int NOT NULL REFERENCES t.top, c_id int);
            CREATE TABLE t.b (id int PRIMARY KEY, a_id int NOT NULL REFERENCES t.a);
            CREATE TABLE t.c (id int PRIMARY KEY, b_id int NOT NULL REFERENCES t.b);
            ALTER TABLE t.a ADD FOREIGN KEY (c_id) REFERENCES t.c;
            SELECT app.protect_table('t.top', 'tenant');
            SELECT app.protect_through('t.a', 't.top'), app.protect_through('t.b', 't.a'), app.protect_through('t.c', 't.b')
            """);

        (await owner.RefusalAsync("SELECT app.protect_through('t.a', 't.c', parent_key => '{c_id}')")).SqlState.Should().Be("42P19");
    }

    [Fact]
    public async Task Tables_of_different_owners_are_refused()
    {
        var database = await databases.OfAsync(TenantIdType.Bigint);
        var role = (await TestServer.GetSharedAsync(Sql.Cancel)).NewRoleName("other");
        await using var superuser = await database.OpenAsync();
        await superuser.RunAsync($"""
            CREATE ROLE {role};
            BEGIN;
            CREATE SCHEMA t;
            CREATE TABLE t.parent (id int PRIMARY KEY, tenant bigint NOT NULL REFERENCES public.accounts);
            CREATE TABLE t.child (id int PRIMARY KEY, parent_id int NOT NULL REFERENCES t.parent);
            ALTER TABLE t.parent OWNER TO app_owner;
            ALTER TABLE t.child OWNER TO {role};
            SELECT app.protect_table('t.parent', 'tenant')
            """);

        (await superuser.RefusalAsync("SELECT app.protect_through('t.child', 't.parent')")).MessageText.Should().Contain("belong to different roles");
    }
}
