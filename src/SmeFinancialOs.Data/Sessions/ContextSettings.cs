using System.Globalization;
using Npgsql;
using NpgsqlTypes;
using SmeFinancialOs.Data.Connections;

namespace SmeFinancialOs.Data.Sessions;

/// <summary>
/// The statement that puts tenant, access mode, timeouts and role in force for one transaction, and the one that checks them ahead of its commit.
/// </summary>
internal sealed class ContextSettings
{
    private const string Check = "SELECT app.require_context($1, $2)";

    private readonly TenantConnectionOptions _options;
    private readonly ContextSeal? _seal;
    private readonly string[] _sql = new string[6];

    /// <summary>The settings that say whose transaction it is, in the order of the parameters.</summary>
    private readonly IReadOnlyList<string> _identity;

    public ContextSettings(TenantConnectionOptions options, bool noResetOnClose, bool prepares)
    {
        _options = options;
        _seal = ContextSeal.Of(options);
        // A sealed database reads nothing but the token; one that is not sealed yet reads nothing but the organization.
        _identity = (_seal, options.SealOptional) switch
        {
            (null, _) => [SettingNames.Tenant],
            (_, true) => [SettingNames.Tenant, SettingNames.Token],
            _ => [SettingNames.Token],
        };
        PreparesStatements = prepares;
        ResetsConnection = noResetOnClose && !options.TransactionPooling;
        foreach (var access in Enum.GetValues<TenantAccess>())
        {
            _sql[Index(access, isReadOnly: false)] = BuildSql(access, isReadOnly: false);
            _sql[Index(access, isReadOnly: true)] = BuildSql(access, isReadOnly: true);
        }
    }

    /// <summary>Whether the reset of a pooled connection is ours (LeasedConnection.Reset.cs): Npgsql has been told to send none.</summary>
    public bool ResetsConnection { get; }

    /// <summary>Whether a pooler in transaction mode stands in between.</summary>
    public bool IsBehindPooler => _options.TransactionPooling;

    /// <summary>How long a stream may wait for its reader; null for any time.</summary>
    public TimeSpan? StreamIdleTimeout => _options.StreamIdleTimeout;

    /// <summary>Whether Npgsql prepares statements by itself.</summary>
    public bool PreparesStatements { get; }

    /// <summary>Adds the settings in front of what else the batch will run.</summary>
    public void AddTo(NpgsqlBatch batch, TenantContext context)
    {
        var settings = new NpgsqlBatchCommand(_sql[Index(context.Access, context.IsReadOnly)]);
        AddIdentity(settings.Parameters, context, batch.Connection!);
        batch.BatchCommands.Add(settings);
    }

    /// <summary>Asks the server, ahead of a COMMIT, whether tenant and role are still those that the transaction began with.</summary>
    public NpgsqlBatchCommand CheckCommand(TenantContext context) => CheckCommand(context, Check);

    /// <summary>The same, not prepared: for a batch whose own statements may take away what is.</summary>
    public NpgsqlBatchCommand UnpreparedCheckCommand(TenantContext context) => CheckCommand(context, LeasedConnection.Unprepared(Check));

    private static int Index(TenantAccess access, bool isReadOnly) => ((int)access * 2) + (isReadOnly ? 1 : 0);

    private static string Milliseconds(TimeSpan timeout) => ((long)timeout.TotalMilliseconds).ToString(CultureInfo.InvariantCulture);

    private void AddIdentity(NpgsqlParameterCollection parameters, TenantContext context, NpgsqlConnection connection)
    {
        foreach (var name in _identity)
        {
            parameters.Add(new NpgsqlParameter<string>
            {
                TypedValue = name == SettingNames.Token ? _seal!.Sign(context, IsBehindPooler ? 0 : connection.ProcessID) : context.OrganizationSetting,
                NpgsqlDbType = NpgsqlDbType.Text,
            });
        }
    }

    private NpgsqlBatchCommand CheckCommand(TenantContext context, string sql)
    {
        var check = new NpgsqlBatchCommand(sql);
        check.Parameters.Add(new NpgsqlParameter { Value = (object?)context.OrganizationId ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Uuid });
        check.Parameters.Add(new NpgsqlParameter<string> { TypedValue = RoleOf(context.Access), NpgsqlDbType = NpgsqlDbType.Name });
        return check;
    }

    private string RoleOf(TenantAccess access) => access switch
    {
        TenantAccess.Tenant => _options.TenantRole,
        TenantAccess.Demo => _options.DemoRole,
        _ => _options.AdminRole,
    };

    private string BuildSql(TenantAccess access, bool isReadOnly)
    {
        var settings = _identity.Select((name, i) => Set(name, $"${i + 1}")).ToList();
        if (ResetsConnection)
            settings.Add(LeasedConnection.ReleaseAdvisoryLocks);
        // Cannot be switched off again once the transaction has run a query.
        if (isReadOnly)
            settings.Add(Set("transaction_read_only", "'on'"));
        if (_options.StatementTimeout is { } statement)
            settings.Add(Set("statement_timeout", $"'{Milliseconds(statement)}'"));
        if (_options.LockTimeout is { } lockTimeout)
            settings.Add(Set("lock_timeout", $"'{Milliseconds(lockTimeout)}'"));
        if (_options.IdleInTransactionTimeout is { } idle)
            settings.Add(Set("idle_in_transaction_session_timeout", $"'{Milliseconds(idle)}'"));
        // Last: a setting may need a right that the login has and the role has not.
        settings.Add(Set("role", $"'{RoleOf(access).Replace("'", "''", StringComparison.Ordinal)}'"));
        return "SELECT " + string.Join(", ", settings);

        static string Set(string name, string value) => $"pg_catalog.set_config('{name}', {value}, true)";
    }
}
