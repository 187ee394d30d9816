using Npgsql;
using SmeFinancialOs.Data.Testing;
using SmeFinancialOs.Data.Tests.Support;

namespace SmeFinancialOs.Data.Tests.Readme;

/// <summary>docs/users.md and docs/reference-tables.md, with their own statements, on a database with the guard on.</summary>
public abstract class UsersPageTests(UsersPageTests.Tables tables)
{
    private static readonly Page Users = new(Page.Users);
    private static readonly Page ReferenceTables = new(Page.ReferenceTables);
    private static readonly Guid Ann = Guid.NewGuid();
    private static readonly Guid Bob = Guid.NewGuid();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Tenant_reads_the_named_columns_of_its_members_and_writes_no_user_and_no_membership()
    {
        var session = tables.Factory.CreateSession(tables.ContextA);

        var members = Users.Blocks("sql", "Queries")[0].Replace("u.id, u.name, m.role", "u.name || ' ' || m.role", StringComparison.Ordinal);
        (await session.QueryAsync<string>(members, cancellationToken: Cancel)).Should().Equal("Ann member");
        (await session.QueryAsync<string>("SELECT email FROM public.users", cancellationToken: Cancel)).Should().Equal("ann@example.com");
        await using (var work = await tables.Factory.OpenConnectionAsync(TenantContext.ForOrganization(tables.OrganizationA).As(Bob.ToString()), Cancel))
        {
            (await work.QueryAsync<string>("SELECT name FROM public.users ORDER BY name", cancellationToken: Cancel))
                .Should().Equal(["Ann", "Bob"], "Bob sees himself in any organization");
        }

        foreach (var denied in new[]
        {
            "SELECT password_hash FROM public.users", "SELECT * FROM public.users", "UPDATE public.users SET name = 'x'", "DELETE FROM public.users",
            $"INSERT INTO public.memberships (user_id) VALUES ('{Bob}')", $"UPDATE public.memberships SET user_id = '{Bob}'",
            "INSERT INTO public.users (email, name, password_hash) VALUES ('x', 'x', 'x')",
        })
        {
            await session.Awaiting(s => s.ExecuteAsync(denied, cancellationToken: Cancel)).Should().ThrowAsync<MissingPrivilegeException>(denied);
        }

        (await session.ExecuteAsync("UPDATE public.memberships SET role = role", cancellationToken: Cancel)).Should().Be(1);
    }

    [Fact]
    public async Task Accepting_an_invitation_makes_a_member_once_in_one_round_trip()
    {
        await using var proxy = new LoopbackProxy(tables.Database.AppConnectionString);
        await using var source = NpgsqlDataSource.Create(proxy.ConnectionString);
        var factory = new TenantConnectionFactory(source, new() { SealKey = tables.Database.SealKey });
        TenantKey a = tables.OrganizationA, b = tables.OrganizationB;
        (await TablesSnippets.AcceptAsync(factory, tables.OrganizationB, Ann)).Should().BeFalse("nobody has invited Ann");
        await tables.Factory.CreateSession(tables.ContextB)
            .ExecuteAsync("INSERT INTO public.invitations (email, role) VALUES ('ann@example.com', 'owner')", cancellationToken: Cancel);

        var before = proxy.RoundTrips;
        foreach (var (tenant, user, isInvited) in new[] { (a, Ann, false), (b, Bob, false), (b, Ann, true), (b, Ann, false) })
            (await factory.AcceptInvitationAsync(tenant, user, Cancel)).Should().Be(isInvited, "{0} in {1}", user, tenant);

        (proxy.RoundTrips - before).Should().Be(4);
        (await tables.TruthAsync<string>($"SELECT string_agg(org_id || ' ' || role, ',' ORDER BY role) FROM public.memberships WHERE user_id = '{Ann}'"))
            .Should().Be($"{a} member,{b} owner");
        await tables.AsSuperuserAsync("DELETE FROM public.memberships WHERE role = 'owner'");
        (await tables.TruthAsync<long>("SELECT count(*) FROM app.admin_access_log")).Should().Be(0, "no admin context is opened");
    }

