using Npgsql;
using SmeFinancialOs.Data.Tests.Support;

namespace SmeFinancialOs.Data.Tests.Attacks;

/// <summary>
/// What the next user of a connection may notice of SQL that was injected into the call before: the list of docs/limits.md, and that it is all. Every setting
/// that a login may change is left at every extreme value.
/// </summary>
public sealed class NextUserTests(TenantDatabaseFixture fixture) : IClassFixture<TenantDatabaseFixture>
{
    /// <summary>Settings that the next call may notice, and the SQLSTATE of its fault.</summary>
    private static readonly Dictionary<string, string[]> Noticed = new()
    {
        ["statement_timeout"] = ["57014"],
        ["transaction_timeout"] = ["57014", "25P04"],
    };

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public static TheoryData<string> Uses => ["read", "write", "unit of work", "transaction", "stream"];

    [Theory]
    [MemberData(nameof(Uses))]
    public async Task A_setting_that_was_left_is_noticed_by_one_call_at_most_and_only_where_the_list_says_so(string use)
    {
        await using var source = new NpgsqlDataSourceBuilder(fixture.Database.AppConnectionString + ";Maximum Pool Size=1").UseTenantDefaults().Build();
        var factory = new TenantConnectionFactory(source);
        var attacker = factory.CreateSession(fixture.ContextA);
        var left = 0;
        foreach (var (name, value) in await ExtremesAsync())
        {
            try
            {
                await attacker.ExecuteScalarAsync<string>("SELECT set_config(@name, @value, false)", new { name, value }, Token);
                left++;
            }
            catch (Exception fault) when (fault is PostgresException or TenantDataException)
            {
                // The attacker may not, or its own call is the first to suffer.
            }

            var noticed = await Record.ExceptionAsync(() => UseAsync(factory, use));
            if (noticed is not null)
            {
                TestContext.Current.TestOutputHelper?.WriteLine($"{name} = {value}: {noticed.Message}");
                Noticed.GetValueOrDefault(name, []).Should()
                    .Contain((noticed as PostgresException ?? noticed.InnerException as PostgresException)?.SqlState, $"of {name} = {value}: {noticed}");
            }

            (await Record.ExceptionAsync(() => UseAsync(factory, use))).Should().BeNull($"{name} = {value} is noticed once");
        }

        left.Should().BeGreaterThan(300);
    }

    /// <summary>
    /// The driver takes a backslash for an escape then, passes the parameter over, and the server reads the sign of the parameter as an operator.
    /// </summary>
    [Theory]
    [InlineData("session")]
    [InlineData("transaction")]
    [InlineData("connection")]
    [InlineData("batch")]
    [InlineData("stream")]
    public async Task Strings_that_do_not_conform_take_no_condition_out_of_the_next_statement(string use)
    {
        const string delete = """DELETE FROM invoices WHERE number <> '\' AND amount_cents = @amount_cents""";
        await fixture.SeedAsync();
        await using var source = new NpgsqlDataSourceBuilder(fixture.Database.AppConnectionString + ";Maximum Pool Size=1").UseTenantDefaults().Build();
        var factory = new TenantConnectionFactory(source);
        await factory.CreateSession(fixture.ContextA).ExecuteAsync("SELECT set_config('standard_conforming_strings', 'off', false)", cancellationToken: Token);
        (await WithoutTheDefenceAsync(source, delete)).Should().Be(Seed.InvoicesEach, "the condition is gone");

        await factory.CreateSession(fixture.ContextA).ExecuteAsync("SELECT set_config('standard_conforming_strings', 'off', false)", cancellationToken: Token);
        var parameters = new { amount_cents = 201L };
        switch (use)
        {
            case "session":
                (await factory.CreateSession(fixture.ContextB).ExecuteAsync(delete, parameters, Token)).Should().Be(1);
                break;
            case "transaction":
                await using (var work = factory.BeginTransaction(fixture.ContextB))
                {
                    (await work.ExecuteAsync(delete, parameters, Token)).Should().Be(1);
                    await work.CommitAsync(Token);
                }

                break;
            case "connection":
                await using (var work = await factory.OpenConnectionAsync(fixture.ContextB, Token))
                {
                    await using var command = new NpgsqlCommand(delete, work.Connection) { Parameters = { new("amount_cents", 201L) } };
                    (await command.ExecuteNonQueryAsync(Token)).Should().Be(1);
                    await work.CommitAsync(Token);
                }

                break;
            case "batch":
                var batch = factory.CreateSession(fixture.ContextB).CreateBatch();
                var deleted = batch.AddExecute(delete, parameters);
                await batch.ExecuteAsync(Token);
                deleted.Value.Should().Be(1);
                break;
            default:
                (await factory.CreateSession(fixture.ContextB).QueryUnbufferedAsync<string>(
                    """SELECT number FROM invoices WHERE number <> '\' AND amount_cents = @amount_cents""", parameters, Token).ToListAsync(Token))
                    .Should().Equal("B-1");
                break;
        }

        (await fixture.TruthAsync<long>($"SELECT count(*) FROM invoices WHERE org_id = '{Seed.B}'"))
            .Should().Be(use == "stream" ? Seed.InvoicesEach : Seed.InvoicesEach - 1);
        await fixture.SeedAsync();
    }

