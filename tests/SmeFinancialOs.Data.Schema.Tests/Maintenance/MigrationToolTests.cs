using Dapper;
using EvolveDb;
using FluentMigrator.Runner;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;

namespace SmeFinancialOs.Data.Schema.Tests.Maintenance;

/// <summary>A migration that changes the rows of a protected table, by each tool of docs/migrations.md, as a login that is no superuser.</summary>
public sealed class MigrationToolTests
{
    [Fact]
    public async Task Ef_core_changes_rows_in_a_maintenance()
    {
        var deployer = await CreateAsync();
        await using var shop = new ShopContext(new DbContextOptionsBuilder<ShopContext>().UseNpgsql(deployer).Options);
        await shop.Database.MigrateAsync(Sql.Cancel);
        await ShouldHaveCurrenciesAsync(deployer);
    }

    [Fact]
    public async Task Fluentmigrator_changes_rows_in_a_maintenance()
    {
        var deployer = await CreateAsync();
        await using var services = new ServiceCollection().AddFluentMigratorCore()
            .ConfigureRunner(runner => runner.AddPostgres15_0().WithGlobalConnectionString(deployer)
                .ScanIn(typeof(CurrencyOfOrders).Assembly).For.Migrations())
            .BuildServiceProvider();
        await using var scope = services.CreateAsyncScope();
        scope.ServiceProvider.GetRequiredService<IMigrationRunner>().MigrateUp();
        await ShouldHaveCurrenciesAsync(deployer);
    }

    [Fact]
    public async Task Evolve_changes_rows_in_a_maintenance()
    {
        var deployer = await CreateAsync();
        var folder = Directory.CreateTempSubdirectory("sme-data-evolve-");
        try
        {
            await File.WriteAllTextAsync(Path.Combine(folder.FullName, "V1__currency.sql"), """
                SELECT app.begin_maintenance('a currency for every order');
                ALTER TABLE orders ADD COLUMN currency text NOT NULL DEFAULT 'EUR';
                UPDATE orders SET currency = 'USD' WHERE number LIKE 'US%';
                """, Sql.Cancel);
            await using var connection = new NpgsqlConnection(deployer);
            new Evolve(connection) { Locations = [folder.FullName], IsEraseDisabled = true, MetadataTableSchema = "public" }.Migrate();
        }
        finally
        {
            folder.Delete(recursive: true);
        }
        await ShouldHaveCurrenciesAsync(deployer);
    }

    [Fact]
    public async Task A_backfill_begins_a_maintenance_in_each_transaction()
    {
        var deployer = await CreateAsync();
        await using var connection = await Sql.OpenAsync(deployer, Sql.Cancel);
        await connection.ExecuteAsync("ALTER TABLE orders ADD COLUMN total int");
        int changed;
        // <snippet>
        do
        {
            await using var transaction = await connection.BeginTransactionAsync();
            await connection.ExecuteAsync("SELECT app.begin_maintenance('totals of orders')");
            changed = await connection.ExecuteAsync(
                "UPDATE orders SET total = 0 WHERE (org_id, number) IN (SELECT org_id, number FROM orders WHERE total IS NULL LIMIT 5000)");
            await transaction.CommitAsync();
        }
        while (changed > 0);
        // </snippet>
        await connection.RunAsync("BEGIN; SELECT app.begin_maintenance('look')");
        (await connection.CountAsync("orders WHERE total IS NULL")).Should().Be(0);
    }

    /// <summary>Orders of two tenants, and a login that may become their owner.</summary>
    private static async Task<string> CreateAsync()
    {
        var server = await TestServer.GetSharedAsync(Sql.Cancel);
        var database = await server.CreateEmptyDatabaseAsync(Sql.Cancel);
        await new SchemaMigrator(database).MigrateAsync(Sql.Cancel);
        var login = $"deployer_{Guid.NewGuid():N}";
        await using var superuser = await Sql.OpenAsync(database, Sql.Cancel);
        await superuser.RunAsync($"""
            CREATE ROLE {login} LOGIN;
            GRANT app_owner TO {login};
            BEGIN;
            SET LOCAL ROLE app_owner;
            CREATE TABLE public.orders (org_id uuid NOT NULL REFERENCES organizations (id) ON DELETE CASCADE, number text, PRIMARY KEY (org_id, number));
            SELECT app.protect_table('public.orders');
            COMMIT;
            INSERT INTO organizations (id, name, slug) VALUES ('{MigratedDatabase.A}', 'a', 'a'), ('{MigratedDatabase.B}', 'b', 'b');
            INSERT INTO public.orders SELECT o.id, n.number FROM organizations o CROSS JOIN (VALUES ('US-1'), ('DE-1')) AS n (number)
            """);
        return database.As(login);
    }

    private static async Task ShouldHaveCurrenciesAsync(string deployer)
    {
        await using var connection = await Sql.OpenAsync(deployer, Sql.Cancel);
        await connection.RunAsync("BEGIN; SELECT app.begin_maintenance('look')");
        (await connection.ListAsync<string>("SELECT DISTINCT number || ' ' || currency FROM orders ORDER BY 1")).Should().Equal("DE-1 EUR", "US-1 USD");
        (await connection.ListAsync<long>("SELECT count(DISTINCT org_id) FROM orders GROUP BY number")).Should().OnlyContain(count => count >= 2);
    }
}
