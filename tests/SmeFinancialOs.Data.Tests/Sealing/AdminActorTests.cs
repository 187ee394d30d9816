using System.Security.Cryptography;
using System.Text;
using Npgsql;
using SmeFinancialOs.Data.Tests.Support;

namespace SmeFinancialOs.Data.Tests.Sealing;

/// <summary>SQL in an admin context that enters another name in the access log: in plain mode it does, sealed it does not.</summary>
public sealed class AdminActorTests(TenantDatabaseFixture plain, SealedDatabaseFixture @sealed)
    : IClassFixture<TenantDatabaseFixture>, IClassFixture<SealedDatabaseFixture>
{
    private const string Into = "INSERT INTO app.admin_access_log (actor, reason, read_only)";
    private const string Again = "COMMIT; BEGIN; SET LOCAL ROLE admin_role; SET LOCAL app.context_token = '{token}';";

    private static readonly TenantContext Ann = TenantContext.ForAdmin("ann", "ticket").AsReadWrite();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public static TheoryData<string> Forgeries =>
    [
        $"{Into} VALUES ('bob', 'forged', false)",
        $"{Into} SELECT 'bob', 'forged', false FROM generate_series(1, 3)",
        $"{Into} VALUES ('ann', 'own', false), ('bob', 'forged', false)",
        $"WITH entry AS ({Into} VALUES ('bob', 'forged', true) RETURNING 1) SELECT * FROM entry",
        $"DO $$ BEGIN {Into} VALUES ('bob', 'forged', true); END $$",
        $"PREPARE forging AS {Into} VALUES ($1, 'forged', true); EXECUTE forging ('bob')",
        $"{Again} {Into} VALUES ('bob', 'forged', true)",
        $"COMMIT; BEGIN; SET LOCAL ROLE admin_role; {Into} VALUES ('bob', 'forged', true)",
        $"SET LOCAL app.context_token = ''; SET LOCAL app.current_org_id = ''; {Into} VALUES ('bob', 'forged', true)",
        $"SELECT set_config('app.context_token', replace(current_setting('app.context_token', true), '{DigestOf("ann")}', '{DigestOf("bob")}'), true); {Into} "
            + "VALUES ('bob', 'forged', true)",
        $"SELECT set_config('app.context_token', replace(current_setting('app.context_token', true), '{DigestOf("ann")}', repeat('0', 64)), true); {Into} "
            + "VALUES ('bob', 'forged', true)",
        // What people take for the same name is another.
        $"{Into} VALUES ('Ann', 'forged', true)",
        $"{Into} VALUES ('ann ', 'forged', true)",
        $"{Into} VALUES (U&'ann\\200B', 'forged', true)",
        $"{Into} VALUES (U&'\\0430nn', 'forged', true)",
    ];

    [Theory]
    [MemberData(nameof(Forgeries))]
    public async Task A_name_that_is_not_the_actors_is_entered_in_plain_mode_alone(string forgery)
    {
        foreach (var (fixture, isEntered) in new[] { (plain, true), (@sealed, false) })
        {
            var before = await ForgedAsync(fixture);
            await using (var work = await fixture.Factory.OpenConnectionAsync(Ann, Cancel))
            {
                var token = await work.Connection.ScalarAsync<string>("SELECT coalesce(current_setting('app.context_token', true), '')");
                var state = await work.Connection.SqlStateOfAsync(forgery.Replace("{token}", token, StringComparison.Ordinal) + "; COMMIT");
                state.Should().BeOneOf(isEntered ? [null] : ["42501", "28000"]);
            }

            (await ForgedAsync(fixture) > before).Should().Be(isEntered);
        }
    }

    /// <summary>The entry itself is written through the same check.</summary>
    [Theory]
    [InlineData("ann")]
    [InlineData("Žofia Nováková <zofia@example.com>")]
    [InlineData("\U0001f600 '; DROP TABLE x; --")]
    [InlineData("  spaces around  ")]
    public async Task An_actor_of_any_name_is_on_record_and_may_add_entries_of_its_own(string actor)
    {
        var context = TenantContext.ForAdmin(actor, "ticket");
        foreach (var each in new[] { context, context.AsReadWrite() })
            (await @sealed.Factory.CreateSession(each).ExecuteScalarAsync<long>("SELECT count(*) FROM "
                + "organizations", cancellationToken: Cancel)).Should().BePositive();
        await using (var work = await @sealed.Factory.OpenConnectionAsync(context.AsReadWrite(), Cancel))
        {
            await work.ExecuteAsync($"{Into} VALUES (@actor, 'of its own', false)", new { actor }, cancellationToken: Cancel);
            await work.CommitAsync(Cancel);
        }

        await using var superuser = await @sealed.OpenAsSuperuserAsync();
        await using var count = new NpgsqlCommand("SELECT count(*) FROM app.admin_access_log WHERE actor = "
            + "$1", superuser)
        { Parameters = { new() { Value = actor } } };
        ((long)(await count.ExecuteScalarAsync(Cancel))!).Should().BeGreaterThanOrEqualTo(4);
    }

    /// <summary>A token is kept for the next call on its connection: of that actor alone.</summary>
    [Fact]
    public async Task Actors_that_take_turns_on_one_connection_have_tokens_of_their_own()
    {
        await using var admins = new NpgsqlDataSourceBuilder(@sealed.Database.AdminConnectionString + ";Maximum Pool Size=1").UseTenantDefaults().Build();
        await using var tenants = new NpgsqlDataSourceBuilder(@sealed.Database.AppConnectionString).UseTenantDefaults().Build();
        var factory = new TenantConnectionFactory(tenants, new() { AdminDataSource = admins, SealKey = @sealed.Database.SealKey });
        for (var i = 0; i < 3; i++)
        {
            foreach (var actor in new[] { "ann", "bob", "carol" })
            {
                var token = await factory.CreateSession(TenantContext.ForAdmin(actor, "turns"))
                    .ExecuteScalarAsync<string>("SELECT current_setting('app.context_token') FROM organizations LIMIT 1", cancellationToken: Cancel);
                (token!.Length, token[..1], token[36..100]).Should().Be((164, "a", DigestOf(actor)));
            }
        }

        (await @sealed.TruthAsync<long>("SELECT count(DISTINCT actor) FROM app.admin_access_log WHERE reason = 'turns'")).Should().Be(3);
    }

    /// <summary>SQL of a read-only context begins a transaction that may write: its token is not for that.</summary>
    [Fact]
    public async Task A_read_only_admin_adds_no_entry_where_contexts_are_sealed()
    {
        foreach (var (fixture, state) in new (TenantDatabaseFixture, string?)[] { (plain, null), (@sealed, "28000") })
        {
            await using var work = await fixture.Factory.OpenConnectionAsync(Ann.AsReadOnly(), Cancel);
            var token = await work.Connection.ScalarAsync<string>("SELECT coalesce(current_setting('app.context_token', true), '')");
            (await work.Connection.SqlStateOfAsync($"{Again.Replace("{token}", token, StringComparison.Ordinal)} {Into} VALUES ('ann', 'not "
                + "read-only', true)")).Should().Be(state);
        }
    }

    /// <summary>No tenant, the actor as the user, and no roles.</summary>
    private static string DigestOf(string actor) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"0:{actor.Length}:{actor}")));

    private static Task<long> ForgedAsync(TenantDatabaseFixture fixture) => fixture.TruthAsync<long>("SELECT count(*) FROM app.admin_access_log WHERE "
        + "reason = 'forged'");
}
