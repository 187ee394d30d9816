using System.Collections.Concurrent;
using System.Diagnostics;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using SmeFinancialOs.Data.Statements;

namespace SmeFinancialOs.Data.Diagnostics;

/// <summary>What is reported of one data source. While nobody listens no operation is observed: null, and nothing is allocated.</summary>
internal sealed class Telemetry
{
    private const int MaxUnmatched = 1000;

    private static readonly string[] AccessNames = ["tenant", "demo", "admin", "resolver"];
    private static readonly object True = true;
    private static readonly object False = false;

    private readonly ILogger _logins;
    private readonly ILogger _accesses;
    private readonly ILogger _transactions;
    private readonly ILogger _mapping;
    private readonly ConcurrentDictionary<(Type Type, string Sql), bool> _unmatched = new();
    private readonly string _database;

    public Telemetry(TenantConnectionOptions options, string database)
    {
        (_database, Time, LongTransactionThreshold) = (database, options.TimeProvider, options.LongTransactionThreshold);
        var loggers = options.LoggerFactory ?? NullLoggerFactory.Instance;
        _logins = loggers.CreateLogger(Log.LoginCategory);
        _accesses = loggers.CreateLogger(Log.AccessCategory);
        _transactions = loggers.CreateLogger(Log.TransactionCategory);
        _mapping = loggers.CreateLogger(Log.MappingCategory);
    }

    public TimeProvider Time { get; }

    public TimeSpan? LongTransactionThreshold { get; }

    /// <summary>A unit of work, or the call of a session: a transaction of its own.</summary>
    public Operation? StartTransaction(string name, TenantContext context)
    {
        var outer = Activity.Current;
        var activity = StartActivity(name, context);
        return activity is null && LongTransactionThreshold is null && !Instruments.CountsTransactions
            ? null
            : new Operation(this, name, context, activity, outer, isTransaction: true);
    }

    /// <summary>A call inside a unit of work. To be started in an asynchronous method, which keeps <see cref="Activity.Current"/> from its caller.</summary>
    public Operation? StartCall(string name, TenantContext context, Operation? work)
    {
        work?.Enter();
        return StartActivity(name, context) is { } activity ? new Operation(this, name, context, activity, outer: null, isTransaction: false) : null;
    }

    /// <summary>Notes a fault that leaves a call or a unit of work.</summary>
    public void Failed(Exception fault, TenantContext context, Operation? operation)
    {
        operation?.Fail(fault);
        switch (fault)
        {
            case TenantAccessDeniedException denied:
                Instruments.Denied.Add(1, [.. Tags(context), new(TagName.StatusCode, denied.SqlState)]);
                if (denied is MissingPrivilegeException)
                    _accesses.MissingPrivilege(_database, LogText.OneLine(denied.Message));
                else
                    _accesses.AccessDenied(_database, context.ToString(), denied.SqlState);
                break;
            case DemoReadOnlyException refused:
                Instruments.DemoRefused.Add(1, [.. Tags(context), new(TagName.StatusCode, refused.SqlState)]);
                _accesses.DemoRefused(_database, refused.SqlState);
                break;
            case TenantContextChangedException:
                _accesses.ContextChanged(_database, context.ToString());
                break;
        }
    }

    public void AdminOpened(TenantContext context)
    {
        Instruments.AdminOpened.Add(1, Tags(context));
        if (_accesses.IsEnabled(LogLevel.Information))
            _accesses.AdminAccessOpened(_database, LogText.OneLine(context.Actor!), context.IsReadOnly, LogText.OneLine(context.Reason!));
    }

    public void LoginChecked(string? login) => _logins.LoginChecked(login, _database);

    public void LoginSettingsFound(string? login, string settings) => _logins.LoginSettingsFound(login, _database, LogText.OneLine(settings));

    public void SecretsExposed(string settings) => _logins.SecretsExposed(_database, settings);

    public void LoginRefused(string? login, TenantDataException fault) => _logins.LoginRefused(login, _database, LogText.OneLine(fault.Message));

    public void NotCommitted(TenantContext context)
    {
        if (_transactions.IsEnabled(LogLevel.Debug))
            _transactions.NotCommitted(_database, context.ToString());
    }

    /// <param name="context">Whose unit of work it was.</param>
    /// <param name="caller">What it was begun in: the request of a host, for instance.</param>
    public void CommitForgotten(TenantContext context, Activity? caller)
    {
        if (_transactions.IsEnabled(LogLevel.Warning))
            _transactions.CommitForgotten(_database, context.ToString(), caller is null ? "none" : $"{LogText.OneLine(caller.DisplayName)} ({caller.Id})");
    }

    public void StreamIdle(TenantContext context, TimeSpan timeout) => _transactions.StreamIdle(_database, context.ToString(), timeout);

    /// <summary>Once for each type and text. Of a host that makes up texts without end, no more than for the first of them.</summary>
    public void ColumnsUnmatched(Statement statement)
    {
        foreach (var unmatched in statement.Unmatched)
        {
            var key = (unmatched.Type, statement.Sql);
            if (_unmatched.ContainsKey(key) || _unmatched.Count >= MaxUnmatched || !_mapping.IsEnabled(LogLevel.Warning) || !_unmatched.TryAdd(key, true))
                continue;
            _mapping.ColumnsUnmatched(_database, unmatched.Type.ToString(), LogText.OneLine(unmatched.Columns), unmatched.Members);
        }
    }

    public void HeldLong(TenantContext context, string operation) =>
        _transactions.HeldLong(_database, context.ToString(), operation, LongTransactionThreshold!.Value);

    public void Leaked(TenantContext context, bool isReturned)
    {
        if (isReturned)
            _transactions.LeakedConnectionReturned(_database, context.ToString());
        else
            _transactions.ConnectionLeaked(_database, context.ToString());
    }

    /// <summary>Tags of a measurement: never the tenant, of which there are too many.</summary>
    public KeyValuePair<string, object?>[] Tags(TenantContext context) =>
    [
        new(TagName.Namespace, _database),
        new(TagName.Access, AccessNames[(int)context.Access]),
        new(TagName.ReadOnly, context.IsReadOnly ? True : False),
    ];

    private Activity? StartActivity(string name, TenantContext context)
    {
        if (!Instruments.Source.HasListeners())
            return null;
        // All at the start, for samplers to judge by.
        KeyValuePair<string, object?>[] tags = [new(TagName.System, "postgresql"), .. Tags(context)];
        if (context.OrganizationId is { } tenant)
            tags = [.. tags, new(TagName.TenantId, tenant.ToString())];
        return Instruments.Source.StartActivity(ActivityKind.Internal, parentContext: default, tags, name: name);
    }
}