    /// <summary>The rows that it takes, on the connection as it was left: with the reset in its batch, as the library sends it.</summary>
    private static async Task<int> WithoutTheDefenceAsync(NpgsqlDataSource source, string delete)
    {
        await using var left = await source.OpenConnectionAsync(Token);
        await using var transaction = await left.BeginTransactionAsync(Token);
        await using var batch = new NpgsqlBatch(left, transaction);
        batch.BatchCommands.Add(new("RESET ALL"));
        batch.BatchCommands.Add(new($"SELECT set_config('app.current_org_id', '{Seed.B}', true), set_config('role', 'tenant_role', true)"));
        batch.BatchCommands.Add(new(delete) { Parameters = { new NpgsqlParameter("amount_cents", 201L) } });
        await batch.ExecuteNonQueryAsync(Token);
        return batch.BatchCommands[2].RecordsAffected;
    }

    [Fact]
    public async Task Random_numbers_can_be_foreseen_and_uuids_cannot()
    {
        await using var source = new NpgsqlDataSourceBuilder(fixture.Database.AppConnectionString + ";Maximum Pool Size=1").UseTenantDefaults().Build();
        var factory = new TenantConnectionFactory(source);
        var seen = new List<(double Random, Guid Uuid)>();
        for (var i = 0; i < 2; i++)
        {
            await factory.CreateSession(fixture.ContextA).ExecuteAsync("SELECT setseed(0.5)", cancellationToken: Token);
            var next = factory.CreateSession(fixture.ContextB);
            seen.Add((await next.ExecuteScalarAsync<double>("SELECT random()", cancellationToken: Token),
                await next.ExecuteScalarAsync<Guid>("SELECT gen_random_uuid()", cancellationToken: Token)));
        }

        seen[1].Random.Should().Be(seen[0].Random, "setseed cannot be taken back");
        seen[1].Uuid.Should().NotBe(seen[0].Uuid);
    }

