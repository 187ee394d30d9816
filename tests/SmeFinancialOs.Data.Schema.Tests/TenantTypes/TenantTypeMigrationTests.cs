using SmeFinancialOs.Data.Schema.Tests.Upgrading;

namespace SmeFinancialOs.Data.Schema.Tests.TenantTypes;

/// <summary>The type of tenant ids is chosen by the first migration, and stays.</summary>
public sealed class TenantTypeMigrationTests
{
    private const string Types = """
        SELECT concat_ws(' ', (SELECT format_type(typbasetype, NULL) FROM pg_type WHERE oid = 'app.tenant_id'::regtype),
            pg_get_function_result('app.current_org_id()'::regprocedure), pg_get_function_result('app.demo_org_id()'::regprocedure))
        """;

    /// <summary>All that a migration could change.</summary>
    private const string State = """
        SELECT md5(string_agg(o.text, '|' ORDER BY o.text)) FROM (
            SELECT concat('p', oid, xmin, proname) FROM pg_proc UNION ALL SELECT concat('c', oid, relname) FROM pg_class
            UNION ALL SELECT concat('t', oid, xmin) FROM pg_type UNION ALL SELECT concat('y', oid, xmin) FROM pg_policy
            UNION ALL SELECT concat('n', oid, xmin) FROM pg_namespace UNION ALL SELECT concat('e', oid, xmin) FROM pg_event_trigger) AS o (text)
        """;

    public static TheoryData<TenantIdType, bool, bool> Forms => [.. TestPart.Of(TypedDatabase.Forms)];

    [Theory]
    [MemberData(nameof(Forms))]
    public async Task Each_type_is_migrated_and_again_without_harm(TenantIdType type, bool isGuarded, bool isSealed)
    {
        var database = await EmptyAsync();
        var options = new SchemaMigratorOptions { TenantType = type, Guard = isGuarded, Seal = isSealed };
        (await new SchemaMigrator(database, options).MigrateAsync(Sql.Cancel)).OutdatedTables.Should().BeEmpty();
        await IsOfTypeAsync(database, type, isGuarded, isSealed);

        var second = await new SchemaMigrator(database, options).MigrateAsync(Sql.Cancel);
        second.Applied.Should().BeEmpty();
        second.UpdatedTables.Should().BeEmpty();
        (await new SchemaMigrator(database).MigrateAsync(Sql.Cancel)).Applied.Should().BeEmpty("the type of the database is known");
        await IsOfTypeAsync(database, type, isGuarded, isSealed);
    }

    [Theory]
    [MemberData(nameof(Forms))]
    public async Task Psql_migrates_each_type_and_again_without_harm(TenantIdType type, bool isGuarded, bool isSealed)
    {
        var database = await EmptyAsync();
        string[] asked = [.. isGuarded ? ["guard=1"] : Array.Empty<string>(), .. isSealed ? ["seal=1"] : Array.Empty<string>()];
        await Psql.ApplyAsync(database, [.. asked, $"tenant_type={NameOf(type)}"]);
        await IsOfTypeAsync(database, type, isGuarded, isSealed);

        await Psql.ApplyAsync(database, [.. asked, $"tenant_type={NameOf(type)}"]);
        await Psql.ApplyAsync(database);
        await IsOfTypeAsync(database, type, isGuarded, isSealed);
        await new SchemaMigrator(database, new() { Guard = isGuarded }).MigrateAsync(Sql.Cancel);
        await IsOfTypeAsync(database, type, isGuarded, isSealed);
    }

    [Fact]
    public async Task Without_a_choice_ids_are_uuids()
    {
        var (migrated, applied) = (await EmptyAsync(), await EmptyAsync());
        await new SchemaMigrator(migrated).MigrateAsync(Sql.Cancel);
        await Psql.ApplyAsync(applied);
        await IsOfTypeAsync(migrated, TenantIdType.Uuid, isGuarded: false, isSealed: false);
        await IsOfTypeAsync(applied, TenantIdType.Uuid, isGuarded: false, isSealed: false);
    }

    [Theory]
    [InlineData(TenantIdType.Uuid, TenantIdType.Bigint)]
    [InlineData(TenantIdType.Uuid, TenantIdType.Text)]
    [InlineData(TenantIdType.Bigint, TenantIdType.Uuid)]
    [InlineData(TenantIdType.Bigint, TenantIdType.Text)]
    [InlineData(TenantIdType.Text, TenantIdType.Uuid)]
    [InlineData(TenantIdType.Text, TenantIdType.Bigint)]
    public async Task Another_type_is_refused_and_nothing_is_changed(TenantIdType type, TenantIdType other)
    {
        var database = await EmptyAsync();
        await new SchemaMigrator(database, new() { TenantType = type }).MigrateAsync(Sql.Cancel);
        await IsRefusedAsync(database, type, other);
    }

