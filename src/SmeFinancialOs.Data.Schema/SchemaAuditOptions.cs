namespace SmeFinancialOs.Data.Schema;

/// <summary>What a <see cref="SchemaAudit"/> takes for granted. The defaults are those of this library's own schema.</summary>
public sealed class SchemaAuditOptions
{
    /// <summary>The column that says whose row it is.</summary>
    public string TenantColumn { get; init; } = "org_id";

    /// <summary>The setting that says who is asking.</summary>
    public string TenantSetting { get; init; } = "app.current_org_id";

    /// <summary>The table of the tenants themselves, with its schema; null: the one that most foreign keys of tenant columns refer to.</summary>
    public string? TenantTable { get; init; }

    /// <summary>The logins of the host app. Judged with everything they inherit or may SET ROLE to.</summary>
    public IReadOnlyList<string> AppLogins { get; init; } = [new SchemaRoles().AppLogin];

    /// <summary>The roles that a tenant's request acts as.</summary>
    public IReadOnlyList<string> TenantRoles { get; init; } = [new SchemaRoles().Tenant, new SchemaRoles().Demo];

    /// <summary>The logins of operators, who may see every tenant.</summary>
    public IReadOnlyList<string> AdminLogins { get; init; } = [new SchemaRoles().AdminLogin];

    /// <summary>The roles that see every tenant. No app login may become one.</summary>
    public IReadOnlyList<string> AdminRoles { get; init; } = [new SchemaRoles().Admin];

    /// <summary>The schemas to audit; null: all but those of PostgreSQL itself.</summary>
    public IReadOnlyList<string>? Schemas { get; init; }

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
        ArgumentException.ThrowIfNullOrWhiteSpace(TenantColumn);
        ArgumentException.ThrowIfNullOrWhiteSpace(TenantSetting);
        if (AppLogins is null || TenantRoles is null || AdminLogins is null || AdminRoles is null || Allowlist is null || Baseline is null)
            throw new ArgumentException("The lists of the audit's options must not be null; leave them empty instead.");
    }
}
