using SmeFinancialOs.Data.Audit.Catalog;
using SmeFinancialOs.Data.Audit.Probing;

namespace SmeFinancialOs.Data.Audit;

/// <summary>What an <see cref="IsolationProbe"/> must know. The defaults are those of this library's own schema.</summary>
public sealed class IsolationProbeOptions : TenantSchemaOptions
{
    /// <summary>The roles of a public demo: they may read the demo tenant's rows, and write nothing. Roles that do not exist count for nothing.</summary>
    public IReadOnlyList<string> DemoRoles { get; init; } = [DefaultRoles.Demo];

    /// <summary>The demo's own tenant, whose rows nobody of the app may write; null: there is none. Of no account without <see cref="DemoRoles"/>.</summary>
    public string? DemoTenant { get; init; } = "de300000-0000-4000-8000-000000000001";

    /// <summary>
    /// Values for generated rows, where the probe cannot find any by itself: table (with its schema, as the report writes it) to column to an SQL expression,
    /// which is evaluated once for each tenant.
    /// </summary>
    public IReadOnlyDictionary<string, IReadOnlyDictionary<string, string>> Values { get; init; } =
        new Dictionary<string, IReadOnlyDictionary<string, string>>();

    /// <summary>
    /// What a host of this database signs its contexts with (<c>TenantConnectionOptions.SealKey</c>), where they are sealed and the probe connects as the
    /// login of the app. A superuser makes a key for the probe alone. It is never printed.
    /// </summary>
    public string? SealKey { get; init; }

    /// <summary>What is meant to be as it is, with a reason for each: a key across tenants on purpose, a table that cannot be filled.</summary>
    public IReadOnlyList<IsolationAllowance> Allowlist { get; init; } = [];

    /// <summary>
    /// Whether the app may add a tenant: an INSERT into the table of the tenants is then no breach. To read, change or delete another's row is one still.
    /// </summary>
    public bool AllowSignUp { get; init; }

    internal void Validate()
    {
        ValidateTenantSchema();
        Required.Names(DemoRoles);
        Required.NullOrName(DemoTenant);
        ArgumentNullException.ThrowIfNull(Values);
        Required.Elements(Values.Values, nameof(Values));
        Required.Elements(Allowlist);
        if (SealKey is { } key && !ProbeSeal.IsKey(key))
            throw new ArgumentException("It is not a key: it is what \"sme-data seal add\" has printed, 8 characters, a colon and 44 more.", nameof(SealKey));
    }

    /// <summary>The catalog is read as the audit reads it.</summary>
    internal SchemaAuditOptions ToAudit() => new()
    {
        TenantColumn = TenantColumn,
        OtherTenantColumns = OtherTenantColumns,
        TenantSetting = TenantSetting,
        Context = Context,
        Membership = Membership,
        TenantTable = TenantTable,
        AppLogins = AppLogins,
        TenantRoles = TenantRoles,
        AdminLogins = AdminLogins,
        AdminRoles = AdminRoles,
        Schemas = Schemas,
    };
}
