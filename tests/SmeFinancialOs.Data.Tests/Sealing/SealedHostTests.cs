using Npgsql;
using SmeFinancialOs.Data.Schema;
using SmeFinancialOs.Data.Tests.Support;

namespace SmeFinancialOs.Data.Tests.Sealing;

/// <summary>A host with a key works as it did without one; one whose key and database do not fit is told so.</summary>
public sealed class SealedHostTests(SealedDatabaseFixture fixture) : IClassFixture<SealedDatabaseFixture>
{
    private const string Names = "SELECT customer_name FROM invoices ORDER BY number";

    private static readonly string[] NamesOfA = ["secret of A 1", "secret of A 2", "secret of A 3"];

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private ITenantSession Session => fixture.Factory.CreateSession(fixture.ContextA);

    [Fact]
    public async Task Every_kind_of_call_of_a_session_sees_its_own_rows()
    {
        for (var i = 0; i < 8; i++) // prepared from the second on
        {
            (await Session.QueryAsync<string>(Names, cancellationToken: Cancel)).Should().Equal(NamesOfA);
            (await Session.ExecuteScalarAsync<long>("SELECT count(*) FROM invoices", cancellationToken: Cancel)).Should().Be(Seed.InvoicesEach);
            (await Session.QuerySingleOrDefaultAsync<Guid>("SELECT id FROM organizations", cancellationToken: Cancel)).Should().Be(fixture.OrganizationA);
            (await Session.QueryAsync<string>($"SELECT 1 FROM invoices WHERE false; {Names}", cancellationToken: Cancel))
                .Should().BeEmpty("the first of several results counts");
            (await Session.QueryUnbufferedAsync<string>(Names, cancellationToken: Cancel).ToListAsync(Cancel)).Should().Equal(NamesOfA);
            var copied = new MemoryStream();
            await Session.ExportAsync($"COPY ({Names}) TO STDOUT", copied, Cancel);
            System.Text.Encoding.UTF8.GetString(copied.ToArray()).Should().Be(string.Join('\n', NamesOfA) + "\n");
            var batch = Session.CreateBatch();
            var (rows, own) = (batch.AddQuery<string>(Names), batch.AddExecuteScalar<Guid>("SELECT app.current_org_id()"));
            await batch.ExecuteAsync(Cancel);
            rows.Value.Should().Equal(NamesOfA);
            own.Value.Should().Be(fixture.OrganizationA);
        }
    }

    [Fact]
    public async Task Units_of_work_write_and_commit_behind_savepoints_too()
    {
        await using (var work = await fixture.Factory.OpenConnectionAsync(fixture.ContextA, Cancel))
        {
            await work.Transaction.SaveAsync("here", Cancel);
            await work.ExecuteAsync("INSERT INTO invoices (number, amount_cents, customer_name, issued_at) VALUES ('sealed-1', 1, 'x', '2026-01-01')",
                cancellationToken: Cancel);
            await work.Transaction.RollbackAsync("here", Cancel);
            await work.ExecuteAsync("INSERT INTO invoices (number, amount_cents, customer_name, issued_at) VALUES ('sealed-2', 1, 'x', '2026-01-01')",
                cancellationToken: Cancel);
            await work.CommitAsync(Cancel);
        }

        await using (var transaction = fixture.Factory.BeginTransaction(fixture.ContextA))
        {
            await transaction.ExecuteAsync("UPDATE invoices SET status = 'paid' WHERE number = 'sealed-2'", cancellationToken: Cancel);
            await transaction.CommitAsync(Cancel);
        }

        (await fixture.TruthAsync<string>("SELECT string_agg(org_id || number || status, ',') FROM public.invoices WHERE number LIKE 'sealed-%'"))
            .Should().Be($"{Seed.A}sealed-2paid");
        (await Session.ExecuteAsync("DELETE FROM invoices WHERE number = 'sealed-2'", cancellationToken: Cancel)).Should().Be(1);
    }

    [Fact]
    public async Task The_demo_and_admins_see_what_is_theirs()
    {
        (await fixture.Factory.CreateSession(TenantContext.Demo).QueryAsync<string>(Names, cancellationToken: Cancel))
            .Should().HaveCount(Seed.InvoicesEach).And.OnlyContain(name => name.StartsWith(Seed.SecretOfDemo, StringComparison.Ordinal));
        var admin = fixture.Factory.CreateSession(TenantContext.ForAdmin("operator", "test"));
        (await admin.ExecuteScalarAsync<long>("SELECT count(DISTINCT org_id) FROM invoices", cancellationToken: Cancel)).Should().Be(3);
        await using var work = await fixture.Factory.OpenConnectionAsync(TenantContext.ForAdmin("operator", "test").AsReadWrite(), Cancel);
        (await work.ExecuteAsync("UPDATE invoices SET status = status", cancellationToken: Cancel)).Should().BeGreaterThanOrEqualTo(3 * Seed.InvoicesEach);
        await work.CommitAsync(Cancel);
    }

    [Fact]
    public async Task An_operator_who_may_become_the_owner_needs_no_token()
    {
        await using var superuser = await fixture.OpenAsSuperuserAsync();
        (await superuser.ReadAsync("SET ROLE admin_role; SELECT DISTINCT org_id::text FROM public.invoices")).Should().HaveCount(3);
    }

    [Fact]
    public async Task Without_a_context_there_are_no_rows()
    {
        await using var connection = await fixture.OpenAsAppUserAsync();
        (await connection.ReadAsync("SET ROLE tenant_role; SELECT customer_name FROM public.invoices")).Should().BeEmpty();
        (await connection.ReadAsync("SET ROLE demo_role; SELECT customer_name FROM public.invoices")).Should().BeEmpty();
    }

