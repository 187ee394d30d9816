using SmeFinancialOs.Data.Audit.Catalog;

namespace SmeFinancialOs.Data.Audit;

/// <summary>How a database keeps its tenants apart: what an audit, a lint and a probe must know. The defaults are those of this library's own schema.</summary>
public abstract class TenantSchemaOptions
{
    private protected TenantSchemaOptions()
    {
    }

    /// <summary>The column that says whose row it is.</summary>
    public string TenantColumn { get; init; } = "org_id";

    /// <summary>The setting that says who is asking.</summary>
    public string TenantSetting { get; init; } = SettingNames.Tenant;

    /// <summary>The table of the tenants themselves, with its schema; null: the one that most foreign keys of tenant columns refer to.</summary>
    public string? TenantTable { get; init; }

    /// <summary>The logins of the host app. Judged with everything they inherit or may SET ROLE to.</summary>
    public IReadOnlyList<string> AppLogins { get; init; } = [DefaultRoles.AppLogin];

    /// <summary>The roles that a tenant's request acts as.</summary>
    public IReadOnlyList<string> TenantRoles { get; init; } = [DefaultRoles.Tenant, DefaultRoles.Demo];

    /// <summary>The logins of operators, who may see every tenant.</summary>
    public IReadOnlyList<string> AdminLogins { get; init; } = [DefaultRoles.AdminLogin];

    /// <summary>The roles that see every tenant. No app login may become one.</summary>
    public IReadOnlyList<string> AdminRoles { get; init; } = [DefaultRoles.Admin];

    /// <summary>The schemas to look at; null: all but those of PostgreSQL itself.</summary>
    public IReadOnlyList<string>? Schemas { get; init; }

    private protected void ValidateTenantSchema()
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(TenantColumn);
        ArgumentException.ThrowIfNullOrWhiteSpace(TenantSetting);
        Required.NullOrName(TenantTable);
        Required.Names(AppLogins);
        Required.Names(TenantRoles);
        Required.Names(AdminLogins);
        Required.Names(AdminRoles);
        if (Schemas is not null)
            Required.Names(Schemas);
    }
}
