namespace SmeFinancialOs.Data.Schema;

/// <summary>What a <see cref="SchemaAudit"/> takes for granted. The defaults are those of this library's own schema.</summary>
public sealed class SchemaAuditOptions : TenantSchemaOptions
{
    /// <summary>What is meant to be as it is.</summary>
    public IReadOnlyList<AuditAllowance> Allowlist { get; init; } = [];

    /// <summary>The fingerprints of findings that are known already.</summary>
    public IReadOnlyCollection<string> Baseline { get; init; } = [];

    /// <summary>The defaults with other role names.</summary>
    /// <param name="roles">The roles that the schema was migrated with.</param>
    public static SchemaAuditOptions For(SchemaRoles roles)
    {
        ArgumentNullException.ThrowIfNull(roles);
        return new() { AppLogins = [roles.AppLogin], TenantRoles = [roles.Tenant, roles.Demo], AdminLogins = [roles.AdminLogin], AdminRoles = [roles.Admin] };
    }

    internal void Validate()
    {
        ValidateTenantSchema();
        Required.Elements(Allowlist);
        Required.Names(Baseline);
    }
}
