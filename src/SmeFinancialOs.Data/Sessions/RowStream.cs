using System.Data.Common;
using System.Runtime.CompilerServices;
using Npgsql;
using SmeFinancialOs.Data.Connections;
using SmeFinancialOs.Data.Diagnostics;
using SmeFinancialOs.Data.Statements;

namespace SmeFinancialOs.Data.Sessions;

/// <summary>A query whose rows are handed on as they arrive. A session's is read-only: it is committed before its caller has seen all of it.</summary>
/// <param name="connection">Where it goes. That of a session has the context in its read-only form.</param>
/// <param name="statement">The query.</param>
/// <param name="context">Who has asked for it.</param>
/// <param name="telemetry">What is reported of it.</param>
/// <param name="operation">The session's call that this is, or the unit of work that this is a call of.</param>
internal sealed class RowStream<T>(
    LeasedConnection connection, RowsStatement<T> statement, TenantContext context, Telemetry telemetry, Operation? operation) : IAsyncDisposable
{
    private Operation? _call;
    private RoundTrip? _trip;
    private Func<DbDataReader, T>? _map;

    /// <summary>Sends the query; a session's once more where what was prepared for it was out of date.</summary>
    public async Task SendAsync(CancellationToken cancellationToken)
    {
        _call = connection.IsSession ? operation : telemetry.StartCall(OperationName.Stream, context, operation);
        try
        {
            try
            {
                await SendOnceAsync(cancellationToken).ConfigureAwait(false);
            }
            catch (StalePreparedStatementException) when (connection.IsSession && statement.IsRepeatable)
            {
                statement.Renew();
                await SendOnceAsync(cancellationToken).ConfigureAwait(false);
            }
        }
        // A session reports what its call throws.
        catch (Exception fault) when (!connection.IsSession)
        {
            telemetry.Failed(fault, context, _call);
            _call?.Dispose();
            throw;
        }
    }

    /// <summary>The rows, once the query was sent.</summary>
    public async IAsyncEnumerable<T> ReadAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await using var _ = this.ConfigureAwait(false);
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
                if (connection.Settings.IsBehindPooler)
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
            if (isAtRow && connection.IsSession)
                trip.Cancel();
        }
    }

    /// <summary>Asks the server to stop sending; takes a transaction back with it.</summary>
    public void Cancel() => _trip?.Cancel();

    /// <summary>Ends the round trip, with what is left of its answer.</summary>
    public async ValueTask DisposeAsync()
    {
        try
        {
            await EndTripAsync().ConfigureAwait(false);
        }
        finally
        {
            // That of a session is its caller's.
            if (!connection.IsSession)
                _call?.Dispose();
        }
    }

    private ValueTask EndTripAsync()
    {
        var trip = _trip;
        _trip = null;
        return trip?.DisposeAsync() ?? ValueTask.CompletedTask;
    }

    private async Task SendOnceAsync(CancellationToken cancellationToken)
    {
        _trip = new RoundTrip(connection, [statement]);
        try
        {
            await _trip.SendAsync(cancellationToken).ConfigureAwait(false);
            connection.RequireReplicated(cancellationToken);
        }
        catch (Exception fault)
        {
            var typed = Translate(fault, _trip);
            await EndTripAsync().ConfigureAwait(false);
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
            connection.RequireReplicated(cancellationToken);
            return result;
        }
        catch (Exception fault)
        {
            var typed = Translate(fault, _trip!);
            telemetry.Failed(typed ?? fault, context, _call);
            if (typed is null)
                throw;
            throw typed;
        }
    }

    private T Map(NpgsqlDataReader reader)
    {
        try
        {
            if (_map is null)
            {
                _map = statement.Mapper(reader);
                telemetry.ColumnsUnmatched(statement);
            }

            return _map(reader);
        }
        catch (Exception fault)
        {
            telemetry.Failed(fault, context, _call);
            throw;
        }
    }

    private TenantDataException? Translate(Exception fault, RoundTrip trip) =>
        (fault is NpgsqlException error ? SessionCalls.Translate(error, connection, trip) : null) switch
        {
            TenantAccessDeniedException { SqlState: PostgresErrorCodes.ReadOnlySqlTransaction } when !context.IsReadOnly =>
                new TenantAccessDeniedException(
                    "A stream of a session only reads. Write with ExecuteAsync or QueryAsync, or stream in a unit of work, which decides when to commit.",
                    fault),
            var typed => typed,
        };
}
