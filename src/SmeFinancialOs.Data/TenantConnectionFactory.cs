using System.Data;
using System.Diagnostics;
using Npgsql;
using SmeFinancialOs.Data.Bulk;
using SmeFinancialOs.Data.Diagnostics;
using SmeFinancialOs.Data.Logins;
using SmeFinancialOs.Data.Sessions;

namespace SmeFinancialOs.Data;

/// <summary>
/// The one door to tenant data: connections and sessions with tenant, role and access mode in force. Thread-safe; one for each database.
/// Before its first use it checks, once, that the login cannot bypass row-level security.
/// </summary>
public sealed partial class TenantConnectionFactory
{
    private static readonly TransactionCharacteristics DefaultCharacteristics = new();

    private readonly LoginDataSources _tenants;
    private readonly LoginDataSources? _admins;

    /// <summary>Of the one database that all logins are for.</summary>
    internal TableCatalog Tables { get; } = new();

    /// <summary>Prepares connections from a data source; nothing is opened yet.</summary>
    /// <param name="dataSource">Logs in as <c>app_user</c>, or another login with no rights of its own. It stays the caller's to dispose.</param>
    /// <param name="options">Null for the defaults; read here, later changes have no effect.</param>
    /// <exception cref="ArgumentException">
    /// A role name is blank, a timeout is not positive, or a connection string has Multiplexing=true or does not fit the options TransactionPooling or
    /// ReadOnlyContextsPreferStandby. Or a data source of several hosts has Target Session Attributes=read-write or read-only, which SQL of one tenant could
    /// turn against all, or was made by WithTargetSession, which does not tell. One that WithTargetSession made of a single host is not recognised.
    /// </exception>
    /// <exception cref="ArgumentNullException"><paramref name="dataSource"/> is null.</exception>
    public TenantConnectionFactory(NpgsqlDataSource dataSource, TenantConnectionOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(dataSource);
        var copy = TenantConnectionOptionsValidation.Copy(options ?? new TenantConnectionOptions());
        if (copy.ReadOnlyContextsPreferStandby && dataSource is not NpgsqlMultiHostDataSource)
        {
            throw new ArgumentException(
                "ReadOnlyContextsPreferStandby needs several hosts: name them in the connection string, or build the data source with BuildMultiHost().",
                nameof(dataSource));
        }

        TenantType = copy.TenantType;
        _tenants = new LoginDataSources(dataSource, copy, isAdmin: false);
        _admins = copy.AdminDataSource is { } admin ? new LoginDataSources(admin, copy, isAdmin: true) : null;
    }

    /// <summary>The type of the ids of tenants: <see cref="TenantConnectionOptions.TenantType"/>.</summary>
    public TenantKeyType TenantType { get; }

