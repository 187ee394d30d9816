using SmeFinancialOs.Data.Audit.Catalog;
using SmeFinancialOs.Data.Audit.Contexts;

namespace SmeFinancialOs.Data.Audit;

/// <summary>How a database keeps its tenants apart: what an audit, a lint and a probe must know. The defaults are those of this library's own schema.</summary>
public abstract class TenantSchemaOptions
{
    private protected TenantSchemaOptions()
    {
    }

    /// <summary>The column that says whose row it is.</summary>
    public string TenantColumn { get; init; } = "org_id";

    /// <summary>
    /// Tenant columns of tables that have no <see cref="TenantColumn"/>; the first one that a table has counts. Their ids are the tenant's, unless
    /// <see cref="Context"/> has a placeholder with the column's name: then they are of a level of their own, such as a tenant above its organizations.
    /// </summary>
    public IReadOnlyList<string> OtherTenantColumns { get; init; } = [];

    /// <summary>The setting that says who is asking. Of no account where <see cref="Context"/> names another one.</summary>
    public string TenantSetting { get; init; } = SettingNames.Tenant;

    /// <summary>
    /// The SQL by which the host says who is asking, as what stands behind SELECT, for a host that does more than to set <see cref="TenantSetting"/>:
    /// <c>set_config('request.jwt.claims', json_build_object('sub', :user, 'tenant', :tenant)::text, true)</c>. :tenant stands for the tenant's id, :user for
    /// the user's, and :column for the id in one of <see cref="OtherTenantColumns"/>. It runs in transactions that are rolled back.
    /// </summary>
    public string? Context { get; init; }

    /// <summary>The table that says which users belong to which tenants; null: there is none, or no policy reads it.</summary>
    public MembershipTable? Membership { get; init; }

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

    internal IEnumerable<string> TenantColumns => OtherTenantColumns.Prepend(TenantColumn);

    private protected void ValidateTenantSchema()
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(TenantColumn);
        Required.Names(OtherTenantColumns);
        ArgumentException.ThrowIfNullOrWhiteSpace(TenantSetting);
        Required.NullOrName(Context);
        if (HostContext.Fault(this) is { } fault)
            throw new ArgumentException($"Context cannot be used: {fault}.", nameof(Context));
        Required.NullOrName(TenantTable);
        Required.Names(AppLogins);
        Required.Names(TenantRoles);
        Required.Names(AdminLogins);
        Required.Names(AdminRoles);
        if (Schemas is not null)
            Required.Names(Schemas);
    }
}