    [Fact]
    public async Task A_statement_without_parameters_keeps_the_plan_it_was_given()
    {
        const string sql = "SELECT number FROM invoices ORDER BY number LIMIT 3";
        await fixture.AsSuperuserAsync($"""
            INSERT INTO invoices (org_id, number, amount_cents, customer_name, issued_at) SELECT '{Seed.A}', 'many-' || i, 1, 'x',
                '2026-01-01' FROM generate_series(1, 5000) i; ANALYZE invoices
            """);
        try
        {
            await using var source = new NpgsqlDataSourceBuilder(fixture.Database.AppConnectionString + ";Maximum Pool Size=1").UseTenantDefaults().Build();
            var factory = new TenantConnectionFactory(source);
            await using (var attack = factory.BeginTransaction(fixture.ContextA))
            {
                await attack.ExecuteAsync("SELECT set_config('enable_indexscan', 'off', true), set_config('enable_indexonlyscan', 'off', true)",
                    cancellationToken: Token);
                for (var i = 0; i < 3; i++)
                    await attack.QueryAsync<string>(sql, cancellationToken: Token);
                await attack.CommitAsync(Token);
            }

            (await factory.CreateSession(fixture.ContextB).QueryAsync<string>(sql, cancellationToken: Token)).Should().Equal("B-1", "B-2", "B-3");
            await using var work = await factory.OpenConnectionAsync(fixture.ContextB, Token);
            var name = await work.Connection.ScalarAsync<string>($"SELECT name FROM pg_prepared_statements WHERE statement = '{sql}'");
            var kept = string.Join('\n', await work.Connection.ReadAsync($"EXPLAIN EXECUTE \"{name}\""));
            var usual = string.Join('\n', await work.Connection.ReadAsync("EXPLAIN " + sql));
            kept.Should().NotBe(usual, "it is slower, and shows the same rows; until the connection ends or the table is analyzed");
        }
        finally
        {
            await fixture.SeedAsync();
        }
    }

    private async Task UseAsync(TenantConnectionFactory factory, string use)
    {
        // With what settings can change: a literal with a backslash, a parameter, a number, a date, text of another alphabet.
        const string read = """
            SELECT number || '\' || @text || to_char(issued_at, 'YYYY-MM-DD') || (1.0::float8 / 3)::text || E'\\' || ('\x41'::bytea)::text FROM invoices WHERE
                status <> 'x' ORDER BY 1
            """;
        string[] expected = [.. Enumerable.Range(1, Seed.InvoicesEach).Select(i => $"B-{i}\\ü@x2026-01-0{i + 1}0.3333333333333333\\\\x41")];
        var session = factory.CreateSession(fixture.ContextB);
        switch (use)
        {
            case "read":
                (await session.QueryAsync<string>(read, new { text = "ü@x" }, Token)).Should().Equal(expected);
                break;
            case "stream":
                (await session.QueryUnbufferedAsync<string>(read, new { text = "ü@x" }, Token).ToListAsync(Token)).Should().Equal(expected);
                break;
            case "write":
                (await session.ExecuteAsync("UPDATE invoices SET customer_name = customer_name WHERE number <> '\\' || @text", new { text = "ü" }, Token))
                    .Should().Be(Seed.InvoicesEach);
                break;
            case "transaction":
                await using (var transaction = factory.BeginTransaction(fixture.ContextB))
                {
                    (await transaction.QueryAsync<string>(read, new { text = "ü@x" }, Token)).Should().Equal(expected);
                    await transaction.ExecuteAsync("UPDATE invoices SET customer_name = customer_name", cancellationToken: Token);
                    await transaction.CommitAsync(Token);
                }

                break;
            default:
                await using (var work = await factory.OpenConnectionAsync(fixture.ContextB, Token))
                {
                    (await work.QueryAsync<string>(read, new { text = "ü@x" }, Token)).Should().Equal(expected);
                    await work.ExecuteAsync("UPDATE invoices SET customer_name = customer_name", cancellationToken: Token);
                    await work.CommitAsync(Token);
                }

                break;
        }
    }

    private async Task<IReadOnlyList<(string Name, string Value)>> ExtremesAsync()
    {
        await using var superuser = await fixture.OpenAsSuperuserAsync();
        var all = await superuser.ReadAsync("""
            SELECT name, v FROM pg_settings, LATERAL (
                SELECT unnest(CASE vartype
                    WHEN 'bool' THEN ARRAY['on', 'off']
                    WHEN 'enum' THEN enumvals
                    WHEN 'string' THEN ARRAY['', 'x', 'C', 'pg_catalog', 'LATIN1', 'SQL_ASCII', 'Asia/Tokyo', 'German, DMY', '"$user"', 'heap', 'none']
                    ELSE ARRAY[min_val, max_val, '1'] END)) AS x (v)
            WHERE context = 'user' ORDER BY name, v
            """);
        return [.. all.Chunk(2).Select(pair => (pair[0], pair[1]))];
    }
}