    [Fact]
    public async Task Parallel_plans_are_used_and_ask_in_their_leader()
    {
        await using var work = await fixture.Factory.OpenConnectionAsync(fixture.ContextA, Cancel);
        await work.Connection.RunAsync("SET LOCAL parallel_setup_cost = 0; SET LOCAL parallel_tuple_cost = 0; SET LOCAL min_parallel_table_scan_size = 0; "
            + "SET LOCAL min_parallel_index_scan_size = 0; SET LOCAL enable_indexscan = off; SET LOCAL enable_bitmapscan = off");
        string.Join('\n', await work.Connection.ReadAsync("EXPLAIN (ANALYZE) SELECT count(*) FROM public.invoices"))
            .Should().MatchRegex("Workers Launched: [1-9]");
        (await work.ExecuteScalarAsync<long>("SELECT count(*) FROM public.invoices", cancellationToken: Cancel)).Should().Be(Seed.InvoicesEach);
        (await work.ExecuteScalarAsync<long>("SELECT count(*) FROM public.invoices WHERE org_id = app.current_org_id()", cancellationToken: Cancel))
            .Should().Be(Seed.InvoicesEach);
    }

    [Fact]
    public async Task A_table_that_is_protected_later_is_sealed_as_well()
    {
        await fixture.AsSuperuserAsync($"""
            SET ROLE app_owner;
            CREATE TABLE public.later (org_id uuid NOT NULL DEFAULT app.current_org_id() REFERENCES public.organizations (id), id int,
                PRIMARY KEY (org_id, id));
            SELECT app.protect_table('public.later');
            RESET ROLE;
            INSERT INTO public.later VALUES ('{Seed.A}', 1), ('{Seed.B}', 2);
            """);
        (await Session.QueryAsync<int>("SELECT id FROM later", cancellationToken: Cancel)).Should().Equal(1);
        await using var work = await fixture.Factory.OpenConnectionAsync(fixture.ContextA, Cancel);
        (await work.Connection.SqlStateOfAsync($"SELECT set_config('app.current_org_id', '{Seed.B}', true); SELECT id FROM public.later")).Should().Be("28000");
    }

    [Fact]
    public async Task A_host_without_a_key_is_refused_by_name()
    {
        var factory = new TenantConnectionFactory(fixture.AppDataSource);
        (await factory.CreateSession(fixture.ContextA).Invoking(s => s.QueryAsync<string>(Names, cancellationToken: Cancel))
            .Should().ThrowAsync<DatabaseNotReadyException>())
            .WithMessage("*asks for sealed contexts*no key*SealKey*");
    }

    [Fact]
    public async Task A_host_with_a_key_says_when_the_database_does_not_ask_for_it_unless_that_is_optional()
    {
        await using var plain = await fixture.Server.CreateTenantDatabaseAsync(cancellationToken: Cancel);
        var organization = await plain.CreateOrganizationAsync(cancellationToken: Cancel);
        var key = await new ContextSealKeys(plain.SuperuserConnectionString).AddAsync(Cancel);
        await using var source = NpgsqlDataSource.Create(plain.AppConnectionString);

        (await new TenantConnectionFactory(source, new() { SealKey = key }).Invoking(f => f.VerifyAsync(Cancel))
            .Should().ThrowAsync<DatabaseNotReadyException>()).WithMessage("*migrate --seal*SealOptional*");

        // The rollout: hosts have their key, then the database is sealed under them.
        var session = new TenantConnectionFactory(source, new() { SealKey = key, SealOptional = true }).CreateSession(organization.Context);
        (await session.QueryAsync<Guid>("SELECT id FROM organizations", cancellationToken: Cancel)).Should().Equal(organization.Id);
        await new SchemaMigrator(plain.SuperuserConnectionString, new() { Seal = true }).MigrateAsync(Cancel);
        (await session.QueryAsync<Guid>("SELECT id FROM organizations", cancellationToken: Cancel)).Should().Equal(organization.Id);
        await organization.Session.Invoking(s => s.QueryAsync<Guid>("SELECT id FROM organizations", cancellationToken: Cancel))
            .Should().ThrowAsync<SealedContextRefusedException>("that host has no key");
    }

    [Theory]
    [InlineData("")]
    [InlineData("12345678")]
    [InlineData("12345678:")]
    [InlineData("12345678:AAAA")]
    [InlineData("1234567X:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=")]
    [InlineData("12345678-AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=")]
    [InlineData("12345678:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=AAAA")]
    public async Task What_is_no_key_is_refused_without_being_quoted(string key)
    {
        await using var source = NpgsqlDataSource.Create(fixture.Database.AppConnectionString);
        var making = () => new TenantConnectionFactory(source, new() { SealKey = key });
        making.Should().Throw<ArgumentException>().WithMessage("SealKey is not a key*").Which.Message.Should().NotContain("AAAA");
        var provided = new TenantConnectionFactory(source, new() { SealKeyProvider = () => key }).CreateSession(fixture.ContextA);
        (await provided.Invoking(s => s.QueryAsync<string>(Names, cancellationToken: Cancel)).Should().ThrowAsync<InvalidOperationException>())
            .WithMessage("SealKeyProvider*");
    }

    [Fact]
    public void Options_that_contradict_each_other_are_refused()
    {
        var both = () => new TenantConnectionFactory(fixture.AppDataSource,
            new() { SealKey = fixture.Database.SealKey, SealKeyProvider = () => fixture.Database.SealKey! });
        both.Should().Throw<ArgumentException>().WithMessage("*SealKeyProvider*");
        var lifetime = () => new TenantConnectionFactory(fixture.AppDataSource,
            new() { SealKey = fixture.Database.SealKey, SealLifetime = TimeSpan.FromMilliseconds(1) });
        lifetime.Should().Throw<ArgumentOutOfRangeException>();
    }
}
