using Dapper;
using Npgsql;
using SmeFinancialOs.Data.Tests.Support;

namespace SmeFinancialOs.Data.Tests.Statements;

/// <summary>Who ends a transaction: the library, and never the text of a host. Else a call is acknowledged and lost, or half of it is committed.</summary>
public sealed class TransactionControlTests(TenantDatabaseFixture fixture) : IClassFixture<TenantDatabaseFixture>
{
    private const string A = Seed.A;

    private static readonly string Insert = Seed.Insert(A, "controlled");

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public static TheoryData<string> Texts =>
    [
        $"BEGIN; {Insert}",
        $"{Insert}; COMMIT; BEGIN; {Seed.Insert(A, "second")}",
        $"{Insert}; ROLLBACK",
        $"{Insert}; COMMIT AND CHAIN",
        $"{Insert}; END",
        $"{Insert}; ABORT",
        $"START TRANSACTION; {Insert}",
        $"{Insert}; PREPARE TRANSACTION 'x'",
        $"{Insert}; /* ; */ COMMIT -- now",
        $"{Insert}; cOmMiT\n WORK",
        $"/* {Insert} */ COMMIT",
        $"SELECT E'\\'' ; COMMIT; {Insert}",
        $"SELECT $t$ ' $t$; ROLLBACK; {Insert}",
        $"SELECT \"p;\"\"\" FROM (SELECT 1 AS \"p;\"\"\") q; COMMIT; {Insert}",
    ];

    [Theory]
    [MemberData(nameof(Texts))]
    public async Task Text_that_begins_or_ends_a_transaction_is_refused_before_anything_is_sent(string sql)
    {
        await fixture.SeedAsync();
        await using var proxy = new LoopbackProxy(fixture.Database.AppConnectionString);
        await using var source = new NpgsqlDataSourceBuilder(proxy.ConnectionString).UseTenantDefaults().Build();
        var factory = new TenantConnectionFactory(source);
        var session = factory.CreateSession(fixture.ContextA);
        await session.ExecuteScalarAsync<int>("SELECT 1", cancellationToken: Token);
        var trips = proxy.RoundTrips;

        var calls = new Dictionary<string, Func<ITenantSession, Task>>
        {
            ["execute"] = s => s.ExecuteAsync(sql, cancellationToken: Token),
            ["query"] = s => s.QueryAsync<int>(sql, cancellationToken: Token),
            ["single"] = s => s.QuerySingleOrDefaultAsync<int>(sql, cancellationToken: Token),
            ["scalar"] = s => s.ExecuteScalarAsync<int>(sql, cancellationToken: Token),
            ["list"] = s => s.ExecuteAsync(sql, new[] { new { a = 1 }, new { a = 2 } }, Token),
            ["stream"] = async s => await s.QueryUnbufferedAsync<int>(sql, cancellationToken: Token).CountAsync(Token),
            ["batch"] = s =>
            {
                var batch = s.CreateBatch();
                batch.AddExecute(sql);
                return batch.ExecuteAsync(Token);
            },
        };
        foreach (var (name, call) in calls)
        {
            await RefusesAsync(name, () => call(session));
            await using var transaction = factory.BeginTransaction(fixture.ContextA);
            await RefusesAsync(name + " of a transaction", () => call(transaction));
            await transaction.CommitAsync(Token);
        }

        proxy.RoundTrips.Should().Be(trips);
        await using (var work = await factory.OpenConnectionAsync(fixture.ContextA, Token))
        {
            await RefusesAsync("unit of work", () => work.ExecuteAsync(sql, cancellationToken: Token));
            await work.ExecuteAsync(Seed.Insert(A, "goes-on"), cancellationToken: Token);
            await work.CommitAsync(Token);
        }

        (await CountAsync("controlled")).Should().Be(0);
        (await CountAsync("goes-on")).Should().Be(1, "what is refused leaves the unit of work as it was");
    }

