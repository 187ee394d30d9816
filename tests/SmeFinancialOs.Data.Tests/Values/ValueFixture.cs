using Npgsql;
using SmeFinancialOs.Data.Tests.Support;

namespace SmeFinancialOs.Data.Tests.Values;

/// <summary>A database with an enum and a composite type, and two data sources on it, each for plain connections and sessions alike.</summary>
public sealed class ValueFixture : TenantDatabaseFixture, IAsyncLifetime
{
    public NpgsqlDataSource Source { get; private set; } = null!;

    public NpgsqlDataSource NodaSource { get; private set; } = null!;

    public new async ValueTask InitializeAsync()
    {
        await base.InitializeAsync();
        ValueHandlers.Register();
        await AsSuperuserAsync(
            """
            CREATE TYPE value_mood AS ENUM ('sad', 'happy');
            CREATE TYPE value_composite AS (id int, name text);
            CREATE TABLE value_rows (n int);
            GRANT SELECT, INSERT, UPDATE ON value_rows TO PUBLIC;
            CREATE PROCEDURE value_add(IN n int, OUT twice int) LANGUAGE plpgsql AS 'BEGIN INSERT INTO value_rows VALUES (n); twice := 2 * n; END';
            CREATE PROCEDURE value_put(n int) LANGUAGE sql AS 'INSERT INTO value_rows VALUES (n)';
            """);
        Source = new NpgsqlDataSourceBuilder(Database.AppConnectionString).UseTenantDefaults().Build();
        var noda = new NpgsqlDataSourceBuilder(Database.AppConnectionString).UseTenantDefaults();
        noda.UseNodaTime();
        NodaSource = noda.Build();
    }

    /// <summary>Read-only: else what cannot be read is reported as work that is committed.</summary>
    public ITenantSession ReaderOn(NpgsqlDataSource source) => new TenantConnectionFactory(source).CreateSession(ContextA.AsReadOnly());

    public ITenantSession SessionOn(NpgsqlDataSource source) => new TenantConnectionFactory(source).CreateSession(ContextA);

    public new async ValueTask DisposeAsync()
    {
        await Source.DisposeAsync();
        await NodaSource.DisposeAsync();
        await base.DisposeAsync();
    }
}
