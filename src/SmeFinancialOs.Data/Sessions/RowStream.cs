using System.Data.Common;
using System.Runtime.CompilerServices;
using Npgsql;
using SmeFinancialOs.Data.Diagnostics;
using SmeFinancialOs.Data.Statements;

namespace SmeFinancialOs.Data.Sessions;

/// <summary>A query whose rows are handed on as they arrive. A session's is read-only: it is committed before its caller has seen all of it.</summary>
/// <param name="target">Where it goes.</param>
/// <param name="statement">The query.</param>
/// <param name="telemetry">What is reported of it.</param>
/// <param name="operation">The session's call that this is, or the unit of work that this is a call of.</param>
internal sealed class RowStream<T>(SessionTarget target, RowsStatement<T> statement, Telemetry telemetry, Operation? operation) : IAsyncDisposable
{
    private readonly SessionTarget _target = target.IsSession ? target with { Context = target.Context.AsReadOnly() } : target;
    private Operation? _call;
    private RoundTrip? _trip;
    private Func<DbDataReader, T>? _map;

    /// <summary>Sends the query; a session's once more where what was prepared for it was out of date.</summary>
    public async Task SendAsync(CancellationToken cancellationToken)
    {
        try
        {
            await SendOnceAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (StalePreparedStatementException) when (_target.IsSession && statement.IsRepeatable)
        {
            statement.Renew();
            await SendOnceAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>The rows. Sends the query where that was not done.</summary>
    public async IAsyncEnumerable<T> ReadAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using var callInWork = _target.IsSession ? null : telemetry.StartCall(OperationName.Stream, target.Context, operation);
        _call = callInWork ?? operation;
        await using var _ = this.ConfigureAwait(false);
        if (_trip is null)
            await SendInWorkAsync(cancellationToken).ConfigureAwait(false);
        var trip = _trip!;
        var held = default(T);
        var (isHeld, isAtRow) = (false, false);
        try
        {
            // No result, as after an UPDATE without RETURNING.
            while (trip.HasResult && await StepAsync(trip.Reader.ReadAsync(cancellationToken), cancellationToken).ConfigureAwait(false))
            {
                var row = Map(trip.Reader);
                // When PgBouncer loses its server in mid-row, it sends its error right behind the bytes that it has passed on, and they complete the row. What
                // follows then is no message, and the connection ends: a row counts once something has come after it.
                if (_target.Settings.IsBehindPooler)
                {
                    (row, held) = (held!, row);
                    if (!isHeld)
                    {
                        isHeld = true;
                        continue;
                    }
                }

                isAtRow = true;
                yield return row;
                isAtRow = false;
            }

            // An error of a later statement arrives only when its result is asked for.
            while (trip.HasResult && await StepAsync(trip.NextResultAsync(cancellationToken), cancellationToken).ConfigureAwait(false))
            {
            }

            _call?.Succeed();
            if (isHeld)
                yield return held!;
        }
        finally
        {
            // Left early: the server need not send the rest. In a unit of work it has to, as a cancelled statement would take all of it back.
            if (isAtRow && _target.IsSession)
                trip.Cancel();
        }
    }

    /// <summary>Asks the server to stop sending; takes a transaction back with it.</summary>
    public void Cancel() => _trip?.Cancel();

    /// <summary>Ends the round trip, with what is left of its answer.</summary>
    public ValueTask DisposeAsync()
    {
        var trip = _trip;
        _trip = null;
        return trip?.DisposeAsync() ?? ValueTask.CompletedTask;
    }

    private async Task SendInWorkAsync(CancellationToken cancellationToken)
    {
        try
        {
            await SendAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (Exception fault)
        {
            telemetry.Failed(fault, target.Context, _call);
            throw;
        }
    }

    private async Task SendOnceAsync(CancellationToken cancellationToken)
    {
        _trip = new RoundTrip(_target, [statement]);
        try
        {
            await _trip.SendAsync(cancellationToken).ConfigureAwait(false);
            CommitOutcome.RequireReplicated(_target.Connection, cancellationToken);
        }
        catch (Exception fault)
        {
            var typed = Translate(fault, _trip);
            await DisposeAsync().ConfigureAwait(false);
            if (typed is null)
                throw;
            throw typed;
        }
    }

    private async Task<TResult> StepAsync<TResult>(Task<TResult> step, CancellationToken cancellationToken)
    {
        try
        {
            var result = await step.ConfigureAwait(false);
            CommitOutcome.RequireReplicated(_target.Connection, cancellationToken);
            return result;
        }
        catch (Exception fault)
        {
            var typed = Translate(fault, _trip!);
            telemetry.Failed(typed ?? fault, target.Context, _call);
            if (typed is null)
                throw;
            throw typed;
        }
    }

    private T Map(NpgsqlDataReader reader)
    {
        try
        {
            return (_map ??= statement.Mapper(reader))(reader);
        }
        catch (Exception fault)
        {
            telemetry.Failed(fault, target.Context, _call);
            throw;
        }
    }

    private TenantDataException? Translate(Exception fault, RoundTrip trip) =>
        (fault is NpgsqlException error ? SessionCalls.Translate(error, _target, trip) : null) switch
        {
            TenantAccessDeniedException { SqlState: PostgresErrorCodes.ReadOnlySqlTransaction } when !target.Context.IsReadOnly =>
                new TenantAccessDeniedException(
                    "A stream of a session only reads. Write with ExecuteAsync or QueryAsync, or stream in a unit of work, which decides when to commit.", fault),
            var typed => typed,
        };
}