    [Theory]
    [InlineData("DO $$ BEGIN {0}; COMMIT; END $$")]
    [InlineData("{0}; DO $$ BEGIN COMMIT; END $$")]
    [InlineData("{0}; CALL public.commits()")]
    [InlineData("CALL public.commits(); {0}")]
    [InlineData("{0}; DO $$ BEGIN CALL public.commits(); END $$")]
    [InlineData("{0}; DO $$ BEGIN ROLLBACK; END $$")]
    [InlineData("/* */ DO LANGUAGE plpgsql 'BEGIN {1}; COMMIT; END'")]
    public async Task Procedure_or_block_cannot_commit_a_part_of_a_call(string text)
    {
        var sql = string.Format(System.Globalization.CultureInfo.InvariantCulture, text, Insert, Insert.Replace("'", "''", StringComparison.Ordinal));
        await fixture.SeedAsync();
        await fixture.AsSuperuserAsync("""
            CREATE OR REPLACE PROCEDURE public.commits() LANGUAGE plpgsql AS $$ BEGIN COMMIT; END $$;
            GRANT EXECUTE ON PROCEDURE public.commits() TO tenant_role
            """);
        foreach (var session in (ITenantSession[])[fixture.Factory.CreateSession(fixture.ContextA), fixture.Factory.BeginTransaction(fixture.ContextA)])
        {
            var fault = (await session.Invoking(s => s.ExecuteAsync(sql, cancellationToken: Token)).Should().ThrowAsync<TransactionControlException>()).Which;
            fault.MayBePartlyCommitted.Should().BeFalse();
            TransientFault.IsSafeToRetry(fault).Should().BeFalse();
            if (session is IAsyncDisposable work)
                await work.DisposeAsync();
            (await CountAsync("controlled")).Should().Be(0);
        }

        (await fixture.Factory.CreateSession(fixture.ContextB).QueryAsync<Guid>("SELECT DISTINCT org_id FROM invoices", cancellationToken: Token))
            .Should().Equal(fixture.OrganizationB);
    }

    [Fact]
    public async Task Sent_as_one_implicit_transaction_such_a_block_would_commit_on_15()
    {
        await fixture.SeedAsync();
        await using var connection = await fixture.OpenAsAppUserAsync();
        await using var batch = new NpgsqlBatch(connection);
        foreach (var sql in (string[])[$"SELECT set_config('role', 'tenant_role', true), set_config('app.current_org_id', '{A}', true)",
            $"DO $$ BEGIN {Insert}; COMMIT; END $$", "SELECT 1 / 0"])
            batch.BatchCommands.Add(new NpgsqlBatchCommand(sql));
        await batch.Invoking(b => b.ExecuteNonQueryAsync(Token)).Should().ThrowAsync<PostgresException>();
        (await CountAsync("controlled")).Should().Be(fixture.ServerMajorVersion == 15 ? 1 : 0);
    }

    [Theory]
    [InlineData("SELECT 1; SET LOCAL app.current_org_id = '" + Seed.B + "'", typeof(TenantContextChangedException))]
    [InlineData("SET LOCAL ROLE demo_role", typeof(TenantContextChangedException))]
    [InlineData("DO $$ BEGIN PERFORM set_config('app.current_org_id', '" + Seed.B + "', true); END $$", typeof(TenantContextChangedException))]
    [InlineData("RESET ROLE", typeof(TransactionControlException))]
    public async Task Call_of_another_kind_that_leaves_another_tenant_or_role_is_rolled_back(string sql, Type fault)
    {
        await fixture.SeedAsync();
        var call = () => fixture.Factory.CreateSession(fixture.ContextA).ExecuteAsync($"{Insert}; {sql}", cancellationToken: Token);
        (await call.Should().ThrowAsync<TenantDataException>()).Which.Should().BeOfType(fault);
        (await CountAsync("controlled")).Should().Be(0);
    }

