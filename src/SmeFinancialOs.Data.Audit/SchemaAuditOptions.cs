namespace SmeFinancialOs.Data.Audit;

/// <summary>What a <see cref="SchemaAudit"/> takes for granted. The defaults are those of this library's own schema.</summary>
public sealed class SchemaAuditOptions : TenantSchemaOptions
{
    /// <summary>What is meant to be as it is.</summary>
    public IReadOnlyList<AuditAllowance> Allowlist { get; init; } = [];

    /// <summary>The fingerprints of findings that are known already.</summary>
    public IReadOnlyCollection<string> Baseline { get; init; } = [];

    internal void Validate()
    {
        ValidateTenantSchema();
        Required.Elements(Allowlist);
        Required.Names(Baseline);
    }
}
