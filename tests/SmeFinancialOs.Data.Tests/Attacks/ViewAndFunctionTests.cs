using Dapper;
using SmeFinancialOs.Data.Tests.Support;

namespace SmeFinancialOs.Data.Tests.Attacks;

/// <summary>What a host's own views and functions do to the policies, by who owns them.</summary>
public sealed class ViewAndFunctionTests(TenantDatabaseFixture fixture) : IClassFixture<TenantDatabaseFixture>
{
    private const string Function = "CREATE FUNCTION {0}() RETURNS SETOF uuid LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS 'SELECT org_id FROM public.invoices'";

    // what is made, as whom, and what tenant A then gets: its own rows, nothing, or everybody's
    public static TheoryData<string, string, string> Objects => new()
    {
        { "app_owner", "CREATE VIEW {0} WITH (security_invoker = true) AS SELECT org_id FROM invoices", "own" },
        { "app_owner", "CREATE VIEW {0} AS SELECT org_id FROM invoices", "none" }, // FORCE binds the owner, who has no policy
        { "app_owner", "CREATE VIEW {0} WITH (security_barrier = true) AS SELECT org_id FROM invoices", "none" },
        { "app_owner", "CREATE MATERIALIZED VIEW {0} AS SELECT org_id FROM invoices", "none" },
        { "app_owner", Function, "none" },
        // Known limit: a superuser's objects act with a superuser's rights. Nothing in the schema can prevent a superuser from making one.
        { "postgres", "CREATE VIEW {0} AS SELECT org_id FROM invoices", "all" },
        { "postgres", "CREATE MATERIALIZED VIEW {0} AS SELECT org_id FROM invoices", "all" },
        { "postgres", Function, "all" },
        { "postgres", "CREATE VIEW {0} WITH (security_invoker = true) AS SELECT org_id FROM invoices", "own" },
    };

    [Theory]
    [MemberData(nameof(Objects))]
    public async Task Object_shows_what_its_owner_may_see_unless_it_asks_as_the_invoker(string owner, string definition, string shown)
    {
        var name = "o" + Guid.NewGuid().ToString("N");
        var isFunction = definition == Function;
        await using var superuser = await fixture.OpenAsSuperuserAsync();
        var role = owner == "postgres" ? "NONE" : owner;
        await superuser.ExecuteAsync($"SET ROLE {role}; {definition.Replace("{0}", name, StringComparison.Ordinal)}; GRANT {(isFunction ? "EXECUTE ON FUNCTION" : "SELECT ON")} {name} TO tenant_role");

        var seen = await fixture.Factory.CreateSession(TenantContext.ForOrganization(fixture.OrganizationA)).QueryAsync<Guid>($"SELECT DISTINCT o FROM {name}{(isFunction ? "()" : "")} AS v (o)");
        (seen.Count switch { 0 => "none", 1 => seen[0] == fixture.OrganizationA ? "own" : "another's", _ => "all" }).Should().Be(shown);
    }

    [Fact]
    public async Task Object_that_nobody_granted_is_not_readable()
    {
        await using var superuser = await fixture.OpenAsSuperuserAsync();
        await superuser.ExecuteAsync("SET ROLE app_owner; CREATE TABLE forgotten AS SELECT 1 AS secret; CREATE TABLE alike (LIKE invoices INCLUDING ALL); CREATE VIEW seen AS SELECT * FROM invoices");
        foreach (var table in new[] { "forgotten", "alike", "seen" })
        {
            foreach (var context in new[] { TenantContext.ForOrganization(fixture.OrganizationA), TenantContext.Demo, TenantContext.ForAdmin("alice", "test") })
            {
                (await fixture.Factory.CreateSession(context).Invoking(s => s.QueryAsync<object>($"SELECT * FROM {table}")).Should().ThrowAsync<TenantDataException>())
                    .Which.SqlState.Should().Be("42501");
            }
        }
    }
}
