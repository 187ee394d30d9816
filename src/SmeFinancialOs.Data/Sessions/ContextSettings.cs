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
    private const string Check = "SELECT app.require_context($1, $2, $3, $4)";

    private readonly TenantConnectionOptions _options;
    private readonly ContextSeal? _seal;
    private readonly string[] _sql = new string[16];

    public ContextSettings(TenantConnectionOptions options, bool noResetOnClose, bool prepares)
    {
        _options = options;
        _seal = ContextSeal.Of(options);
        PreparesStatements = prepares;
        ResetsConnection = noResetOnClose && !options.TransactionPooling;
        foreach (var access in Enum.GetValues<TenantAccess>().Append(TenantContext.ResolverAccess))
        {
            foreach (var (isReadOnly, hasUser) in new[] { (false, false), (false, true), (true, false), (true, true) })
                _sql[Index(access, isReadOnly, hasUser)] = BuildSql(access, isReadOnly, hasUser);
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
        var settings = new NpgsqlBatchCommand(_sql[Index(context.Access, context.IsReadOnly, context.Identity.User is not null)]);
        AddIdentity(settings.Parameters, context, batch.Connection!);
        batch.BatchCommands.Add(settings);
    }

    /// <summary>Asks the server, ahead of a COMMIT, whether tenant and role are still those that the transaction began with.</summary>
    public NpgsqlBatchCommand CheckCommand(TenantContext context) => CheckCommand(context, Check);

    /// <summary>The same, not prepared: for a batch whose own statements may take away what is.</summary>
    public NpgsqlBatchCommand UnpreparedCheckCommand(TenantContext context) => CheckCommand(context, LeasedConnection.Unprepared(Check));

    private static int Index(TenantAccess access, bool isReadOnly, bool hasUser) => ((int)access * 4) + (isReadOnly ? 2 : 0) + (hasUser ? 1 : 0);

    private static string Milliseconds(TimeSpan timeout) => ((long)timeout.TotalMilliseconds).ToString(CultureInfo.InvariantCulture);

    private void AddIdentity(NpgsqlParameterCollection parameters, TenantContext context, NpgsqlConnection connection)
    {
        var identity = context.Identity;
        parameters.Add(Text(identity.Tenant));
        if (identity.User is { } user)
        {
            parameters.Add(Text(user));
            parameters.Add(TextArray(identity.Roles));
        }

        if (_seal is not null && context.Access != TenantContext.ResolverAccess)
            parameters.Add(Text(_seal.Sign(context, IsBehindPooler ? 0 : connection.ProcessID)));
    }

    private static NpgsqlParameter<string> Text(string value) => new() { TypedValue = value, NpgsqlDbType = NpgsqlDbType.Text };

    private static NpgsqlParameter<string[]> TextArray(string[] values) => new() { TypedValue = values, NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Text };

    private NpgsqlBatchCommand CheckCommand(TenantContext context, string sql)
    {
        var check = new NpgsqlBatchCommand(sql);
        check.Parameters.Add(new NpgsqlParameter { Value = (object?)context.OrganizationId?.ToString() ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Text });
        check.Parameters.Add(new NpgsqlParameter<string> { TypedValue = RoleOf(context.Access), NpgsqlDbType = NpgsqlDbType.Name });
        check.Parameters.Add(new NpgsqlParameter { Value = (object?)context.Identity.User ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Text });
        check.Parameters.Add(TextArray(context.Identity.Roles));
        return check;
    }

    private string RoleOf(TenantAccess access) => access switch
    {
        TenantAccess.Tenant => _options.TenantRole,
        TenantAccess.Demo => _options.DemoRole,
        TenantContext.ResolverAccess => _options.ResolverRole,
        _ => _options.AdminRole,
    };

    private string BuildSql(TenantAccess access, bool isReadOnly, bool hasUser)
    {
        // Each is set, also to nothing: a login may have a value by default. The server formats the roles.
        List<string> settings =
        [
            Set(SettingNames.Tenant, "$1"), Set(SettingNames.User, hasUser ? "$2" : "''"), Set(SettingNames.Roles, hasUser ? "$3::pg_catalog.text" : "''"),
        ];
        if (_seal is not null)
            settings.Add(Set(SettingNames.Token, access == TenantContext.ResolverAccess ? "''" : hasUser ? "$4" : "$2"));
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
