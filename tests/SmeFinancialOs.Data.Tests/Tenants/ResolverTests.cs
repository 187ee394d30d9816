using Npgsql;
using SmeFinancialOs.Data.Tests.Support;

namespace SmeFinancialOs.Data.Tests.Tenants;

/// <summary>Resolving before the tenant is known, for each type of tenant ids, plain and sealed, with the guard on.</summary>
public abstract class ResolverTests(AccountsDatabase database) : IAsyncLifetime
{
    private static readonly byte[] KeyOfB = [0x0b];
    private static readonly byte[] NoKey = [0x0c];

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        if (await database.TruthAsync<bool>("SELECT to_regclass('public.api_keys') IS NOT NULL"))
            return;
        await using var superuser = await database.OpenAsSuperuserAsync();
        var type = database.A.Type.ToString();
        await superuser.RunAsync($"""
            BEGIN;
            SET LOCAL ROLE app_owner;
            CREATE TABLE public.api_keys (org_id {type} NOT NULL REFERENCES public.accounts, key_hash bytea NOT NULL UNIQUE, secret text);
            CREATE TABLE public.members (org_id {type} NOT NULL REFERENCES public.accounts, user_id varchar(40), PRIMARY KEY (user_id, org_id));
            SELECT app.protect_table('public.api_keys'), app.protect_table('public.members');
            SELECT app.create_resolver('api_key', 'public.api_keys', '{"{key_hash}"}'), app.create_resolver('member', 'public.members', '{"{user_id,org_id}"}');
            COMMIT;
            INSERT INTO public.api_keys VALUES ('{database.A}', '\x0a', 'secret'), ('{database.B}', '\x0b', 'secret');
            INSERT INTO public.members VALUES ('{database.A}', 'one'), ('{database.A}', 'both'), ('{database.B}', 'both')
            """);
    }

    public ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        return ValueTask.CompletedTask;
    }

    [Fact]
    public async Task Resolving_before_the_tenant_is_known_gives_the_tenant_of_a_key_or_null()
    {
        (await database.Factory.ResolveTenantAsync("api_key", KeyOfB, Cancel)).Should().Be(database.B);
        (await database.Factory.ResolveTenantAsync("api_key", NoKey, Cancel)).Should().BeNull();
        (await database.Factory.ResolveTenantAsync("member", new object[] { "both", database.B }, Cancel)).Should().Be(database.B);
        (await database.Factory.ResolveTenantAsync("member", new object[] { "one", database.B }, Cancel)).Should().BeNull();
        (await database.Factory.ResolveTenantsAsync("member", "both", Cancel)).Should().BeEquivalentTo([database.A, database.B]);
        (await database.Factory.ResolveTenantsAsync("member", "none", Cancel)).Should().BeEmpty();
        (await database.TruthAsync<long>("SELECT count(*) FROM app.admin_access_log")).Should().Be(0, "no admin context is opened");
    }

    [Theory]
    [InlineData("")]
    [InlineData(";Max Auto Prepare=20;Auto Prepare Min Usages=2")]
    [InlineData(";No Reset On Close=true")]
    public async Task Resolving_is_one_round_trip(string settings)
    {
        await using var proxy = new LoopbackProxy(database.Database.AppConnectionString + settings);
        await using var source = NpgsqlDataSource.Create(proxy.ConnectionString);
        var factory = new TenantConnectionFactory(source, new() { TenantType = database.A.Type, SealKey = database.Database.SealKey });
        await factory.ResolveTenantAsync("api_key", NoKey, Cancel);

        for (var call = 0; call < 3; call++)
        {
            var before = proxy.RoundTrips;
            (await factory.ResolveTenantAsync("api_key", KeyOfB, Cancel)).Should().Be(database.B);
            (proxy.RoundTrips - before).Should().Be(1);
        }
    }

    /// <summary>What a resolver runs in is no context for anything else, and nothing of it stays on the connection.</summary>
    [Fact]
    public async Task Nothing_of_a_resolver_stays_for_the_next_call()
    {
        await using var source = NpgsqlDataSource.Create(database.Database.AppConnectionString + ";Maximum Pool Size=1;No Reset On Close=true");
        var factory = new TenantConnectionFactory(source, new() { TenantType = database.A.Type, SealKey = database.Database.SealKey });
        var session = factory.CreateSession(database.ContextA);
        (await session.QueryAsync<string>("SELECT DISTINCT note FROM orders", cancellationToken: Cancel)).Should().Equal("secret of a");
        (await factory.ResolveTenantAsync("api_key", KeyOfB, Cancel)).Should().Be(database.B);
        (await session.QueryAsync<string>("SELECT DISTINCT note FROM orders", cancellationToken: Cancel)).Should().Equal("secret of a");

        var resolver = factory.CreateSession(TenantContext.Resolver);
        (await resolver.QueryAsync<string>(
            "SELECT concat_ws(' ', current_user, current_setting('transaction_read_only'), current_setting('app.current_org_id'))",
            cancellationToken: Cancel)).Should().Equal("resolver_role on ");
        await resolver.Awaiting(s => s.QueryAsync<string>("SELECT secret FROM public.api_keys", cancellationToken: Cancel))
            .Should().ThrowAsync<MissingPrivilegeException>().WithMessage("*ResolverRole*");
    }

    [Fact]
    public async Task A_tenants_session_cannot_call_a_resolver() =>
        await database.Factory.CreateSession(database.ContextA)
            .Awaiting(session => session.ExecuteScalarAsync<object>("SELECT app.resolve_api_key('\\x0b')", cancellationToken: Cancel))
            .Should().ThrowAsync<MissingPrivilegeException>();

    /// <summary>SQL in a tenant's request can take the role: then it learns the tenant of a key that it has already, and commits nothing.</summary>
    [Theory]
    [InlineData("SET LOCAL ROLE resolver_role", true)]
    [InlineData("SELECT set_config('role', 'resolver_role', true)", false)]
    [InlineData("INSERT INTO public.api_keys VALUES (app.current_org_id(), '\\x0e'); SET ROLE resolver_role", true)]
    public async Task Injected_switch_to_the_resolver_role_is_not_committed_and_reads_no_row(string injection, bool lastsAsSet)
    {
        var before = await database.TruthAsync<string>("SELECT json_agg(k) FROM public.api_keys k");
        await using (var work = await database.Factory.OpenConnectionAsync(database.ContextA, Cancel))
        {
            await work.ExecuteAsync(injection, cancellationToken: Cancel);
            (await work.ExecuteScalarAsync<object>("SELECT app.resolve_api_key('\\x0c')", cancellationToken: Cancel)).Should().BeNull();
            (await work.ExecuteScalarAsync<string>("SELECT app.resolve_api_key('\\x0b')::text", cancellationToken: Cancel)).Should().Be(
                database.B.ToString(), "it is documented: keys must be such that nobody can guess them");
            await work.Awaiting(w => w.CommitAsync(Cancel)).Should().ThrowAsync<TenantDataException>();
        }

        foreach (var read in new[] { "SELECT key_hash FROM public.api_keys", "SELECT org_id FROM public.api_keys", "SELECT user_id FROM public.members",
            "SELECT note FROM public.orders", "SELECT name FROM public.accounts" })
        {
            await using var work = await database.Factory.OpenConnectionAsync(database.ContextA, Cancel);
            await work.ExecuteAsync(injection, cancellationToken: Cancel);
            await work.Awaiting(w => w.ExecuteScalarAsync<object>(read, cancellationToken: Cancel)).Should().ThrowAsync<MissingPrivilegeException>();
        }

        // In a call of a session the role ends with the transaction, which is the call; a role that would last is refused.
        var session = database.Factory.CreateSession(database.ContextA);
        var call = session.Awaiting(s =>
            s.ExecuteAsync(injection.Replace("SET LOCAL", "SET", StringComparison.Ordinal) + "; SELECT 1", cancellationToken: Cancel));
        if (lastsAsSet)
            await call.Should().ThrowAsync<TenantDataException>();
        else
            await call.Should().NotThrowAsync();
        (await session.ExecuteScalarAsync<string>("SELECT current_user::text", cancellationToken: Cancel)).Should().Be("tenant_role");
        (await database.TruthAsync<string>("SELECT json_agg(k) FROM public.api_keys k")).Should().Be(before);
    }

    [Fact]
    public async Task Bad_input_has_a_typed_error_that_says_what_to_do()
    {
        var factory = database.Factory;
        await Refused<ResolverNotFoundException>(() => factory.ResolveTenantAsync("nothing", KeyOfB, Cancel), "*app.create_resolver('nothing'*");
        await Refused<ResolverNotFoundException>(() => factory.ResolveTenantsAsync("api_key", KeyOfB, Cancel), "*among the columns*");
        await Refused<ArgumentException>(() => factory.ResolveTenantAsync("api_key", 7, Cancel), "*(bytea)*");
        await Refused<ArgumentException>(() => factory.ResolveTenantAsync("api_key", new object[] { KeyOfB, KeyOfB }, Cancel), "*(bytea)*");
        await Refused<ArgumentException>(() => factory.ResolveTenantAsync("member", "one", Cancel), "*(character varying, *");
        await Refused<ArgumentException>(() => factory.ResolveTenantAsync("api_key", new object(), Cancel), "*System.Object*");
        await Refused<ArgumentException>(() => factory.ResolveTenantAsync("api_key", new object[] { null! }, Cancel), "*null*");
        await Refused<ArgumentException>(() => factory.ResolveTenantAsync("api_key", Array.Empty<object>(), Cancel), "*a value for each column*");
        await Refused<ArgumentException>(() => factory.ResolveTenantAsync("api_key", default(TenantKey), Cancel), "*no id*");
        await Refused<ArgumentNullException>(() => factory.ResolveTenantAsync("api_key", null!, Cancel), "*key*");
        await Refused<ArgumentNullException>(() => factory.ResolveTenantAsync(null!, KeyOfB, Cancel), "*resolver*");
        foreach (var name in new[] { "", " ", "Api_key", "x()", "api_key\n", "api_key($1); DROP TABLE public.orders; --", new string('x', 53) })
            await Refused<ArgumentException>(() => factory.ResolveTenantAsync(name, KeyOfB, Cancel), "*1 to 52*");
        await Refused<InvalidValueException>(() => factory.ResolveTenantAsync("api_key", "\\xno", Cancel), "*");
        await Refused<InvalidValueException>(() => factory.ResolveTenantAsync("member", new object[] { "\0", database.A }, Cancel), "*");
        (await database.Factory.ResolveTenantAsync("api_key", KeyOfB, Cancel)).Should().Be(database.B);
    }

    private static async Task Refused<T>(Func<Task> call, string message)
        where T : Exception => await call.Should().ThrowAsync<T>().WithMessage(message);
}

public sealed class UuidResolverTests(UuidAccounts database) : ResolverTests(database), IClassFixture<UuidAccounts>;

public sealed class BigintResolverTests(BigintAccounts database) : ResolverTests(database), IClassFixture<BigintAccounts>;

public sealed class TextResolverTests(TextAccounts database) : ResolverTests(database), IClassFixture<TextAccounts>;

public sealed class SealedUuidResolverTests(SealedUuidAccounts database) : ResolverTests(database), IClassFixture<SealedUuidAccounts>;

public sealed class SealedBigintResolverTests(SealedBigintAccounts database) : ResolverTests(database), IClassFixture<SealedBigintAccounts>;

public sealed class SealedTextResolverTests(SealedTextAccounts database) : ResolverTests(database), IClassFixture<SealedTextAccounts>;
