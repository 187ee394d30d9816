using SmeFinancialOs.Data.Tests.Support;

namespace SmeFinancialOs.Data.Tests.Attacks;

/// <summary>Large objects belong to a role, and all tenants share one.</summary>
public sealed class LargeObjectTests(TenantDatabaseFixture fixture) : IClassFixture<TenantDatabaseFixture>
{
    private const string Store = "SELECT lo_from_bytea(424242, 'secret of A')";

    public static TheoryData<string> Functions =>
    [
        Store, "SELECT lo_create(0)", "SELECT lo_creat(0)", "SELECT lo_get(424242)", "SELECT lo_put(424242, 0, 'stolen')", "SELECT lo_open(424242, 131072)",
        "SELECT loread(0, 1)", "SELECT lowrite(0, 'x')", "SELECT lo_unlink(424242)", "SELECT lo_import('/etc/passwd')", "SELECT lo_export(424242, '/tmp/x')",
    ];

    [Theory]
    [MemberData(nameof(Functions))]
    public async Task Nobody_can_store_or_reach_a_large_object(string sql)
    {
        foreach (var actor in new[] { Actor.TenantA, Actor.Demo, Actor.AppUser, Actor.AdminUser, Actor.Admin })
        {
            await using var connection = await fixture.OpenAsAsync(actor);
            (await connection.SqlStateOfAsync(sql)).Should().Be("42501", "{0} asks", actor);
        }
    }

    [Fact]
    public async Task With_the_functions_granted_again_one_tenant_reads_and_deletes_what_another_stored()
    {
        const string grant = "GRANT EXECUTE ON FUNCTION lo_from_bytea(oid, bytea), lo_get(oid), lo_unlink(oid) TO PUBLIC";
        await using var trial = await Attack.StartAsync(fixture, Actor.TenantA, without: grant);
        (await trial.TryAsync(Store)).SqlState.Should().BeNull();
        await trial.BecomeAsync(Actor.TenantB);
        (await trial.TryAsync("SELECT convert_from(lo_get(424242), 'UTF8')")).Shows(Seed.SecretOfA).Should().BeTrue();
        (await trial.TryAsync("SELECT lo_unlink(424242)")).SqlState.Should().BeNull();
    }

    [Fact]
    public async Task The_catalog_of_large_objects_is_closed()
    {
        await using var connection = await fixture.OpenAsAsync(Actor.TenantA);
        (await connection.SqlStateOfAsync("SELECT data FROM pg_largeobject")).Should().Be("42501");
    }
}
