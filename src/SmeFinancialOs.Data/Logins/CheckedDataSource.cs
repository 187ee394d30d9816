using System.Net.Sockets;
using System.Transactions;
using Npgsql;
using SmeFinancialOs.Data.Connections;
using SmeFinancialOs.Data.Diagnostics;
using SmeFinancialOs.Data.Sessions;
using IsolationLevel = System.Data.IsolationLevel;

namespace SmeFinancialOs.Data.Logins;

/// <summary>A data source, the settings its transactions start with, and the check its login has to pass first.</summary>
internal sealed class CheckedDataSource
{
    private readonly NpgsqlDataSource _dataSource;
    private readonly LoginCheck _check;
    private readonly ReportedSettings _reported;
    private readonly bool _enlists;
    private readonly string? _exposing;
    private readonly Lock _lock = new();
    private Task? _checked;
    private bool _isReported;
    private string _foundSettings = "";

    public CheckedDataSource(NpgsqlDataSource dataSource, TenantConnectionOptions options, bool isAdmin)
    {
        _dataSource = dataSource;
        _check = new LoginCheck(options, isAdmin);
        _reported = new ReportedSettings(options.TransactionPooling);
        var target = new NpgsqlConnectionStringBuilder(dataSource.ConnectionString);
        if (target.Multiplexing)
            throw new ArgumentException("Multiplexing=true is not supported: a context holds for the transaction of one connection.", nameof(dataSource));
        if (options.TransactionPooling && (target.MaxAutoPrepare > 0 || !target.NoResetOnClose))
        {
            throw new ArgumentException(
                "With TransactionPooling a data source must not prepare statements nor reset connections: "
                + "build it with UseTenantDefaults(transactionPooling: true).", nameof(dataSource));
        }

        _enlists = target.Enlist;
        Settings = new ContextSettings(options, target.NoResetOnClose, target.MaxAutoPrepare > 0);
        Telemetry = new Telemetry(options, target.Database ?? target.Username ?? "");
        _exposing = (target.IncludeErrorDetail, target.PersistSecurityInfo) switch
        {
            (true, true) => "Include Error Detail=true and Persist Security Info=true",
            (true, false) => "Include Error Detail=true",
            (false, true) => "Persist Security Info=true",
            _ => null,
        };
    }

    public ContextSettings Settings { get; }

    public Telemetry Telemetry { get; }

    /// <summary>The login's <c>default_transaction_isolation</c>, as the last check of it has found.</summary>
    public IsolationLevel DefaultIsolationLevel { get; private set; } = IsolationLevel.ReadCommitted;

    /// <summary>An open connection of a checked login, with nothing in force yet.</summary>
    public async ValueTask<LeasedConnection> LeaseAsync(TenantContext context, CancellationToken cancellationToken)
    {
        if (_checked is not { IsCompletedSuccessfully: true })
            await CheckOnceAsync(cancellationToken).ConfigureAwait(false);
        return new(await ConnectAsync(cancellationToken).ConfigureAwait(false), Settings, context);
    }

    /// <summary>Checks the login as it is now, whatever was found before.</summary>
    public async Task CheckAsync(CancellationToken cancellationToken)
    {
        // Once: health checks come again and again.
        if (!_isReported && _exposing is not null)
            Telemetry.SecretsExposed(_exposing);
        var connection = await ConnectAsync(cancellationToken).ConfigureAwait(false);
        await using var _ = connection.ConfigureAwait(false);
        LoginFindings findings;
        try
        {
            findings = await _check.RunAsync(connection, cancellationToken).ConfigureAwait(false);
        }
        catch (TenantDataException fault)
        {
            Telemetry.LoginRefused(connection.UserName, fault);
            throw;
        }

        DefaultIsolationLevel = findings.IsolationLevel;
        var found = string.Join(", ", findings.Settings);
        if (found.Length > 0 && found != _foundSettings)
            Telemetry.LoginSettingsFound(connection.UserName, found);
        _foundSettings = found;
        if (!_isReported)
            Telemetry.LoginChecked(connection.UserName);
        _isReported = true;
    }

