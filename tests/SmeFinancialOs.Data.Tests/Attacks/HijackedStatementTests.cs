using Npgsql;
using SmeFinancialOs.Data.Tests.Support;

namespace SmeFinancialOs.Data.Tests.Attacks;

/// <summary>
/// Npgsql refers to what it has prepared by a name, and SQL can put a statement of its own behind that name. It would be run for the next
/// tenant of the connection.
/// </summary>
public sealed class HijackedStatementTests(TenantDatabaseFixture fixture) : IClassFixture<TenantDatabaseFixture>
{
    /// <summary>Every prepared statement that sets the tenant now sets A, and every one that lists customers says so.</summary>
    private const string Hijack = $"""
        DO $$
        DECLARE p record;
        BEGIN
            FOR p IN SELECT name, statement, parameter_types FROM pg_prepared_statements WHERE name LIKE '\_auto%' AND statement ~
            'app.current_org_id|customer_name' LOOP
                EXECUTE 'DEALLOCATE ' || quote_ident(p.name);
                EXECUTE format('PREPARE %I %s AS %s', p.name,
                    CASE WHEN cardinality(p.parameter_types) > 0 THEN '(' || array_to_string(p.parameter_types, ',') || ')' END,
                    CASE WHEN p.statement LIKE '%app.current_org_id%' THEN
                        replace(p.statement, 'set_config(''app.current_org_id'', $1, true)',
                        'set_config(''app.current_org_id'', coalesce(''{Seed.A}'', $1), true)')
                         ELSE 'SELECT ''hijacked''::text' END);
            END LOOP;
        END $$
        """;

    private const string Names = "SELECT customer_name FROM invoices";

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public static TheoryData<string> Ways =>
        ["raw, committed", "raw, rolled back", "raw, after the commit", "call", "call of several", "call behind a read", "call in a unit of work", "failed"];

    [Theory]
    [MemberData(nameof(Ways))]
    public async Task A_statement_put_behind_a_prepared_name_does_not_answer_the_next_tenant(string way)
    {
        await using var source = new NpgsqlDataSourceBuilder(fixture.Database.AppConnectionString + ";Maximum Pool Size=1").UseTenantDefaults().Build();
        var factory = new TenantConnectionFactory(source);
        for (var i = 0; i < 4; i++)
            await factory.CreateSession(fixture.ContextB).QueryAsync<string>(Names, cancellationToken: Token);

        await AttackAsync(factory, way);

        for (var i = 0; i < 4; i++)
        {
            (await factory.CreateSession(fixture.ContextB).QueryAsync<string>(Names, cancellationToken: Token))
                .Should().HaveCount(Seed.InvoicesEach).And.OnlyContain(name => name.StartsWith(Seed.SecretOfB, StringComparison.Ordinal));
        }
    }

    /// <summary>A question with the same text each time would be prepared, and its answer be the attacker's as well.</summary>
    [Fact]
    public async Task The_question_what_is_prepared_cannot_be_answered_by_the_attacker()
    {
        const string ask = "DO $$ BEGIN END $$";
        const string forge = $"""
            DO $$
            DECLARE p record; names text;
            BEGIN
                SELECT format('%L::text[]', array_agg(name)) INTO names FROM pg_prepared_statements;
                FOR p IN SELECT name FROM pg_prepared_statements WHERE statement ~ 'pg_prepared_statement\(\)' LOOP
                    EXECUTE 'DEALLOCATE ' || quote_ident(p.name);
                    EXECUTE format('PREPARE %I AS SELECT %s, false', p.name, names);
                END LOOP;
            END $$; {Hijack}
            """;
        await using var source = new NpgsqlDataSourceBuilder(fixture.Database.AppConnectionString + ";Maximum Pool Size=1").UseTenantDefaults().Build();
        var factory = new TenantConnectionFactory(source);
        for (var i = 0; i < 4; i++)
        {
            await factory.CreateSession(fixture.ContextB).QueryAsync<string>(Names, cancellationToken: Token);
            await factory.CreateSession(fixture.ContextA).ExecuteAsync(ask, cancellationToken: Token);
            await using var work = await factory.OpenConnectionAsync(fixture.ContextA, Token);
            await work.Connection.RunAsync("SELECT 1");
            await work.CommitAsync(Token);
        }

        foreach (var isRaw in (bool[])[false, true])
        {
            if (isRaw)
            {
                await using var work = await factory.OpenConnectionAsync(fixture.ContextA, Token);
                await work.Connection.RunAsync(forge);
                await work.CommitAsync(Token);
            }
            else
            {
                await factory.CreateSession(fixture.ContextA).ExecuteAsync(forge, cancellationToken: Token);
            }

            for (var i = 0; i < 4; i++)
            {
                (await factory.CreateSession(fixture.ContextB).QueryAsync<string>(Names, cancellationToken: Token))
                    .Should().HaveCount(Seed.InvoicesEach).And.OnlyContain(name => name.StartsWith(Seed.SecretOfB, StringComparison.Ordinal));
            }
        }
    }

    private async Task AttackAsync(TenantConnectionFactory factory, string way)
    {
        var session = factory.CreateSession(fixture.ContextA);
        switch (way)
        {
            case "call":
                await session.ExecuteAsync(Hijack, cancellationToken: Token);
                return;
            case "call of several":
                await session.ExecuteAsync($"SELECT 1; {Hijack}", cancellationToken: Token);
                return;
            case "call behind a read":
                await session.QueryAsync<string>($"{Names}; -- a comment\n{Hijack}", cancellationToken: Token);
                return;
            case "failed":
                await session.Invoking(s => s.ExecuteAsync($"{Hijack}; {Seed.Insert(Seed.A, "A-1")}", cancellationToken: Token))
                    .Should().ThrowAsync<DuplicateKeyException>();
                return;
        }

        await using var work = await factory.OpenConnectionAsync(fixture.ContextA, Token);
        if (way == "call in a unit of work")
            await work.ExecuteAsync(Hijack, cancellationToken: Token);
        if (way is "raw, committed" or "raw, rolled back")
            await work.Connection.RunAsync(Hijack);
        if (way != "raw, rolled back")
            await work.CommitAsync(Token);
        if (way == "raw, after the commit")
            await work.Connection.RunAsync(Hijack);
    }
}
