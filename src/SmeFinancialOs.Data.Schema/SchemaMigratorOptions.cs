namespace SmeFinancialOs.Data.Schema;

/// <summary>How a <see cref="SchemaMigrator"/> works.</summary>
public sealed class SchemaMigratorOptions
{
    /// <summary>The names of the database roles.</summary>
    public SchemaRoles Roles { get; init; } = new();

    /// <summary>
    /// How long to wait while another runner migrates the same database: 60 seconds unless told otherwise, rounded up to a millisecond;
    /// <see cref="Timeout.InfiniteTimeSpan"/> waits for ever.
    /// </summary>
    public TimeSpan LockTimeout { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>
    /// How long to wait for a protected table that an upgrade brings to other policies: 5 seconds unless told otherwise, rounded up to a millisecond. A table
    /// that is in use for longer is left as it is and named in <see cref="SchemaMigrationResult.OutdatedTables"/>.
    /// </summary>
    public TimeSpan TableLockTimeout { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>
    /// The type of the ids of tenants, chosen once for each database; null for <see cref="TenantIdType.Uuid"/>, or for what the database has. A migration with
    /// another type than the database has is refused.
    /// </summary>
    public TenantIdType? TenantType { get; init; }

    /// <summary>
    /// Whether to bring the tables of the reference article, <c>public.organizations</c> and <c>public.invoices</c>: yes, unless told otherwise. Without them
    /// a host protects tables of its own. A database that has them already is upgraded with them. Their ids are uuids: a database with another
    /// <see cref="TenantType"/> does not get them.
    /// </summary>
    public bool Invoicing { get; init; } = true;

    /// <summary>
    /// Whether to turn the tenant guard on: no, unless told otherwise. It is an event trigger, made by a superuser, that refuses at commit whatever leaves a
    /// table unsafe for its tenants. Once on it stays on; <c>DROP EVENT TRIGGER tenant_guard; DROP SCHEMA app_guard CASCADE;</c> removes it.
    /// </summary>
    public bool Guard { get; init; }

    /// <summary>
    /// Relations that the tenant guard shall not judge, such as reference tables: none, unless told otherwise. They need <see cref="Guard"/>, and are allowed
    /// in the transaction of the migration, before the guard judges the database. An allowance that is there with the same reason is left alone; one that is no
    /// longer listed stays, until <c>app_guard.disallow</c> takes it away.
    /// </summary>
    public IReadOnlyList<GuardAllowance> GuardAllowances { get; init; } = [];

    /// <summary>
    /// Whether to seal the tenant context: no, unless told otherwise. The database then refuses every context that no host has signed, so each host needs a key
    /// first (<see cref="ContextSealKeys"/>); without one in force the migration fails, unless the database is new. Once sealed it stays sealed.
    /// </summary>
    public bool Seal { get; init; }

    internal void Validate()
    {
        if (Roles is null)
            throw new ArgumentException("Roles must not be null.", nameof(Roles));
        Check(LockTimeout, nameof(LockTimeout));
        Check(TableLockTimeout, nameof(TableLockTimeout));
        if (TenantType is { } type && !Enum.IsDefined(type))
            throw new ArgumentException($"TenantType is {type}, which is none of {string.Join(", ", Enum.GetNames<TenantIdType>())}.", nameof(TenantType));
        Roles.Validate();
        ValidateAllowances();
    }

    private void ValidateAllowances()
    {
        if (GuardAllowances is null || GuardAllowances.Any(allowance => allowance is null))
            throw new ArgumentException("GuardAllowances must not be null, nor contain null.", nameof(GuardAllowances));
        if (GuardAllowances.Count > 0 && !Guard)
            throw new ArgumentException("GuardAllowances are for the tenant guard: set Guard, too.", nameof(GuardAllowances));
        if (GuardAllowances.GroupBy(allowance => allowance.Relation, StringComparer.Ordinal).FirstOrDefault(group => group.Count() > 1) is { } twice)
            throw new ArgumentException($"GuardAllowances has {twice.Key} more than once.", nameof(GuardAllowances));
    }

    private static void Check(TimeSpan timeout, string name)
    {
        if (timeout != Timeout.InfiniteTimeSpan && (timeout < TimeSpan.Zero || timeout.TotalMilliseconds > int.MaxValue))
            throw new ArgumentException($"{name} must lie between zero and {int.MaxValue} ms, or be infinite; it is {timeout}.", name);
    }
}