    private Task CheckOnceAsync(CancellationToken cancellationToken)
    {
        Task check;
        lock (_lock)
        {
            // A failed check is tried again by the next caller: a server may come back, a role may be mended.
            if (_checked is null or { IsFaulted: true } or { IsCanceled: true })
                _checked = CheckAsync(CancellationToken.None);
            check = _checked;
        }

        // Shared by concurrent first callers, so no one's token may end it for the others.
        return check.WaitAsync(cancellationToken);
    }

    private async ValueTask<NpgsqlConnection> ConnectAsync(CancellationToken cancellationToken)
    {
        // An enlisted connection would share one transaction between contexts, and take an entry of the admin access log back with it.
        if (_enlists && Transaction.Current is not null)
        {
            throw new InvalidOperationException(
                "Tenant sessions and units of work have transactions of their own and do not join an ambient System.Transactions transaction. "
                + "Use them outside of it, inside a TransactionScope with TransactionScopeOption.Suppress, or with Enlist=false in the connection string.");
        }

        try
        {
            return await LeasedConnection.ConnectAsync(_dataSource, _reported, cancellationToken).ConfigureAwait(false);
        }
        // Npgsql lets through what the name lookup says.
        catch (Exception fault) when (fault is NpgsqlException or SocketException)
        {
            throw new DatabaseUnavailableException(Explain(fault), fault);
        }
    }

    private static string Reset(NpgsqlConnectionStringBuilder target) => $"ALTER ROLE \"{target.Username}\" RESET";

    private string Explain(Exception fault)
    {
        var target = new NpgsqlConnectionStringBuilder(_dataSource.ConnectionString);
        var where = $"{target.Host}:{target.Port}, database \"{target.Database ?? target.Username}\"";
        return fault switch
        {
            PostgresException { SqlState: PostgresErrorCodes.InvalidPassword or PostgresErrorCodes.InvalidAuthorizationSpecification } =>
                $"The server at {where} refused login \"{target.Username}\": check user name and password, and pg_hba.conf.",
            PostgresException { SqlState: PostgresErrorCodes.InvalidCatalogName } =>
                $"The server at {where} has no such database: create it and run the migrations of SmeFinancialOs.Data.Schema.",
            PostgresException { SqlState: PostgresErrorCodes.ProtocolViolation } refused when target.Options is not null =>
                $"What answers at {where} refused the connection (08P01): {refused.MessageText}. A pooler takes no startup options. In transaction mode: "
                + "UseTenantDefaults(transactionPooling: true) and TenantConnectionOptions.TransactionPooling; "
                + "in session mode: ignore_startup_parameters = options in PgBouncer.",
            PostgresException { SqlState: PostgresErrorCodes.QueryCanceled } =>
                $"The server at {where} cancelled the first statement of a connection (57014): a timeout of login or database is too short, "
                + $"by injected SQL perhaps. See pg_db_role_setting; as a superuser {Reset(target)} statement_timeout;",
            PostgresException { SqlState: PostgresErrorCodes.UndefinedFile } missing =>
                $"The server at {where} refused the connection (58P01): {missing.MessageText}. A library that login or database preload is not there, "
                + $"by injected SQL perhaps. See pg_db_role_setting; as a superuser {Reset(target)} local_preload_libraries;",
            PostgresException postgres => $"The server at {where} refused the connection ({postgres.SqlState}): {postgres.MessageText}",
            SocketException or { InnerException: SocketException } =>
                $"No server answers at {where}: check host and port, and that PostgreSQL runs and listens there.",
            { InnerException: TimeoutException } => $"No connection to {where} in time: {fault.Message}",
            _ => $"No connection to {where}: {fault.Message}",
        };
    }
}
