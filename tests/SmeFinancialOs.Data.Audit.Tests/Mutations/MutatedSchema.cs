namespace SmeFinancialOs.Data.Audit.Tests.Mutations;

/// <summary>What the mutations and the truth query know of a schema. Keys: each table with its tenant column. Rows of each tenant are in all tables.</summary>
internal sealed record MutatedSchema(string ConnectionString, IReadOnlyDictionary<string, string> Keys, SchemaAuditOptions Audit, IsolationProbeOptions Probe)
{
    internal const string Setting = "app.current_org_id";

    /// <summary>Whether the probe is asked where own rows are lost and the audit says nothing. It takes a while.</summary>
    internal bool ProbesLossy { get; init; }

    /// <summary>The roles as which a request of the app acts.</summary>
    internal IReadOnlyList<string> Roles { get; } = ["app_user", "demo_role", "tenant_role"];

    /// <summary>The tenants with rows, by the label that the answers have.</summary>
    internal static IReadOnlyDictionary<string, string> Tenants { get; } = new Dictionary<string, string>
    {
        ["A"] = MigratedDatabase.A,
        ["B"] = MigratedDatabase.B,
        ["demo"] = MigratedDatabase.Demo,
        ["above"] = "ffffffff-0000-4000-8000-000000000000",
    };

    internal static string Other => Tenants["B"];
}
