namespace SmeFinancialOs.Data.Audit.Tests.Mutations;

/// <summary>Each change of one policy, privilege or function that lets a row of another tenant through is found by the audit or by the probe.</summary>
public sealed class OwnSchemaMutationTests(MigratedDatabase database) : IClassFixture<MigratedDatabase>
{
    [Fact]
    public async Task Every_effective_mutation_of_our_own_schema_is_found()
    {
        await using (var connection = await database.OpenAsync())
        {
            await connection.RunAsync($"""
                INSERT INTO organizations (id, name, slug) VALUES ('{MutatedSchema.Tenants["above"]}', 'Above', 'above');
                INSERT INTO invoices (org_id, number, amount_cents, issued_at) VALUES ('{MutatedSchema.Tenants["above"]}', 'N1', 100, '2026-01-01')
                """);
        }
        var keys = new Dictionary<string, string> { ["public.organizations"] = "id", ["public.invoices"] = "org_id" };
        var schema = new MutatedSchema(database.ConnectionString, keys, new(), new()) { ProbesLossy = true };
        var isWhole = TestPart.Takes(0);
        MutationScore.Check(isWhole ? "our own" : null, await MutationRun.RunAsync(schema, isWhole ? 1 : 5), probesLossy: true);
    }
}
