using Npgsql;
using SmeFinancialOs.Data.Tests.Support;

namespace SmeFinancialOs.Data.Tests;

/// <summary>What one tenant's SQL leaves on a connection, the next one on the same connection must not find.</summary>
public sealed class ConnectionResetTests(TenantDatabaseFixture fixture) : IClassFixture<TenantDatabaseFixture>
{
    /// <summary>There is no asking whether there is one: lastval() gives it, or an error.</summary>
    private const string LastValue = "lastval()";

    private static readonly Dictionary<string, (string Leave, string Find)> Leftovers = new()
    {
        ["setting"] = ("SET statement_timeout = '77s'", "current_setting('statement_timeout') <> '0'"),
        ["search path"] = ("SET search_path = pg_catalog", "current_setting('search_path') = 'pg_catalog'"),
        ["cursor"] = ("DECLARE left_open CURSOR WITH HOLD FOR SELECT org_id FROM public.invoices", "EXISTS (SELECT FROM pg_cursors WHERE name = 'left_open')"),
        ["listening"] = ("LISTEN left_on", "EXISTS (SELECT FROM pg_listening_channels())"),
        ["sequence value"] = ("SELECT nextval('public.left_value')", LastValue),
        ["temporary table"] = ("CREATE TEMP TABLE left_rows AS SELECT org_id FROM public.invoices", "to_regclass('pg_temp.left_rows') IS NOT NULL"),
        ["advisory lock"] = ("SELECT pg_advisory_lock(4711)", "EXISTS (SELECT FROM pg_locks WHERE locktype = 'advisory' AND pid = pg_backend_pid())"),
        ["tenant"] = ($"SET app.current_org_id = '{Seed.A}'", $"current_setting('app.current_org_id') = '{Seed.A}'"),
        ["role"] = ("SET ROLE demo_role", "current_user = 'demo_role'"),
    };

    public static TheoryData<string, string> Everywhere
    {
        get
        {
            var all = new TheoryData<string, string>();
            foreach (var leftover in Leftovers.Keys)
            {
                foreach (var door in (string[])["call", "script", "failed", "batch", "stream left early", "unit of work",
                    "work rolled back after a commit of its own", "transaction"])
                    all.Add(leftover, door);
            }

            return all;
        }
    }

    [Theory]
    [MemberData(nameof(Everywhere))]
    public async Task Nothing_is_left_for_the_next_tenant(string leftover, string door)
    {
        var (leave, find) = Leftovers[leftover];
        await PrepareAsync();
        await using var source = Source();
        var factory = new TenantConnectionFactory(source);
        await LeaveAsync(factory, door, leave);
        // UNLISTEN takes effect when the transaction it came with commits.
        if (leftover == "listening")
            await FindAsync(factory, "true");
        (await FindAsync(factory, find)).Should().BeFalse();
    }

    [Theory]
    [InlineData("setting")]
    [InlineData("search path")]
    [InlineData("listening")]
    [InlineData("sequence value")]
    [InlineData("temporary table")]
    [InlineData("advisory lock")]
    public async Task Without_a_reset_session_state_reaches_the_next_tenant(string leftover)
    {
        var (leave, find) = Leftovers[leftover];
        await PrepareAsync();
        // Behind a pooler cursors are all that is taken back.
        await using var source = new NpgsqlDataSourceBuilder(fixture.Database.AppConnectionString
            + ";Maximum Pool Size=1").UseTenantDefaults(transactionPooling: true).Build();
        var factory = new TenantConnectionFactory(source, new TenantConnectionOptions { TransactionPooling = true });
        await LeaveAsync(factory, "call", leave);
        (await FindAsync(factory, find)).Should().BeTrue("the test must be able to find it");
    }

    [Theory]
    [InlineData("SET default_transaction_read_only = on")]
    [InlineData("SELECT set_config('default_transaction_read_only', 'on', false)")]
    public async Task A_session_that_was_made_read_only_stops_no_write_of_the_next_tenant(string attack)
    {
        await using var source = Source();
        var factory = new TenantConnectionFactory(source);
        foreach (var door in (string[])["call", "unit of work"])
        {
            await AttemptAsync(() => factory.CreateSession(fixture.ContextA).ExecuteAsync(attack));
            await WriteAsync(factory, door);
        }
    }

    [Fact]
    public async Task Cancelled_call_leaves_a_clean_connection()
    {
        await using var source = Source();
        var factory = new TenantConnectionFactory(source);
        foreach (var sql in (string[])["SELECT set_config('statement_timeout', '77s', false), pg_sleep(30)",
            "SET statement_timeout = '77s'; SELECT pg_sleep(30)"])
        {
            using var cancellation = new CancellationTokenSource(TimeSpan.FromMilliseconds(300));
            await factory.CreateSession(fixture.ContextA).Invoking(s => s.ExecuteAsync(sql, cancellationToken: cancellation.Token))
                .Should().ThrowAsync<OperationCanceledException>();
            (await FindAsync(factory, Leftovers["setting"].Find)).Should().BeFalse();
        }
    }

