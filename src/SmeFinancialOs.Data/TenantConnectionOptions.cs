using Microsoft.Extensions.Logging;
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

    /// <summary>
    /// The type of the ids of tenants, as the database was migrated (<c>sme-data migrate --tenant-type</c>). Contexts with an id of another type are refused.
    /// </summary>
    public TenantKeyType TenantType { get; set; }

    /// <summary>The role of tenant contexts.</summary>
    public string TenantRole { get; set; } = "tenant_role";

    /// <summary>The role of the demo context.</summary>
    public string DemoRole { get; set; } = "demo_role";

    /// <summary>The role of admin contexts.</summary>
    public string AdminRole { get; set; } = "admin_role";

    /// <summary>The role that may call resolvers, as <see cref="TenantConnectionFactory.ResolveTenantAsync"/> does.</summary>
    public string ResolverRole { get; set; } = "resolver_role";

    /// <summary>The longest a statement may run (<c>statement_timeout</c>); null leaves the server's setting.</summary>
    public TimeSpan? StatementTimeout { get; set; }

    /// <summary>The longest a statement may wait for a lock (<c>lock_timeout</c>); null leaves the server's setting.</summary>
    public TimeSpan? LockTimeout { get; set; }

    /// <summary>The longest a unit of work may sit between statements (<c>idle_in_transaction_session_timeout</c>); null leaves the server's setting.</summary>
    public TimeSpan? IdleInTransactionTimeout { get; set; }

    /// <summary>
    /// The longest time between two rows that are read from a stream, and the longest time the destination of a COPY may take for 16 KiB; null for any time. A
    /// stream that is left alone holds a connection, and no timeout of the server ends it. It is ended, and whoever asks it for another row gets a
    /// <see cref="StreamIdleTimeoutException"/>; a unit of work is rolled back with it.
    /// </summary>
    public TimeSpan? StreamIdleTimeout { get; set; } = TimeSpan.FromMinutes(5);

    /// <summary>
    /// Whether the connection strings lead to a pooler in transaction mode, such as PgBouncer. The data sources must be made for it, as
    /// <see cref="TenantDataSourceBuilderExtensions.UseTenantDefaults"/> does; <c>AddTenantData</c> sees to that.
    /// </summary>
    public bool TransactionPooling { get; set; }

    /// <summary>
    /// The key that contexts are signed with, as <c>sme-data seal add</c> prints it; null for none. A database whose contexts are sealed refuses those that are
    /// not signed: SQL that an attacker gets into a request can write any setting, but cannot sign. A secret: whoever has it can be any tenant.
    /// </summary>
    public string? SealKey { get; set; }

    /// <summary>Returns the key instead of <see cref="SealKey"/>: asked for every transaction, so it must be fast, and a new key is used at once.</summary>
    public Func<string>? SealKeyProvider { get; set; }

    /// <summary>
    /// How long after it was signed a transaction may begin, 1 second to 1 day; null for 60 seconds, or 15 with <see cref="TransactionPooling"/>. What was
    /// signed is used again on the same connection for half of that, so the clocks of host and database must not differ by more than the other half. A
    /// transaction that has begun may last longer.
    /// </summary>
    public TimeSpan? SealLifetime { get; set; }

    /// <summary>
    /// Whether a host with a key works on a database that does not ask for it, too. For the time between giving the hosts their key and sealing the
    /// database; else <see cref="DatabaseNotReadyException"/> says that the seal is missing.
    /// </summary>
    public bool SealOptional { get; set; }

    /// <summary>
    /// Settings that logins or databases have by default on purpose (ALTER ROLE .. SET, ALTER DATABASE .. SET), each with its one allowed value as
    /// <c>pg_db_role_setting</c> has it, such as <c>work_mem</c> and <c>64MB</c>; names in any case. Others that could harm every tenant are refused with
    /// <see cref="UnsafeDatabaseRoleException"/>, because injected SQL can set them; what does no harm is logged. A data source with
    /// <see cref="TenantDataSourceBuilderExtensions.UseTenantDefaults"/> pins some of them, whatever is allowed here: name them in its <c>Options</c> too.
    /// <c>AddTenantData</c> sees to that.
    /// </summary>
    public IReadOnlyDictionary<string, string> AllowedLoginSettings { get; set; } = new Dictionary<string, string>();

    /// <summary>Where log events go; null for none. <c>AddTenantData</c> takes the container's.</summary>
    public ILoggerFactory? LoggerFactory { get; set; }

    /// <summary>
    /// How long a transaction may be held before a warning is logged, once and while it is still held, and noted on its span; null for never. It is not
    /// ended: <see cref="IdleInTransactionTimeout"/> and <see cref="StatementTimeout"/> do that.
    /// </summary>
    public TimeSpan? LongTransactionThreshold { get; set; }

    /// <summary>The clock behind <see cref="LongTransactionThreshold"/>, <see cref="StreamIdleTimeout"/> and <see cref="SealLifetime"/>.</summary>
    internal TimeProvider TimeProvider { get; set; } = TimeProvider.System;

    /// <summary>
    /// Whether read-only contexts, the demo among them, go to a standby where one answers, else to the primary. The data source must then be an
    /// <see cref="NpgsqlMultiHostDataSource"/>; an admin data source may be one too. A standby lags behind: what a request has just written, it reads with a
    /// context that is not read-only. The access log of admins is always written to the primary.
    /// </summary>
    public bool ReadOnlyContextsPreferStandby { get; set; }
}
