using Npgsql;

namespace SmeFinancialOs.Data.Schema.Tests;

public sealed class MigrationLockTests
{
    [Fact]
    public async Task One_of_many_concurrent_runners_migrates_and_the_others_find_nothing_to_do()
    {
        var server = await TestServer.GetSharedAsync(Sql.Cancel);
        var database = await server.CreateEmptyDatabaseAsync(Sql.Cancel);

        var results = await Task.WhenAll(Enumerable.Range(0, 12).Select(_ => new SchemaMigrator(database).MigrateAsync(Sql.Cancel)));

        results.Should().ContainSingle(r => r.Applied.Count == MigrationTests.Scripts.Length);
        results.Where(r => r.Applied.Count == 0 && r.AlreadyApplied.Count == MigrationTests.Scripts.Length).Should().HaveCount(11);
    }

    /// <summary>New role names on the shared cluster are a cluster without the roles: both runners race to make them.</summary>
    [Fact]
    public async Task Databases_migrated_at_the_same_moment_all_succeed_when_no_role_exists_yet()
    {
        var server = await TestServer.GetSharedAsync(Sql.Cancel);
        var options = new SchemaMigratorOptions { Roles = TestRoles.New(server) };
        var databases = new List<string>();
        for (var i = 0; i < 4; i++)
            databases.Add(await server.CreateEmptyDatabaseAsync(Sql.Cancel));

        var results = await Task.WhenAll(databases.Select(d => new SchemaMigrator(d, options).MigrateAsync(Sql.Cancel)));

        results.Should().OnlyContain(r => r.Applied.Count == MigrationTests.Scripts.Length);
    }

    [Fact]
    public async Task Waiting_too_long_says_who_holds_the_lock()
    {
        var server = await TestServer.GetSharedAsync(Sql.Cancel);
        var database = await server.CreateEmptyDatabaseAsync(Sql.Cancel);
        await using var holder = await Sql.OpenAsync(new NpgsqlConnectionStringBuilder(database) { ApplicationName = "other deployment" }.ConnectionString,
            Sql.Cancel);
        await holder.RunAsync($"SELECT pg_advisory_lock({MigrationLock.Class}, {MigrationLock.Object})");
        var migrator = new SchemaMigrator(database, new SchemaMigratorOptions { LockTimeout = TimeSpan.FromMilliseconds(50) });

        var failure = (await migrator.Awaiting(m => m.MigrateAsync(Sql.Cancel)).Should().ThrowAsync<SchemaMigrationException>()).Which;

        failure.SqlState.Should().Be("55P03");
        failure.Message.Should().Contain($"pid {holder.ProcessID}").And.Contain("other deployment");
        (await migrator.GetPendingScriptsAsync(Sql.Cancel)).Should().HaveCount(MigrationTests.Scripts.Length, because: "looking needs no lock");
    }

    [Fact]
    public async Task Waiting_can_be_cancelled()
    {
        var server = await TestServer.GetSharedAsync(Sql.Cancel);
        var database = await server.CreateEmptyDatabaseAsync(Sql.Cancel);
        await using var holder = await Sql.OpenAsync(database, Sql.Cancel);
        await holder.RunAsync($"SELECT pg_advisory_lock({MigrationLock.Class}, {MigrationLock.Object})");
        using var cancellation = CancellationTokenSource.CreateLinkedTokenSource(Sql.Cancel);

        var waiting = new SchemaMigrator(database).MigrateAsync(cancellation.Token);
        while (!waiting.IsCompleted
            && await holder.CountAsync("pg_locks WHERE locktype = 'advisory' AND NOT granted AND database = (SELECT oid FROM pg_database "
                + "WHERE datname = current_database())") == 0)
            await Task.Yield();
        await cancellation.CancelAsync();

        await FluentActions.Awaiting(() => waiting).Should().ThrowAsync<OperationCanceledException>();
    }

    [Theory]
    [InlineData(-2)]
    [InlineData(2147483648L)]
    public void Lock_timeout_out_of_range_is_refused(long milliseconds)
    {
        var options = new SchemaMigratorOptions { LockTimeout = TimeSpan.FromMilliseconds(milliseconds) };

        FluentActions.Invoking(() => new SchemaMigrator("Host=h", options)).Should().Throw<ArgumentException>().WithMessage("*LockTimeout*");
    }
}