    /// <summary>Opens a unit of work. Its settings are in force when this returns (one round trip).</summary>
    /// <param name="context">Who is asking. An admin context is written to the access log first, in a transaction of its own.</param>
    /// <param name="cancellationToken">Ends the attempt; nothing stays open.</param>
    /// <exception cref="UnsafeDatabaseRoleException">The login could bypass row-level security.</exception>
    /// <exception cref="DatabaseNotReadyException">The database is not migrated or older than PostgreSQL 15.</exception>
    /// <exception cref="DatabaseUnavailableException">No connection could be opened.</exception>
    /// <exception cref="InvalidOperationException">
    /// An admin context without <see cref="TenantConnectionOptions.AdminDataSource"/>; or an ambient System.Transactions transaction, which is not joined.
    /// </exception>
    /// <exception cref="ArgumentNullException"><paramref name="context"/> is null.</exception>
    public async ValueTask<TenantConnection> OpenConnectionAsync(TenantContext context, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(context);
        return await OpenAsync(ContextBinding.Explicit(context), DefaultCharacteristics, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Opens a unit of work with an isolation level of its own. Its settings are in force when this returns (one round trip).</summary>
    /// <param name="context">Who is asking. An admin context is written to the access log first, in a transaction of its own.</param>
    /// <param name="characteristics">The isolation level, and whether it is deferrable.</param>
    /// <param name="cancellationToken">Ends the attempt; nothing stays open.</param>
    /// <exception cref="ArgumentException">PostgreSQL has no such isolation level, or would pass DEFERRABLE over.</exception>
    /// <inheritdoc cref="OpenConnectionAsync(TenantContext, CancellationToken)"/>
    public async ValueTask<TenantConnection> OpenConnectionAsync(
        TenantContext context, TransactionCharacteristics characteristics, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(context);
        ArgumentNullException.ThrowIfNull(characteristics);
        return await OpenAsync(ContextBinding.Explicit(context), characteristics, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>
    /// Opens a unit of work for the ambient context. While another context is in force, or none, its calls are refused; it can be committed and disposed.
    /// </summary>
    /// <inheritdoc cref="OpenConnectionAsync(TenantContext, CancellationToken)"/>
    /// <exception cref="TenantContextMissingException">No ambient context is in force.</exception>
    public ValueTask<TenantConnection> OpenConnectionAsync(CancellationToken cancellationToken = default) =>
        OpenAsync(ContextBinding.ToAmbient(), DefaultCharacteristics, cancellationToken);

    /// <summary>
    /// Opens a unit of work with an isolation level of its own, for the ambient context. While another context is in force, or none, its calls are refused; it
    /// can be committed and disposed.
    /// </summary>
    /// <inheritdoc cref="OpenConnectionAsync(TenantContext, TransactionCharacteristics, CancellationToken)"/>
    /// <exception cref="TenantContextMissingException">No ambient context is in force.</exception>
    public async ValueTask<TenantConnection> OpenConnectionAsync(TransactionCharacteristics characteristics, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(characteristics);
        return await OpenAsync(ContextBinding.ToAmbient(), characteristics, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>A session: each call one round trip and a transaction of its own. Costs nothing until a call is made.</summary>
    /// <param name="context">Who is asking. An admin session writes the access log before its first call.</param>
    /// <exception cref="InvalidOperationException">An admin context without <see cref="TenantConnectionOptions.AdminDataSource"/>.</exception>
    /// <exception cref="ArgumentNullException"><paramref name="context"/> is null.</exception>
    public ITenantSession CreateSession(TenantContext context) => CreateSession(ContextBinding.Explicit(context));

    /// <summary>A session for the ambient context. While another context is in force, or none, its calls are refused.</summary>
    /// <inheritdoc cref="CreateSession(TenantContext)"/>
    /// <exception cref="TenantContextMissingException">No ambient context is in force.</exception>
    public ITenantSession CreateSession() => CreateSession(ContextBinding.ToAmbient());

    /// <summary>
    /// A unit of work without a raw connection, and without a round trip to open it: tenant and role travel with its first statement. Nothing is
    /// opened before that, and it is rolled back unless committed.
    /// </summary>
    /// <param name="context">Who is asking. An admin context is written to the access log before the first statement.</param>
    /// <exception cref="InvalidOperationException">An admin context without <see cref="TenantConnectionOptions.AdminDataSource"/>.</exception>
    /// <exception cref="ArgumentNullException"><paramref name="context"/> is null.</exception>
    public TenantTransaction BeginTransaction(TenantContext context) => BeginTransaction(ContextBinding.Explicit(context), DefaultCharacteristics);

    /// <summary>A unit of work without a raw connection, with an isolation level of its own.</summary>
    /// <param name="context">Who is asking. An admin context is written to the access log before the first statement.</param>
    /// <param name="characteristics">The isolation level, and whether it is deferrable.</param>
    /// <exception cref="ArgumentException">PostgreSQL has no such isolation level, or would pass DEFERRABLE over.</exception>
    /// <inheritdoc cref="BeginTransaction(TenantContext)"/>
    public TenantTransaction BeginTransaction(TenantContext context, TransactionCharacteristics characteristics)
    {
        ArgumentNullException.ThrowIfNull(context);
        return BeginTransaction(ContextBinding.Explicit(context), characteristics);
    }

    /// <summary>
    /// A unit of work without a raw connection, for the ambient context. While another context is in force, or none, its calls are refused; it can be
    /// committed and disposed.
    /// </summary>
    /// <inheritdoc cref="BeginTransaction(TenantContext)"/>
    /// <exception cref="TenantContextMissingException">No ambient context is in force.</exception>
    public TenantTransaction BeginTransaction() => BeginTransaction(ContextBinding.ToAmbient(), DefaultCharacteristics);

    /// <summary>
    /// A unit of work without a raw connection, with an isolation level of its own, for the ambient context. While another context is in force, or none, its
    /// calls are refused; it can be committed and disposed.
    /// </summary>
    /// <inheritdoc cref="BeginTransaction(TenantContext, TransactionCharacteristics)"/>
    /// <exception cref="TenantContextMissingException">No ambient context is in force.</exception>
    public TenantTransaction BeginTransaction(TransactionCharacteristics characteristics)
    {
        ArgumentNullException.ThrowIfNull(characteristics);
        return BeginTransaction(ContextBinding.ToAmbient(), characteristics);
    }

    /// <summary>
    /// Checks now what is otherwise checked once, before the first use: that the server answers, that no login can bypass row-level security or has
    /// settings by default that harm every tenant, and that the schema is not older than this library needs. For health checks and for the start of a host;
    /// two round trips, and one more with an admin login.
    /// </summary>
    /// <param name="cancellationToken">Ends the check.</param>
    /// <exception cref="DatabaseUnavailableException">No connection could be opened.</exception>
    /// <exception cref="UnsafeDatabaseRoleException">A login could bypass row-level security, or has settings by default that harm every tenant.</exception>
    /// <exception cref="DatabaseNotReadyException">The database is not migrated far enough, or older than PostgreSQL 15.</exception>
    public async Task VerifyAsync(CancellationToken cancellationToken = default)
    {
        await _tenants.CheckAsync(cancellationToken).ConfigureAwait(false);
        if (_admins is not null)
            await _admins.CheckAsync(cancellationToken).ConfigureAwait(false);
        await SchemaCheck.RunAsync(this, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>A unit of work on a connection of its own. Nothing is in force yet, and no BEGIN was sent: it travels with the first statement.</summary>
    internal async Task<UnitOfWork> BeginAsync(TenantContext context, TransactionCharacteristics characteristics, CancellationToken cancellationToken)
    {
        var source = SourceOf(context);
        var caller = Activity.Current;
        var operation = source.Telemetry.StartTransaction(OperationName.UnitOfWork, context);
        try
        {
            if (context.Access == TenantAccess.Admin)
                await LogAdminAccessAsync(context, cancellationToken).ConfigureAwait(false);
            var connection = await source.LeaseAsync(context, cancellationToken).ConfigureAwait(false);
            try
            {
                var level = characteristics.IsolationLevel == IsolationLevel.Unspecified ? source.DefaultIsolationLevel : characteristics.IsolationLevel;
                await connection.BeginAsync(level, characteristics.IsDeferrable, cancellationToken).ConfigureAwait(false);
                operation?.Opened();
                return new UnitOfWork(connection, source.Telemetry, operation, caller);
            }
            catch
            {
                await connection.DisposeAsync().ConfigureAwait(false);
                throw;
            }
        }
        catch (Exception fault)
        {
            source.Telemetry.Failed(fault, context, operation);
            operation?.Dispose();
            throw;
        }
    }

    private async Task<UnitOfWork> BeginInForceAsync(TenantContext context, TransactionCharacteristics characteristics, CancellationToken cancellationToken)
    {
        var work = await BeginAsync(context, characteristics, cancellationToken).ConfigureAwait(false);
        try
        {
            // No round trip of its own: BEGIN travels with the settings.
            await work.ApplySettingsAsync(cancellationToken).ConfigureAwait(false);
            return work;
        }
        catch
        {
            await work.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    internal Task LogAdminAccessAsync(TenantContext context, CancellationToken cancellationToken) =>
        AdminAccessLog.WriteAsync(SourceOf(context.AsReadWrite()), context, cancellationToken);

    private async ValueTask<TenantConnection> OpenAsync(ContextBinding binding, TransactionCharacteristics characteristics, CancellationToken cancellationToken)
    {
        characteristics.RequireFor(binding.Context);
        try
        {
            return new TenantConnection(await BeginInForceAsync(binding.Context, characteristics, cancellationToken).ConfigureAwait(false), binding, Tables);
        }
        catch (TenantDataException fault)
            when (fault is StalePreparedStatementException or DatabaseUnavailableException { SqlState: PostgresErrorCodes.IdleSessionTimeout })
        {
            // What an earlier user of the connection has left: nothing of this one's was run yet.
            return new TenantConnection(await BeginInForceAsync(binding.Context, characteristics, cancellationToken).ConfigureAwait(false), binding, Tables);
        }
    }

    private TenantSession CreateSession(ContextBinding binding) => new(this, SourceOf(binding.Context), binding);

    internal TenantTransaction BeginTransaction(ContextBinding binding) => BeginTransaction(binding, DefaultCharacteristics);

    private TenantTransaction BeginTransaction(ContextBinding binding, TransactionCharacteristics characteristics)
    {
        ArgumentNullException.ThrowIfNull(characteristics);
        characteristics.RequireFor(binding.Context);
        _ = SourceOf(binding.Context);
        return new(this, binding, characteristics);
    }

    private CheckedDataSource SourceOf(TenantContext context)
    {
        context.RequireType(TenantType);
        var login = context.Access != TenantAccess.Admin ? _tenants : _admins ?? throw new InvalidOperationException(
            "Admin contexts need a login of their own: set TenantConnectionOptions.AdminDataSource to a data source that logs in as admin_user.");
        return login.For(context);
    }
}
