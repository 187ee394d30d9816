using DbUp.Engine;
using Npgsql;

namespace SmeFinancialOs.Data.Schema.Tests;

public sealed class MigrationFailureTests
{
    private static SchemaMigrator With(string database, params string[] scripts) =>
        new(database, null, TestScripts.Only([EmbeddedScripts.All[0], .. scripts.Select((s, i) => new SqlScript($"1{i}_test.sql", s))]));

    [Fact]
    public async Task Failing_script_leaves_nothing_behind()
    {
        var server = await TestServer.GetSharedAsync(Sql.Cancel);
        var database = await server.CreateEmptyDatabaseAsync(Sql.Cancel);

        var failure =
            await FailureAsync(
                With(database, "CREATE TABLE public.good (id int);", "SET ROLE app_owner;\nCREATE TABLE public.half (id int);\nSELECT * FROM nowhere;"));

        failure.ScriptName.Should().Be("11_test.sql");
        failure.Line.Should().Be(3);
        failure.SqlState.Should().Be("42P01");
        failure.Message.Should().Be("sql/11_test.sql line 3: 42P01: relation \"nowhere\" does not exist.");
        await using var connection = await Sql.OpenAsync(database, Sql.Cancel);
        (await connection.CountAsync("pg_class WHERE relname = 'half'")).Should().Be(0);
        (await connection.CountAsync("pg_class WHERE relname = 'good'")).Should().Be(0, because: "all scripts are one transaction");
        (await connection.CountAsync("pg_namespace WHERE nspname = 'app'")).Should().Be(0);
        (await connection.ScalarAsync<string>("SELECT current_user::text")).Should().Be("postgres");
    }

    [Fact]
    public async Task A_mended_script_runs_with_those_that_failed_with_it()
    {
        var server = await TestServer.GetSharedAsync(Sql.Cancel);
        var database = await server.CreateEmptyDatabaseAsync(Sql.Cancel);
        await FailureAsync(With(database, "CREATE TABLE public.good (id int);", "SELECT 1/0;"));

        var result = await With(database, "CREATE TABLE public.good (id int);", "SELECT 1/1;").MigrateAsync(Sql.Cancel);

        result.Applied.Should().Equal("migrations/0001_roles.sql", "10_test.sql", "11_test.sql");
    }

    [Fact]
    public async Task Role_left_set_by_a_script_does_not_reach_the_next()
    {
        var server = await TestServer.GetSharedAsync(Sql.Cancel);
        var database = await server.CreateEmptyDatabaseAsync(Sql.Cancel);

        await With(database, "SET ROLE tenant_role;", "CREATE TABLE public.second (id int);").MigrateAsync(Sql.Cancel);

        await using var connection = await Sql.OpenAsync(database, Sql.Cancel);
        (await connection.ScalarAsync<string>("SELECT tableowner::text FROM pg_tables WHERE tablename = 'second'")).Should().Be("postgres");
    }

    [Fact]
    public async Task Server_hint_is_part_of_the_message()
    {
        var server = await TestServer.GetSharedAsync(Sql.Cancel);
        var database = await server.CreateEmptyDatabaseAsync(Sql.Cancel);

        var failure = await FailureAsync(With(database, "DO $$ BEGIN RAISE EXCEPTION 'no' USING HINT = 'do this instead'; END $$;"));

        failure.Message.Should().Be("sql/10_test.sql line 1: P0001: no. Hint: do this instead.");
    }

    [Fact]
    public async Task A_failure_at_commit_leaves_nothing_behind()
    {
        var server = await TestServer.GetSharedAsync(Sql.Cancel);
        var database = await server.CreateEmptyDatabaseAsync(Sql.Cancel);

        var failure = await FailureAsync(With(database,
            "CREATE TABLE public.t (id int PRIMARY KEY, parent int REFERENCES public.t DEFERRABLE INITIALLY DEFERRED); INSERT INTO public.t VALUES (1, 2);"));

        failure.ScriptName.Should().BeNull("it is the commit of all");
        failure.SqlState.Should().Be("23503");
        await using var connection = await Sql.OpenAsync(database, Sql.Cancel);
        (await connection.CountAsync("pg_namespace WHERE nspname = 'app'")).Should().Be(0);
    }

