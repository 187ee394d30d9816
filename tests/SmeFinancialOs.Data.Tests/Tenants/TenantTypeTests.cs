using Npgsql;

namespace SmeFinancialOs.Data.Tests.Tenants;

/// <summary>The attacks and the promises, on a host's own tables, for each type of tenant ids, plain and sealed.</summary>
public abstract class TenantTypeTests(AccountsDatabase database)
{
    private const string Notes = "SELECT DISTINCT note FROM orders";

    /// <summary>Whatever is there of others, whoever wrote it.</summary>
    private readonly string _fingerprint = $"SELECT string_agg(o::text, '|' ORDER BY o::text) FROM public.orders o WHERE account_id::text <> '{database.A}'";

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private ITenantSession A => database.Factory.CreateSession(database.ContextA);

    [Fact]
    public async Task A_tenant_sees_its_own_rows_by_every_call_and_nobody_elses()
    {
        (await A.QueryAsync<string>(Notes, cancellationToken: Cancel)).Should().Equal("secret of a");
        (await database.Factory.CreateSession(database.ContextB).QueryAsync<string>(Notes, cancellationToken: Cancel)).Should().Equal("secret of b");
        (await A.QueryAsync<string>("SELECT name FROM accounts", cancellationToken: Cancel)).Should().Equal("a");
        (await A.QueryAsync<string>(Notes + " WHERE account_id = @id", new { id = database.B.Value }, Cancel)).Should().BeEmpty();
        (await A.ExecuteScalarAsync<string>("SELECT app.current_org_id()::text", cancellationToken: Cancel)).Should().Be(database.A.ToString());
        (await database.Factory.CreateSession(TenantContext.ForOrganization(database.Nobody)).QueryAsync<string>(Notes, cancellationToken: Cancel))
            .Should().BeEmpty();
        await using var work = await database.Factory.OpenConnectionAsync(database.ContextB, Cancel);
        (await work.QueryAsync<string>(Notes, cancellationToken: Cancel)).Should().Equal("secret of b");
        await work.CommitAsync(Cancel);
    }

    [Theory]
    [InlineData("UPDATE orders SET note = 'changed'")]
    [InlineData("DELETE FROM orders")]
    [InlineData("INSERT INTO orders (account_id, id, note) VALUES ('{B}', 9, 'planted')")]
    [InlineData("INSERT INTO orders (account_id, id, note) VALUES ('{Demo}', 9, 'planted')")]
    [InlineData("INSERT INTO orders (account_id, id, note) VALUES ('{B}', 1, 'x') ON CONFLICT (account_id, id) DO UPDATE SET note = 'planted'")]
    [InlineData("UPDATE orders SET account_id = '{B}', id = id + 100")]
    [InlineData("DELETE FROM accounts")]
    [InlineData("UPDATE accounts SET id = '{Nobody}'")]
    [InlineData("INSERT INTO accounts VALUES ('{Nobody}', 'planted')")]
    public async Task A_tenant_writes_nothing_of_another_tenant(string attack)
    {
        var before = await database.TruthAsync<string>(_fingerprint);
        var accounts = await database.TruthAsync<string>("SELECT string_agg(a::text, '|' ORDER BY a::text) FROM public.accounts a");
        var own = await database.TruthAsync<string>("SELECT json_agg(o) FROM public.orders o");
        try
        {
            await A.ExecuteAsync(Named(attack), cancellationToken: Cancel);
        }
        catch (TenantDataException)
        {
            // Refused, or done to its own rows alone: the truth is what counts.
        }

        try
        {
            (await database.TruthAsync<string>(_fingerprint)).Should().Be(before);
            (await database.TruthAsync<string>("SELECT string_agg(a::text, '|' ORDER BY a::text) FROM public.accounts a")).Should().Be(accounts);
        }
        finally
        {
            await using var superuser = await database.OpenAsSuperuserAsync();
            await superuser.RunAsync("DELETE FROM public.orders; "
                + $"INSERT INTO public.orders SELECT * FROM json_populate_recordset(NULL::public.orders, $json${own}$json$)");
        }
    }

    [Fact]
    public async Task Rows_get_the_tenant_by_default_and_a_load_of_another_tenants_is_refused()
    {
        await using var work = database.Factory.BeginTransaction(database.ContextA);
        await work.ExecuteAsync("INSERT INTO orders (id, note) VALUES (50, 'by default')", cancellationToken: Cancel);
        (await work.ExecuteScalarAsync<string>("SELECT account_id::text FROM orders WHERE id = 50", cancellationToken: Cancel))
            .Should().Be(database.A.ToString());
        (await work.InsertManyAsync("public.orders", new[] { new { Id = 51, Note = "loaded" }, new { Id = 52, Note = "loaded" } }, Cancel)).Should().Be(2);
        await A.Invoking(session => session.InsertManyAsync("public.orders", new[] { new { AccountId = database.B.Value, Id = 53, Note = "planted" } }, Cancel))
            .Should().ThrowAsync<TenantDataException>();
    }

