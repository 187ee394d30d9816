using Npgsql;

namespace SmeFinancialOs.Data;

/// <summary>How a <see cref="TenantConnectionFactory"/> opens connections. Read once, by its constructor.</summary>
public class TenantConnectionOptions
{
    /// <summary>
    /// The data source of admin contexts, with a login of its own (<c>admin_user</c>), so that nothing injected into a tenant's request can
    /// become admin. Without it admin contexts are refused.
    /// </summary>
    public NpgsqlDataSource? AdminDataSource { get; set; }

    /// <summary>The role of tenant contexts.</summary>
    public string TenantRole { get; set; } = "tenant_role";

    /// <summary>The role of the demo context.</summary>
    public string DemoRole { get; set; } = "demo_role";

    /// <summary>The role of admin contexts.</summary>
    public string AdminRole { get; set; } = "admin_role";

    /// <summary>The longest a statement may run (<c>statement_timeout</c>); null leaves the server's setting.</summary>
    public TimeSpan? StatementTimeout { get; set; }

    /// <summary>The longest a statement may wait for a lock (<c>lock_timeout</c>); null leaves the server's setting.</summary>
    public TimeSpan? LockTimeout { get; set; }

    /// <summary>The longest a unit of work may sit between statements (<c>idle_in_transaction_session_timeout</c>); null leaves the server's setting.</summary>
    public TimeSpan? IdleInTransactionTimeout { get; set; }

    /// <summary>
    /// Whether the connection strings lead to a pooler in transaction mode, such as PgBouncer. The data sources must be made for it, as
    /// <see cref="TenantDataSourceBuilderExtensions.UseTenantDefaults"/> does; <c>AddTenantData</c> sees to that.
    /// </summary>
    public bool TransactionPooling { get; set; }

    /// <summary>
    /// Whether read-only contexts, the demo among them, go to a standby where one answers, else to the primary. The data source must then be an
    /// <see cref="NpgsqlMultiHostDataSource"/>; an admin data source may be one too. A standby lags behind: what a request has just written, it reads with a
    /// context that is not read-only. The access log of admins is always written to the primary.
    /// </summary>
    public bool ReadOnlyContextsPreferStandby { get; set; }
}