    /// <summary>Sequences are not rolled back: it counts how often the script ran.</summary>
    [Theory]
    [InlineData(2, true)]
    [InlineData(3, false)]
    public async Task A_deadlock_is_tried_three_times_as_nothing_is_left_of_it(int deadlocks, bool isApplied)
    {
        var server = await TestServer.GetSharedAsync(Sql.Cancel);
        var database = await server.CreateEmptyDatabaseAsync(Sql.Cancel);
        await using var connection = await Sql.OpenAsync(database, Sql.Cancel);
        await connection.RunAsync("CREATE SEQUENCE public.tries");
        var migrator = With(database, $"CREATE TABLE public.good (id int); DO $$ BEGIN IF nextval('public.tries') <= {deadlocks} THEN "
            + "RAISE EXCEPTION USING ERRCODE = 'deadlock_detected'; END IF; END $$;");

        if (isApplied)
            (await migrator.MigrateAsync(Sql.Cancel)).Applied.Should().Equal("migrations/0001_roles.sql", "10_test.sql");
        else
            (await FailureAsync(migrator)).SqlState.Should().Be("40P01");

        (await connection.ScalarAsync<long>("SELECT last_value FROM public.tries")).Should().Be(3);
        (await connection.CountAsync("pg_class WHERE relname = 'good'")).Should().Be(isApplied ? 1 : 0);
    }

    [Fact]
    public async Task A_lost_connection_names_the_script()
    {
        var server = await TestServer.GetSharedAsync(Sql.Cancel);
        var database = await server.CreateEmptyDatabaseAsync(Sql.Cancel);

        var failure = await FailureAsync(With(database, "SELECT pg_terminate_backend(pg_backend_pid());"));

        failure.ScriptName.Should().Be("10_test.sql");
        failure.InnerException.Should().BeAssignableTo<NpgsqlException>();
    }

    [Fact]
    public async Task Cancelling_ends_the_running_statement_and_leaves_nothing()
    {
        var server = await TestServer.GetSharedAsync(Sql.Cancel);
        var database = await server.CreateEmptyDatabaseAsync(Sql.Cancel);
        await using var watch = await Sql.OpenAsync(database, Sql.Cancel);
        using var cancellation = CancellationTokenSource.CreateLinkedTokenSource(Sql.Cancel);

        var running = With(database, "CREATE TABLE public.half (id int);\nSELECT pg_sleep(3600);").MigrateAsync(cancellation.Token);
        while (!running.IsCompleted
            && await watch.CountAsync("pg_stat_activity WHERE datname = current_database() AND query LIKE 'SELECT pg_sleep(3600)%' AND state = 'active'") == 0)
            await Task.Yield();
        await cancellation.CancelAsync();

        await FluentActions.Awaiting(() => running).Should().ThrowAsync<OperationCanceledException>();
        (await watch.CountAsync("pg_class WHERE relname = 'half'")).Should().Be(0);
        (await watch.CountAsync("pg_namespace WHERE nspname = 'app'")).Should().Be(0);
    }

    [Fact]
    public async Task A_cancelled_token_starts_nothing()
    {
        var server = await TestServer.GetSharedAsync(Sql.Cancel);
        var database = await server.CreateEmptyDatabaseAsync(Sql.Cancel);

        await FluentActions.Awaiting(() => new SchemaMigrator(database).MigrateAsync(new CancellationToken(canceled: true)))
            .Should().ThrowAsync<OperationCanceledException>();
        (await new SchemaMigrator(database).GetPendingScriptsAsync(Sql.Cancel)).Should().HaveCount(MigrationTests.Scripts.Length);
    }

    private static async Task<SchemaMigrationException> FailureAsync(SchemaMigrator migrator) =>
        (await migrator.Awaiting(m => m.MigrateAsync(Sql.Cancel)).Should().ThrowAsync<SchemaMigrationException>()).Which;
}