    [Fact]
    public async Task The_demo_is_read_by_its_context_and_written_by_nobody()
    {
        var demo = database.Factory.CreateSession(TenantContext.ForDemo(database.Demo));
        (await demo.QueryAsync<string>(Notes, cancellationToken: Cancel)).Should().Equal("secret of demo");
        await demo.Invoking(session => session.ExecuteAsync("DELETE FROM orders", cancellationToken: Cancel)).Should().ThrowAsync<DemoReadOnlyException>();
        // A context of another id as the demo shows no rows of that id.
        (await database.Factory.CreateSession(TenantContext.ForDemo(database.A)).QueryAsync<string>(Notes, cancellationToken: Cancel))
            .Should().NotContain("secret of a");
        var asTenant = database.Factory.CreateSession(TenantContext.ForOrganization(database.Demo));
        await asTenant.Invoking(session => session.ExecuteAsync("INSERT INTO orders (id, note) VALUES (70, 'planted')", cancellationToken: Cancel))
            .Should().ThrowAsync<TenantDataException>();
    }

    [Fact]
    public async Task An_admin_sees_all_and_erases_one_tenant()
    {
        var admin = TenantContext.ForAdmin("ann", "a test").AsReadWrite();
        await using var work = await database.Factory.OpenConnectionAsync(admin, Cancel);
        (await work.QueryAsync<string>(Notes, cancellationToken: Cancel)).Should().HaveCount(3);
        (await work.QueryAsync<string>("SELECT table_name || ' ' || deleted_rows FROM app.delete_tenant(@id)", new { id = database.B.Value }, Cancel))
            .Should().Equal("public.accounts 1", "public.orders 3");
        (await work.QueryAsync<string>(Notes, cancellationToken: Cancel)).Should().BeEquivalentTo("secret of a", "secret of demo");
        (await work.ExecuteScalarAsync<string>("SELECT app.current_user_id()", cancellationToken: Cancel)).Should().Be("ann");
    }

    [Fact]
    public async Task A_commit_is_refused_where_sql_has_changed_the_tenant()
    {
        await using var work = await database.Factory.OpenConnectionAsync(database.ContextA, Cancel);
        await work.Connection.RunAsync($"SELECT set_config('app.current_org_id', '{database.B}', true)");
        await work.Invoking(w => w.CommitAsync(Cancel)).Should().ThrowAsync<TenantDataException>();
    }

    [Fact]
    public async Task An_id_of_another_type_is_refused_before_anything_is_sent()
    {
        foreach (TenantKey other in new TenantKey[] { Guid.NewGuid(), 5, "five" }.Where(key => key.Type != database.A.Type))
        {
            var context = TenantContext.ForOrganization(other);
            database.Factory.Invoking(factory => factory.CreateSession(context)).Should().Throw<ArgumentException>().WithMessage("*TenantType*");
            database.Factory.Invoking(factory => factory.BeginTransaction(context)).Should().Throw<ArgumentException>().WithMessage("*TenantType*");
            await database.Factory.Invoking(async factory => await factory.OpenConnectionAsync(context, Cancel)).Should().ThrowAsync<ArgumentException>();
        }
    }

    [Fact]
    public async Task A_factory_of_another_type_says_what_the_database_has()
    {
        await database.Factory.VerifyAsync(Cancel);
        await using var source = new NpgsqlDataSourceBuilder(database.Database.AppConnectionString).UseTenantDefaults().Build();
        foreach (var type in Enum.GetValues<TenantKeyType>().Where(type => type != database.A.Type))
        {
            var factory = new TenantConnectionFactory(source, new() { TenantType = type, SealKey = database.Database.SealKey });
            (await factory.Invoking(f => f.VerifyAsync(Cancel)).Should().ThrowAsync<DatabaseNotReadyException>())
                .WithMessage($"*of type {database.A.Type.ToString().ToLowerInvariant()}*TenantType is {type}*");
        }
    }

    [Fact]
    public async Task The_probe_and_the_audit_find_nothing() => await database.Database.AssertIsolationAsync(
        new() { TenantColumn = "account_id", TenantTable = "public.accounts", DemoTenant = database.Demo.ToString() }, Cancel);

    private static string Escaped(TenantKey key) => key.ToString().Replace("'", "''");

    private string Named(string sql) => sql.Replace("{B}", Escaped(database.B)).Replace("{Demo}", Escaped(database.Demo)).Replace("{Nobody}",
        Escaped(database.Nobody));
}

public sealed class UuidTenantTests(UuidAccounts database) : TenantTypeTests(database), IClassFixture<UuidAccounts>;

public sealed class BigintTenantTests(BigintAccounts database) : TenantTypeTests(database), IClassFixture<BigintAccounts>;

public sealed class TextTenantTests(TextAccounts database) : TenantTypeTests(database), IClassFixture<TextAccounts>;

public sealed class SealedUuidTenantTests(SealedUuidAccounts database) : TenantTypeTests(database), IClassFixture<SealedUuidAccounts>;

public sealed class SealedBigintTenantTests(SealedBigintAccounts database) : TenantTypeTests(database), IClassFixture<SealedBigintAccounts>;

public sealed class SealedTextTenantTests(SealedTextAccounts database) : TenantTypeTests(database), IClassFixture<SealedTextAccounts>;