    [Fact]
    public async Task Acceptance_that_cannot_be_asked_has_a_typed_error_that_says_what_to_do()
    {
        var factory = tables.Factory;
        TenantKey tenant = tables.OrganizationA;
        await Refused<ArgumentNullException>(() => factory.AcceptInvitationAsync(tenant, null!, Cancel), "*userId*");
        await Refused<ArgumentException>(() => factory.AcceptInvitationAsync(default, Ann, Cancel), "*organizationId*");
        await Refused<ArgumentException>(() => factory.AcceptInvitationAsync(7, Ann, Cancel), "*type Bigint*");
        await Refused<ArgumentException>(() => factory.AcceptInvitationAsync(tenant, 7, Cancel), "*(uuid, uuid)*");
        await Refused<InvalidValueException>(() => factory.AcceptInvitationAsync(tenant, "no uuid", Cancel), "*");
        await Refused<ResolverNotFoundException>(() => NewFactory().AcceptInvitationAsync(tenant, Ann, Cancel), "*app.create_acceptance(*");

        TenantConnectionFactory NewFactory() => new(tables.WithoutTables);
    }

    [Fact]
    public async Task Reference_table_is_read_by_tenants_and_written_by_an_admin_alone()
    {
        var session = tables.Factory.CreateSession(tables.ContextA);

        (await session.QueryAsync<string>("SELECT name FROM public.countries", cancellationToken: Cancel)).Should().Equal("Germany");
        foreach (var denied in new[] { "INSERT INTO public.countries VALUES ('FR', 'France')", "UPDATE public.countries SET name = 'x'",
            "DELETE FROM public.countries", "TRUNCATE public.countries" })
            await session.Awaiting(s => s.ExecuteAsync(denied, cancellationToken: Cancel)).Should().ThrowAsync<MissingPrivilegeException>(denied);
        const string categories = "SELECT coalesce(org_id::text, 'all') || ' ' || name FROM public.all_categories ORDER BY 1";
        (await session.QueryAsync<string>(categories, cancellationToken: Cancel)).Should().Equal($"{tables.OrganizationA} own of a", "all shared");
    }

    private static async Task Refused<T>(Func<Task> call, string message) where T : Exception => await call.Should().ThrowAsync<T>().WithMessage(message);

    public abstract class Tables : TenantDatabaseFixture, IAsyncLifetime
    {
        private TenantDatabase _other = null!;

        /// <summary>A migrated database in which no invitations are accepted.</summary>
        public NpgsqlDataSource WithoutTables { get; private set; } = null!;

        async ValueTask IAsyncLifetime.InitializeAsync()
        {
            await InitializeAsync();
            _other = await Server.CreateTenantDatabaseAsync(cancellationToken: Cancel);
            WithoutTables = NpgsqlDataSource.Create(_other.AppConnectionString);
            await AsSuperuserAsync($"""
                BEGIN;
                SET LOCAL ROLE app_owner;
                {string.Concat(Users.Blocks("sql").Where(block => !block.StartsWith("SELECT u.", StringComparison.Ordinal)))}
                {ReferenceTables.Blocks("sql")[0]}
                CREATE TABLE public.shared_categories (id int PRIMARY KEY, name text);
                CREATE TABLE public.categories (org_id uuid NOT NULL REFERENCES public.organizations, id int, name text, PRIMARY KEY (org_id, id));
                SELECT app.share_table('public.shared_categories'), app.protect_table('public.categories');
                {ReferenceTables.Blocks("sql")[1]}
                GRANT SELECT ON public.all_categories TO tenant_role;
                COMMIT;
                INSERT INTO public.users (id, email, name, password_hash) VALUES
                    ('{Ann}', 'ann@example.com', 'Ann', 'secret'), ('{Bob}', 'bob@example.com', 'Bob', 'secret');
                INSERT INTO public.memberships (org_id, user_id) VALUES ('{OrganizationA}', '{Ann}'), ('{OrganizationB}', '{Bob}');
                INSERT INTO public.countries VALUES ('DE', 'Germany');
                INSERT INTO public.shared_categories VALUES (1, 'shared');
                INSERT INTO public.categories VALUES ('{OrganizationA}', 1, 'own of a'), ('{OrganizationB}', 1, 'own of b')
                """);
        }

        async ValueTask IAsyncDisposable.DisposeAsync()
        {
            GC.SuppressFinalize(this);
            await WithoutTables.DisposeAsync();
            await _other.DisposeAsync();
            await DisposeAsync();
        }
    }
}

public sealed class PlainUsersPageTests(PlainUsersPageTests.Database database) : UsersPageTests(database), IClassFixture<PlainUsersPageTests.Database>
{
    public sealed class Database : Tables
    {
        protected override TenantDatabaseOptions Options { get; } = new() { Guard = true };
    }
}

public sealed class SealedUsersPageTests(SealedUsersPageTests.Database database) : UsersPageTests(database), IClassFixture<SealedUsersPageTests.Database>
{
    public sealed class Database : Tables
    {
        protected override TenantDatabaseOptions Options { get; } = new() { Guard = true, Seal = true };
    }
}
