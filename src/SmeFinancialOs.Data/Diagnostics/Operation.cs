using System.Diagnostics;
using Npgsql;

namespace SmeFinancialOs.Data.Diagnostics;

/// <summary>Something that is observed from its start to its end: its span, and where it is a transaction of its own, its measurements.</summary>
internal sealed class Operation(Telemetry telemetry, string name, TenantContext context, Activity? activity, Activity? outer, bool isTransaction) : IDisposable
{
    private ITimer? _timer;
    private long? _openedAt;
    private bool _mayBeCommitted;
    private int _isEnded;

    /// <summary>
    /// Makes it the parent of what the rest of this asynchronous flow starts, unless the host has started something of its own since. It does not reach
    /// the caller of an asynchronous method.
    /// </summary>
    public void Enter()
    {
        if (activity is { IsStopped: false } && Activity.Current == outer)
            Activity.Current = activity;
    }

    /// <summary>The transaction is open, and held from now on.</summary>
    public void Opened()
    {
        // A call that is repeated on another connection is one transaction still.
        if (_openedAt is not null)
            return;
        _openedAt = telemetry.Time.GetTimestamp();
        // The call of a session commits with its last statement.
        _mayBeCommitted = name != OperationName.UnitOfWork;
        Instruments.Opened.Add(1, Tags());
        if (telemetry.LongTransactionThreshold is { } threshold)
            _timer = telemetry.Time.CreateTimer(static operation => ((Operation)operation!).HeldLong(), this, threshold, Timeout.InfiniteTimeSpan);
    }

    /// <summary>COMMIT is sent in this asynchronous flow: a connection that is lost from now on leaves open what became of it.</summary>
    public void Committing()
    {
        Enter();
        _mayBeCommitted = true;
    }

    public void Succeed() => End(isTransaction ? OutcomeName.Committed : OutcomeName.Completed);

    public void Fail(Exception fault)
    {
        if (!End(OutcomeOf(fault)) || activity is null)
            return;
        var sqlState = SqlStateOf(fault);
        var errorType = sqlState ?? fault.GetType().FullName;
        activity.SetTag(TagName.StatusCode, sqlState);
        activity.SetTag(TagName.ErrorType, errorType);
        // Not its message, which may quote a value.
        if (fault is not OperationCanceledException)
            activity.SetStatus(ActivityStatusCode.Error, errorType);
    }

    /// <summary>Ends what has not ended, and the span. In an asynchronous method, so that what becomes current by it does not reach the caller.</summary>
    public void Dispose()
    {
        End(name == OperationName.Stream ? OutcomeName.Incomplete : OutcomeName.RolledBack);
        activity?.Dispose();
    }

    private bool End(string outcome)
    {
        if (Interlocked.Exchange(ref _isEnded, 1) != 0)
            return false;
        _timer?.Dispose();
        activity?.SetTag(TagName.Outcome, outcome);
        if (!isTransaction || _openedAt is not { } openedAt)
            return true;

        KeyValuePair<string, object?>[] tags = [.. Tags(), new(TagName.Outcome, outcome)];
        Instruments.Duration.Record(telemetry.Time.GetElapsedTime(openedAt).TotalSeconds, tags);
        if (outcome == OutcomeName.Committed)
            Instruments.Committed.Add(1, tags);
        else if (outcome is OutcomeName.RolledBack or OutcomeName.Failed or OutcomeName.Canceled)
            Instruments.RolledBack.Add(1, tags);
        return true;
    }

    private void HeldLong()
    {
        if (Volatile.Read(ref _isEnded) != 0)
            return;
        activity?.AddEvent(new ActivityEvent("transaction held long"));
        try
        {
            telemetry.HeldLong(context, name);
        }
        catch (Exception)
        {
            // A logger's own fault. Nobody is there to catch it: out of a timer it would end the process.
        }
    }

    private KeyValuePair<string, object?>[] Tags() => [.. telemetry.Tags(context), new(TagName.Operation, name)];

    private string OutcomeOf(Exception fault) => fault switch
    {
        // The server says that it stopped.
        OperationCanceledException { InnerException: PostgresException } => OutcomeName.Canceled,
        WorkCommittedException => OutcomeName.Committed,
        CommitOutcomeUnknownException => OutcomeName.Unknown,
        _ when SqlStateOf(fault) is not null => OutcomeName.Failed,
        _ when _mayBeCommitted => OutcomeName.Unknown,
        OperationCanceledException => OutcomeName.Canceled,
        _ => OutcomeName.Failed,
    };

    private static string? SqlStateOf(Exception fault) => fault switch
    {
        TenantDataException typed => typed.SqlState,
        PostgresException postgres => postgres.SqlState,
        { InnerException: PostgresException postgres } => postgres.SqlState,
        _ => null,
    };
}
