using System.Data.Common;
using System.Runtime.CompilerServices;
using Npgsql;
using SmeFinancialOs.Data.Diagnostics;

namespace SmeFinancialOs.Data.Sessions;

/// <summary>What every session does with its statements, wherever they go.</summary>
internal static class SessionCalls
{
    /// <summary>One statement or several, one round trip.</summary>
    public static Task RunAsync(SessionTarget target, IReadOnlyList<Statement> statements, CancellationToken cancellationToken) =>
        RunAsync(target, statements, statements.Count == 1 ? statements[0].Commands : [.. statements.SelectMany(statement => statement.Commands)], cancellationToken);

    /// <summary>One statement, its rows as they arrive.</summary>
    /// <param name="target">Where it goes.</param>
    /// <param name="statement">The query.</param>
    /// <param name="telemetry">What is reported of it.</param>
    /// <param name="operation">The session's call that this is, or the unit of work that this is a call of.</param>
    /// <param name="cancellationToken">Cancels it on the server.</param>
    public static async IAsyncEnumerable<T> StreamAsync<T>(
        SessionTarget target, RowsStatement<T> statement, Telemetry telemetry, Operation? operation, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using var callInWork = target.Transaction is null ? null : telemetry.StartCall(OperationName.Stream, target.Context, operation);
        var call = target.Transaction is null ? operation : callInWork;
        var trip = await Step(RoundTrip.SendAsync(target, statement.Commands, cancellationToken)).ConfigureAwait(false);
        await using var _ = trip.ConfigureAwait(false);
        Func<DbDataReader, T>? map = null;
        var held = default(T);
        var (isHeld, isAtRow) = (false, false);
        try
        {
            // No result, as after an UPDATE without RETURNING.
            while (trip.HasResult && await Step(trip.Reader.ReadAsync(cancellationToken)).ConfigureAwait(false))
            {
                var row = Map();
                if (target.IsBehindPooler)
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
            while (trip.HasResult && await Step(trip.NextResultAsync(cancellationToken)).ConfigureAwait(false))
            {
            }

            call?.Succeed();
            if (isHeld)
                yield return held!;
        }
        finally
        {
            // Left early: the server need not send the rest. In a unit of work it has to, as a cancelled statement would take all of it back.
            if (isAtRow && target.Transaction is null)
                trip.Cancel();
        }

        T Map()
        {
            try
            {
                return (map ??= RowMapper.For<T>(trip.Reader))(trip.Reader);
            }
            catch (Exception fault)
            {
                telemetry.Failed(fault, target.Context, call);
                throw;
            }
        }

        async Task<TResult> Step<TResult>(Task<TResult> step)
        {
            try
            {
                var result = await step.ConfigureAwait(false);
                CommitOutcome.RequireReplicated(target.Connection, cancellationToken);
                return result;
            }
            catch (NpgsqlException fault) when (FaultTranslation.Translate(fault, target) is { } typed)
            {
                telemetry.Failed(typed, target.Context, call);
                throw typed;
            }
            catch (Exception fault)
            {
                telemetry.Failed(fault, target.Context, call);
                throw;
            }
        }
    }

    private static async Task RunAsync(
        SessionTarget target, IReadOnlyList<Statement> statements, IReadOnlyList<NpgsqlBatchCommand> commands, CancellationToken cancellationToken)
    {
        // A list of parameter sets can be empty.
        if (commands.Count == 0)
            return;
        try
        {
            var trip = await RoundTrip.SendAsync(target, commands, cancellationToken).ConfigureAwait(false);
            await using var _ = trip.ConfigureAwait(false);
            var end = 0;
            foreach (var statement in statements)
            {
                end += statement.Commands.Count;
                for (var isFirst = true; trip.HasResult && trip.CommandIndex < end; isFirst = false)
                {
                    if (isFirst)
                        await statement.ReadAsync(trip.Reader, cancellationToken).ConfigureAwait(false);
                    await trip.NextResultAsync(cancellationToken).ConfigureAwait(false);
                }
            }

            CommitOutcome.RequireReplicated(target.Connection, cancellationToken);
            trip.RequireComplete();
            foreach (var statement in statements)
                statement.Complete(statement.Commands.Sum(trip.RecordsAffectedBy));
        }
        catch (NpgsqlException fault) when (FaultTranslation.Translate(fault, target) is { } typed)
        {
            throw typed;
        }
    }
}
