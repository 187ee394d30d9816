using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;
using SmeFinancialOs.Data.Schema;

namespace SmeFinancialOs.Data.Tests.EntityFramework;

/// <summary>The history table of EF Core under the tenant guard, as docs/ef-core.md says.</summary>
public sealed class HistoryTableTests
{
    [Fact]
    public async Task The_line_of_the_page_lets_the_history_table_of_EF_Core_pass_the_guard()
    {
        var database = await (await TestServer.GetSharedAsync(Sql.Cancel)).CreateEmptyDatabaseAsync(Sql.Cancel);
        await new SchemaMigrator(database, new() { Guard = true }).MigrateAsync(Sql.Cancel);
        await using var billing = new BillingContext(new DbContextOptionsBuilder<BillingContext>().UseNpgsql(database).Options);
        var history = billing.GetService<IHistoryRepository>();
        await using var superuser = await Sql.OpenAsync(database, Sql.Cancel);
        (await superuser.RefusalAsync(history.GetCreateIfNotExistsScript())).MessageText
            .Should().StartWith("the tenant guard refuses this transaction: public.\"__EFMigrationsHistory\": row-level security is not enabled");

        var page = await File.ReadAllLinesAsync(Path.Combine(RepositoryRoot.Folder, "docs", "ef-core.md"), Sql.Cancel);
        var line = page.Should().ContainSingle(text => text.StartsWith("BEGIN; CREATE TABLE public.\"__EFMigrationsHistory\"")).Subject;
        await superuser.RunAsync("SET ROLE app_owner");
        foreach (var statement in line.TrimEnd(';').Split("; "))
            await superuser.RunAsync(statement);

        (await history.ExistsAsync(Sql.Cancel)).Should().BeTrue();
        await superuser.RunAsync("RESET ROLE");
        await superuser.RunAsync(history.GetCreateIfNotExistsScript());
        await billing.Database.ExecuteSqlRawAsync(history.GetInsertScript(new HistoryRow("20261129_first", "10.0.0")), Sql.Cancel);
        (await history.GetAppliedMigrationsAsync(Sql.Cancel)).Should().ContainSingle().Which.MigrationId.Should().Be("20261129_first");
        (await billing.Database.GetAppliedMigrationsAsync(Sql.Cancel)).Should().Equal("20261129_first");
    }
}
