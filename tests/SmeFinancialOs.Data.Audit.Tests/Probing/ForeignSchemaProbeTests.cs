using SmeFinancialOs.Data.Schema;

namespace SmeFinancialOs.Data.Audit.Tests.Probing;

/// <summary>A schema that knows nothing of ours: protected by one loop, audited and probed with no more than the name of its tenant column.</summary>
public sealed class ForeignSchemaProbeTests
{
    [PartFact]
    public async Task Twenty_foreign_tables_are_protected_audited_clean_and_probed()
    {
        var server = await TestServer.GetSharedAsync(Sql.Cancel);
        var connectionString = await server.CreateEmptyDatabaseAsync(Sql.Cancel);
        await new SchemaMigrator(connectionString).MigrateAsync(Sql.Cancel);
        await using (var connection = await Sql.OpenAsync(connectionString, Sql.Cancel))
            await connection.RunAsync(ForeignSchema.Script.Replace("$tables",
                $"ARRAY[{string.Join(", ", ForeignSchema.Tables.Select(table => $"'{table}'"))}]", StringComparison.Ordinal));
        ForeignSchema.Tables.Should().HaveCount(20);

        var audit = await new SchemaAudit(connectionString, new SchemaAuditOptions { TenantColumn = "tenant_id", Schemas = ["clinic"] }).RunAsync(Sql.Cancel);
        audit.Findings.Select(finding => $"{finding.RuleId}: {finding.ObjectName}: {finding.Message}").Should().BeEmpty();

        var report = await new IsolationProbe(connectionString, new IsolationProbeOptions { TenantColumn = "tenant_id" }).RunAsync(null, Sql.Cancel);
        report.Skipped.Select(skipped => $"{skipped.ObjectName}: {skipped.Reason}").Should().BeEmpty();
        report.Breaches.Select(breach => $"{breach.ObjectName} {breach.Attack}: {breach.Statement}").Should().BeEmpty();
        report.Probed.Select(probed => probed.ObjectName).Should().Contain(ForeignSchema.Tables.Select(table => "clinic." + table))
            .And.Contain(["clinic.visits_other", "clinic.measurements_lab_high", "clinic.open_bills", "clinic.bill_total(bill text)"]);
        report.AttackCount.Should().BeGreaterThan(10_000);
    }
}
