using Npgsql;
using SmeFinancialOs.Data.Schema;
using SmeFinancialOs.Data.Tests.Support;

namespace SmeFinancialOs.Data.Tests.Sealing;

/// <summary>Keys come, are replaced and go while a host works, and no role of the app comes near them.</summary>
public sealed class SealKeyTests(SealedDatabaseFixture fixture) : IClassFixture<SealedDatabaseFixture>
{
    private const string Refused = PostgresErrorCodes.InvalidAuthorizationSpecification;
    private const string ReadRows = "SELECT customer_name FROM public.invoices";

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_key_is_replaced_without_a_pause_and_then_refused()
    {
        var keys = new ContextSealKeys(fixture.Database.SuperuserConnectionString);
        var first = await keys.AddAsync(Cancel);
        var key = first;
        await using var source = new NpgsqlDataSourceBuilder(fixture.Database.AppConnectionString).UseTenantDefaults().Build();
        var factory = new TenantConnectionFactory(source, new() { SealKeyProvider = () => key });
        var session = factory.CreateSession(fixture.ContextA);
        await ReadAsync(session);

        key = await keys.AddAsync(Cancel);
        await ReadAsync(session);
        await keys.RetireAsync(first[..8], Cancel);
        await ReadAsync(session);

        key = first;
        (await session.Invoking(s => s.QueryAsync<string>(ReadRows, cancellationToken: Cancel)).Should().ThrowAsync<SealedContextRefusedException>())
            .WithMessage("*no key that is in force*");
        (await keys.ListAsync(Cancel)).Single(listed => listed.Id == first[..8]).RetiredAt.Should().NotBeNull();
    }

    [Fact]
    public async Task A_token_signed_before_its_key_was_retired_is_refused_afterwards()
    {
        var keys = new ContextSealKeys(fixture.Database.SuperuserConnectionString);
        var key = await keys.AddAsync(Cancel);
        await using var source = new NpgsqlDataSourceBuilder(fixture.Database.AppConnectionString).UseTenantDefaults().Build();
        await using var work = await new TenantConnectionFactory(source, new() { SealKey = key }).OpenConnectionAsync(fixture.ContextA, Cancel);
        (await work.QueryAsync<string>(ReadRows, cancellationToken: Cancel)).Should().HaveCount(Seed.InvoicesEach);

        await keys.RetireAsync(key[..8], Cancel);

        await work.Invoking(w => w.QueryAsync<string>(ReadRows, cancellationToken: Cancel)).Should().ThrowAsync<SealedContextRefusedException>();
    }

    [Fact]
    public async Task A_key_of_another_database_is_refused()
    {
        await using var database = await fixture.Server.CreateTenantDatabaseAsync(cancellationToken: Cancel);
        var foreign = await new ContextSealKeys(database.SuperuserConnectionString).AddAsync(Cancel);
        foreach (var key in new[] { foreign, fixture.Database.SealKey![..9] + foreign[9..] })
        {
            var factory = new TenantConnectionFactory(fixture.AppDataSource, new() { SealKey = key });
            await factory.Invoking(f => f.VerifyAsync(Cancel)).Should().ThrowAsync<SealedContextRefusedException>();
        }
    }

    [Theory]
    [InlineData("SELECT * FROM app_seal.keys")]
    [InlineData("SELECT key_block FROM app_seal.keys")]
    [InlineData("SELECT app_seal.add_key()")]
    [InlineData("SELECT app_seal.retire_key('00000000')")]
    [InlineData("SET ROLE app_sealer")]
    [InlineData("UPDATE app_seal.keys SET retired_at = NULL")]
    [InlineData("CREATE OR REPLACE VIEW app_seal.context AS SELECT 1")]
    [InlineData("SET SESSION AUTHORIZATION app_sealer")]
    public async Task The_keys_are_out_of_reach(string sql)
    {
        foreach (var context in new[] { fixture.ContextA, TenantContext.Demo, TenantContext.ForAdmin("operator", "test") })
        {
            await using var work = await fixture.Factory.OpenConnectionAsync(context, Cancel);
            (await work.Connection.SqlStateOfAsync(sql)).Should().BeOneOf(PostgresErrorCodes.InsufficientPrivilege, PostgresErrorCodes.ReadOnlySqlTransaction);
        }
    }

    [Fact]
    public async Task Nothing_that_everybody_may_read_holds_a_key()
    {
        await using var work = await fixture.Factory.OpenConnectionAsync(fixture.ContextA, Cancel);
        (await work.Connection.ReadAsync("SELECT tablename || attname FROM pg_stats WHERE schemaname = 'app_seal'")).Should().BeEmpty();
        // The view shows a caller's own organization, whatever condition is asked along with it.
        (await work.Connection.ReadAsync("SELECT tenant_org_id FROM app_seal.context WHERE length(tenant_org_id::text) > 0")).Should().Equal(Seed.A);
        (await work.Connection.SqlStateOfAsync("SELECT demo_org_id FROM app_seal.context")).Should().Be(Refused);
        var key = fixture.Database.SealKey!;
        var secret = Convert.ToHexStringLower(Convert.FromBase64String(key[9..]));
        var readable = await fixture.TruthAsync<string>("SELECT string_agg(coalesce(prosrc, '') || coalesce(pg_get_function_sqlbody(oid), ''), '') "
            + "|| (SELECT string_agg(definition, '') FROM pg_views) FROM pg_proc");
        readable.Should().NotContain(key[9..]).And.NotContain(secret);
    }

    private static async Task ReadAsync(ITenantSession session) =>
        (await session.QueryAsync<string>(ReadRows, cancellationToken: Cancel)).Should().HaveCount(Seed.InvoicesEach);
}
