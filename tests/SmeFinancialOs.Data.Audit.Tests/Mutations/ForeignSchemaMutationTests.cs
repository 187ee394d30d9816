using SmeFinancialOs.Data.Audit.Tests.Probing;
using SmeFinancialOs.Data.Schema;

namespace SmeFinancialOs.Data.Audit.Tests.Mutations;

/// <summary>
/// As for our own schema. The tables have the same policies, so that by default each mutation is made on two of the twenty; on all of them, which takes
/// minutes, where SME_DATA_ALL_MUTATIONS is 1.
/// </summary>
public sealed class ForeignSchemaMutationTests
{
    [Fact]
    public async Task Every_effective_mutation_of_twenty_foreign_tables_is_found()
    {
        var server = await TestServer.GetSharedAsync(Sql.Cancel);
        var connectionString = await server.CreateEmptyDatabaseAsync(Sql.Cancel);
        await new SchemaMigrator(connectionString).MigrateAsync(Sql.Cancel);
        await using (var connection = await Sql.OpenAsync(connectionString, Sql.Cancel))
        {
            await connection.RunAsync(ForeignSchema.Script.Replace("$tables",
                $"ARRAY[{string.Join(", ", ForeignSchema.Tables.Select(table => $"'{table}'"))}]", StringComparison.Ordinal));
            await connection.RunAsync(ForeignRows.Script);
        }

        var isAll = Environment.GetEnvironmentVariable("SME_DATA_ALL_MUTATIONS") == "1";
        var schema = new MutatedSchema(connectionString, ForeignSchema.Tables.ToDictionary(table => $"clinic.{table}", _ => "tenant_id"),
            new() { TenantColumn = "tenant_id", Schemas = ["clinic"] }, new() { TenantColumn = "tenant_id" });
        var stride = isAll ? 1 : TestPart.Takes(1) ? 10 : 50;
        MutationScore.Check(stride == 10 ? "20 foreign tables, a tenth" : null, await MutationRun.RunAsync(schema, stride), probesLossy: false);
    }
}
