using Npgsql;
using SmeFinancialOs.Data.Statements;

namespace SmeFinancialOs.Data.Sessions;

/// <summary>What every session does with its statements, wherever they go.</summary>
internal static class SessionCalls
{
    /// <summary>One statement or several, one round trip. A session's are sent once more where what was prepared for them was out of date.</summary>
    public static async Task<CallOutcome> RunAsync(SessionTarget target, IReadOnlyList<Statement> statements, CancellationToken cancellationToken)
    {
        try
        {
            return await RunOnceAsync(target, statements, cancellationToken).ConfigureAwait(false);
        }
        catch (StalePreparedStatementException) when (target.IsSession && statements.All(static statement => statement.IsRepeatable))
        {
            foreach (var statement in statements)
                statement.Renew();
            return await RunOnceAsync(target, statements, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>The typed exception of an error of a call, or null where the driver's own says it best.</summary>
    public static TenantDataException? Translate(NpgsqlException fault, SessionTarget target, RoundTrip trip) => fault switch
    {
        PostgresException answer when trip.HasFailedCheck && FaultTranslation.TranslateCheck(answer, target) is { } typed => typed,
        PostgresException answer when trip.IsOfRows && FaultTranslation.Stale(answer) is { } typed => typed,
        _ => FaultTranslation.Translate(fault, target),
    };

    private static async Task<CallOutcome> RunOnceAsync(SessionTarget target, IReadOnlyList<Statement> statements, CancellationToken cancellationToken)
    {
        var trip = new RoundTrip(target, statements);
        await using var _ = trip.ConfigureAwait(false);
        // A list of parameter sets can be empty.
        if (trip.IsEmpty)
            return new(IsPreparedUntouched: true, Unread: null);
        try
        {
            await trip.SendAsync(cancellationToken).ConfigureAwait(false);
            var unread = await ReadAsync(trip, statements, cancellationToken).ConfigureAwait(false);
            CommitOutcome.RequireReplicated(target.Connection, cancellationToken);
            return new(trip.IsOfRows ? true : trip.IsPreparedUntouched, unread);
        }
        catch (NpgsqlException fault) when (Translate(fault, target, trip) is { } typed)
        {
            throw typed;
        }
    }

    /// <summary>Reads all results, to the end: only then it is known what became of the call.</summary>
    /// <returns>Why a result could not be read, or null.</returns>
    private static async Task<Exception?> ReadAsync(RoundTrip trip, IReadOnlyList<Statement> statements, CancellationToken cancellationToken)
    {
        Exception? unread = null;
        var end = 0;
        foreach (var statement in statements)
        {
            end += statement.Commands.Count;
            for (var isFirst = true; trip.HasResult && trip.CommandIndex < end; isFirst = false)
            {
                try
                {
                    if (isFirst && unread is null)
                        await statement.ReadAsync(trip.Reader, cancellationToken).ConfigureAwait(false);
                }
                catch (Exception fault) when (fault is not (NpgsqlException or OperationCanceledException))
                {
                    unread = fault;
                }

                await trip.NextResultAsync(cancellationToken).ConfigureAwait(false);
            }
        }

        try
        {
            foreach (var statement in statements)
                statement.Complete();
        }
        catch (OverflowException fault)
        {
            unread ??= fault;
        }

        return unread;
    }
}