    [Theory]
    [InlineData("COMMIT", 1)]
    [InlineData("COMMIT AND CHAIN", 1)]
    [InlineData("ROLLBACK AND CHAIN", 0)]
    [InlineData("ROLLBACK", 0)]
    [InlineData("COMMIT; BEGIN", 1)]
    [InlineData("DO $$ BEGIN NULL; END $$; COMMIT; SELECT 1", 1)]
    public async Task Unit_of_work_whose_raw_connection_ended_the_transaction_says_that_a_part_may_be_committed(string sql, int committed)
    {
        await fixture.SeedAsync();
        await using (var work = await fixture.Factory.OpenConnectionAsync(fixture.ContextA, Token))
        {
            await work.ExecuteAsync(Insert, cancellationToken: Token);
            await work.Connection.ExecuteAsync(sql);
            var fault = (await work.Invoking(w => w.CommitAsync(Token)).Should().ThrowAsync<TransactionControlException>()).Which;
            fault.MayBePartlyCommitted.Should().BeTrue();
            TransientFault.IsSafeToRetry(fault).Should().BeFalse();
        }

        (await CountAsync("controlled")).Should().Be(committed);
    }

    [Fact]
    public async Task Savepoints_stay_in_units_of_work_and_in_calls()
    {
        await fixture.SeedAsync();
        var sql = $"SAVEPOINT s; {Insert}; ROLLBACK TO SAVEPOINT s; {Seed.Insert(A, "kept")}; RELEASE s; SAVEPOINT t; ROLLBACK WORK TO t";
        (await fixture.Factory.CreateSession(fixture.ContextA).ExecuteAsync(sql, cancellationToken: Token))
            .Should().Be(2, "both were written, one was taken back");
        (await CountAsync("controlled")).Should().Be(0);
        (await CountAsync("kept")).Should().Be(1);

        await fixture.SeedAsync();
        await using (var work = fixture.Factory.BeginTransaction(fixture.ContextA))
        {
            await work.ExecuteAsync(sql, cancellationToken: Token);
            await work.CommitAsync(Token);
        }

        (await CountAsync("controlled")).Should().Be(0);
        (await CountAsync("kept")).Should().Be(1);
    }

    [Theory]
    [InlineData("-- nothing")]
    [InlineData("/* nothing */ ;; -- at all")]
    public async Task Text_without_a_statement_is_refused(string sql)
    {
        var session = fixture.Factory.CreateSession(fixture.ContextA);
        await session.Invoking(s => s.ExecuteAsync(sql, cancellationToken: Token)).Should().ThrowAsync<ArgumentException>();
        session.CreateBatch().Invoking(b => b.AddExecute(sql)).Should().Throw<ArgumentException>();
    }

    [Fact]
    public async Task Call_of_several_statements_gives_each_its_parameters()
    {
        await fixture.SeedAsync();
        var session = fixture.Factory.CreateSession(fixture.ContextA);
        var rows = await session.QueryAsync<string>(
            "SELECT @first || ';' || @second; SELECT 'not ' || @second; UPDATE invoices SET status = @status WHERE @first = 'a'",
            new { first = "a", second = "b", status = "paid" }, Token);
        rows.Should().Equal("a;b");
        (await session.ExecuteAsync("DELETE FROM invoices WHERE number = @number; INSERT INTO invoices (number, amount_cents, customer_name, issued_at) "
            + "VALUES (@number, 1, 'x', now())",
            new[] { new { number = "one" }, new { number = "two" } }, Token)).Should().Be(2);
    }

    [Theory]
    [InlineData("CREATE FUNCTION pg_temp.f() RETURNS int LANGUAGE sql BEGIN ATOMIC SELECT 1; SELECT 2; END; SELECT pg_temp.f()")]
    public async Task Function_with_a_body_in_SQL_is_one_statement(string sql)
    {
        await fixture.AsSuperuserAsync($"GRANT TEMP ON DATABASE \"{fixture.Database.Name}\" TO tenant_role");
        await using var work = await fixture.Factory.OpenConnectionAsync(fixture.ContextA, Token);
        (await work.ExecuteScalarAsync<int>(sql, cancellationToken: Token)).Should().Be(2);
    }

    private static async Task RefusesAsync(string name, Func<Task> call)
    {
        var fault = (await call.Should().ThrowAsync<TransactionControlException>(name)).Which;
        fault.MayBePartlyCommitted.Should().BeFalse();
        fault.SqlState.Should().BeNull("nothing was sent");
        TransientFault.IsSafeToRetry(fault).Should().BeFalse();
    }

    private Task<long> CountAsync(string number) => fixture.TruthAsync<long>($"SELECT count(*) FROM public.invoices WHERE number = '{number}'");
}