    [Theory]
    [InlineData("plain", TenantIdType.Bigint)]
    [InlineData("version 10, guarded and sealed", TenantIdType.Text)]
    [InlineData("version 14, sealed", TenantIdType.Bigint)]
    public async Task Another_type_than_uuid_is_refused_for_a_database_of_an_older_version_and_nothing_is_changed(string form, TenantIdType other)
    {
        var database = await OldVersion.InstallAsync(form);
        var rows = await database.RowsAsync();
        await IsRefusedAsync(database.ConnectionString, TenantIdType.Uuid, other);
        (await database.RowsAsync()).Should().Be(rows);
        await database.UpgradeAsync();
        await IsOfTypeAsync(database.ConnectionString, TenantIdType.Uuid, database.IsGuarded, database.IsSealed);
    }

    [Theory]
    [InlineData("int")]
    [InlineData("integer")]
    [InlineData("UUID")]
    [InlineData("pg_catalog.uuid")]
    [InlineData("text; DROP SCHEMA public CASCADE")]
    [InlineData("char(3)")]
    [InlineData("' || 'uuid")]
    public async Task Psql_refuses_what_is_no_type_of_ids_and_leaves_nothing_behind(string type)
    {
        var database = await EmptyAsync();
        await using var superuser = await Sql.OpenAsync(database, Sql.Cancel);
        var before = await superuser.ScalarAsync<string>(State);

        (await FluentActions.Awaiting(() => Psql.ApplyAsync(database, $"tenant_type={type}")).Should().ThrowAsync<InvalidOperationException>())
            .Which.Message.Should().Contain($"a tenant id cannot be of type {type}").And.Contain("The types are uuid, bigint and text.");

        (await superuser.ScalarAsync<string>(State)).Should().Be(before);
        await Psql.ApplyAsync(database, "tenant_type=text");
        await IsOfTypeAsync(database, TenantIdType.Text, isGuarded: false, isSealed: false);
    }

    [Fact]
    public async Task The_migrator_refuses_what_is_no_type_of_ids()
    {
        var database = await EmptyAsync();
        FluentActions.Invoking(() => new SchemaMigrator(database, new() { TenantType = (TenantIdType)7 })).Should().Throw<ArgumentException>()
            .WithMessage("TenantType is 7, which is none of Uuid, Bigint, Text*");
    }

    private static async Task IsRefusedAsync(string database, TenantIdType type, TenantIdType other)
    {
        await using var superuser = await Sql.OpenAsync(database, Sql.Cancel);
        var before = await superuser.ScalarAsync<string>(State);
        var migrator = new SchemaMigrator(database, new() { TenantType = other });
        var message = $"*ids of this database are of type {NameOf(type)}, not {NameOf(other)}*";
        (await migrator.Awaiting(m => m.MigrateAsync(Sql.Cancel)).Should().ThrowAsync<SchemaMigrationException>())
            .WithMessage(message + "Nothing was changed.");
        (await migrator.Awaiting(m => m.GetPendingScriptsAsync(Sql.Cancel)).Should().ThrowAsync<SchemaMigrationException>()).WithMessage(message);
        (await superuser.ScalarAsync<string>(State)).Should().Be(before);
        (await FluentActions.Awaiting(() => Psql.ApplyAsync(database, $"tenant_type={NameOf(other)}")).Should().ThrowAsync<InvalidOperationException>())
            .WithMessage(message);
        (await superuser.ScalarAsync<string>(State)).Should().Be(before);
    }

    private static async Task IsOfTypeAsync(string database, TenantIdType type, bool isGuarded, bool isSealed)
    {
        await using var superuser = await Sql.OpenAsync(database, Sql.Cancel);
        var name = NameOf(type);
        (await superuser.ScalarAsync<string>(Types)).Should().Be($"{name} {name} {name}");
        (await superuser.ScalarAsync<bool>("SELECT to_regclass('public.organizations') IS NOT NULL")).Should().Be(type == TenantIdType.Uuid);
        (await superuser.ScalarAsync<bool>("SELECT to_regclass('app_seal.context') IS NOT NULL")).Should().Be(isSealed);
        (await superuser.CountAsync("pg_event_trigger WHERE evtname = 'tenant_guard'")).Should().Be(isGuarded ? 1 : 0);
        if (isGuarded)
            (await superuser.ListAsync<string>("SELECT object || ': ' || fault FROM app_guard.faults()")).Should().BeEmpty();
    }

    private static string NameOf(TenantIdType type) => type.ToString().ToLowerInvariant();

    private static async Task<string> EmptyAsync() => await (await TestServer.GetSharedAsync(Sql.Cancel)).CreateEmptyDatabaseAsync(Sql.Cancel);
}