    [Fact]
    public async Task Text_may_end_in_a_comment()
    {
        await using var source = Source();
        var factory = new TenantConnectionFactory(source);
        foreach (var sql in (string[])["SELECT 1; SET statement_timeout = '77s' -- no more", "SELECT 1; SET statement_timeout = '77s'; -- no more",
            "SELECT 1; SET statement_timeout = '77s';; "])
        {
            await factory.CreateSession(fixture.ContextA).ExecuteAsync(sql);
            (await FindAsync(factory, Leftovers["setting"].Find)).Should().BeFalse();
        }
    }

    private static async Task AttemptAsync(Func<Task> call)
    {
        try
        {
            await call();
        }
        catch (TenantDataException)
        {
            // refused, or its own fault
        }
    }

    private static async Task LeaveAsync(TenantConnectionFactory factory, string door, string leave)
    {
        var context = TenantContext.ForOrganization(Guid.Parse(Seed.A));
        var session = factory.CreateSession(context);
        // Another role would not be committed; the work that is rolled back tries that.
        var committed = leave.StartsWith("SET ROLE", StringComparison.Ordinal) || leave.StartsWith("SET app.", StringComparison.Ordinal) ? "SELECT 1" : leave;
        switch (door)
        {
            case "call":
                await AttemptAsync(() => session.ExecuteAsync(leave));
                break;
            case "script":
                await AttemptAsync(() => session.ExecuteAsync($"SELECT 1; {leave}"));
                break;
            case "failed":
                await session.Invoking(s => s.ExecuteAsync($"{leave}; SELECT 1 / 0")).Should().ThrowAsync<InvalidValueException>();
                break;
            case "batch":
                var batch = session.CreateBatch();
                batch.AddExecuteScalar<int>("SELECT 1");
                batch.AddExecute(leave);
                await AttemptAsync(() => batch.ExecuteAsync());
                break;
            case "stream left early":
                await AttemptAsync(async () =>
                {
                    await foreach (var row in session.QueryUnbufferedAsync<object>($"{leave}; SELECT generate_series(1, 100000)"))
                        break;
                });
                break;
            case "unit of work":
                await using (var work = await factory.OpenConnectionAsync(context))
                {
                    await work.Connection.RunAsync(committed);
                    await work.CommitAsync();
                }

                break;
            case "work rolled back after a commit of its own":
                await using (var work = await factory.OpenConnectionAsync(context))
                    await work.Connection.RunAsync($"{leave}; COMMIT; BEGIN");
                break;
            case "transaction":
                await using (var transaction = factory.BeginTransaction(context))
                {
                    await transaction.ExecuteAsync(committed);
                    await transaction.CommitAsync();
                }

                break;
        }
    }

    /// <summary>Asks as the next tenant, on the same connection.</summary>
    private static async Task<bool> FindAsync(TenantConnectionFactory factory, string find)
    {
        var session = factory.CreateSession(TenantContext.ForOrganization(Guid.Parse(Seed.B)));
        if (find != LastValue)
            return await session.ExecuteScalarAsync<bool>($"SELECT {find}");
        try
        {
            await session.ExecuteScalarAsync<long>("SELECT lastval()");
            return true;
        }
        catch (PostgresException fault) when (fault.SqlState == PostgresErrorCodes.ObjectNotInPrerequisiteState)
        {
            return false;
        }
    }

    private async Task WriteAsync(TenantConnectionFactory factory, string door)
    {
        const string Write = "UPDATE public.invoices SET amount_cents = amount_cents";
        if (door == "call")
        {
            await factory.CreateSession(fixture.ContextB).ExecuteAsync(Write);
            return;
        }

        await using var work = await factory.OpenConnectionAsync(fixture.ContextB);
        await work.ExecuteAsync(Write);
        await work.CommitAsync();
    }

    private NpgsqlDataSource Source() => new NpgsqlDataSourceBuilder(fixture.Database.AppConnectionString + ";Maximum Pool Size=1").UseTenantDefaults().Build();

    /// <summary>What the migrations do not give: a sequence and the right to make temporary tables.</summary>
    private Task PrepareAsync() => fixture.AsSuperuserAsync($"""
        CREATE SEQUENCE IF NOT EXISTS public.left_value;
        GRANT USAGE ON SEQUENCE public.left_value TO tenant_role, app_user;
        GRANT TEMP ON DATABASE "{fixture.Database.Name}" TO tenant_role;
        """);
}
