using System.Runtime.ExceptionServices;
using Npgsql;
using SmeFinancialOs.Data.Connections;
using SmeFinancialOs.Data.Statements;

namespace SmeFinancialOs.Data.Sessions;

/// <summary>What every session does with its statements, wherever they go.</summary>
internal static class SessionCalls
{
    /// <summary>One statement or several, one round trip. A session's are sent once more where what was prepared for them was out of date.</summary>
    /// <returns>Why a result could not be read; null where all were. What the statements did is done in either case.</returns>
    public static async Task<Exception?> RunAsync(LeasedConnection connection, IReadOnlyList<Statement> statements, CancellationToken cancellationToken)
    {
        try
        {
            return await RunOnceAsync(connection, statements, cancellationToken).ConfigureAwait(false);
        }
        catch (StalePreparedStatementException) when (connection.IsSession && statements.All(static statement => statement.IsRepeatable))
        {
            Renew(statements);
            return await RunOnceAsync(connection, statements, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>Whether they can be sent once more, on another connection: the server had ended the session before anything was run.</summary>
    public static bool MayRepeat(DatabaseUnavailableException ended, IReadOnlyList<Statement> statements) =>
        ended.SqlState == PostgresErrorCodes.IdleSessionTimeout && statements.All(static statement => statement.IsRepeatable);

    /// <summary>Makes them ready to be sent once more.</summary>
    public static void Renew(IReadOnlyList<Statement> statements)
    {
        foreach (var statement in statements)
            statement.Renew();
    }

    /// <summary>Throws where a result could not be read.</summary>
    /// <param name="unread">Why.</param>
    /// <param name="isCommitted">Whether the server has committed by now what the call may have written.</param>
    /// <exception cref="WorkCommittedException">It has.</exception>
    public static void RequireRead(Exception? unread, bool isCommitted)
    {
        if (unread is null)
            return;
        if (isCommitted)
        {
            throw new WorkCommittedException(
                "What this call wrote is committed, but its result could not be read; the inner exception says why. Do not do the work again.", unread);
        }

        ExceptionDispatchInfo.Throw(unread);
    }

    /// <summary>The typed exception of an error of a call, or null where the driver's own says it best.</summary>
    public static TenantDataException? Translate(NpgsqlException fault, LeasedConnection connection, RoundTrip trip) => fault switch
    {
        PostgresException answer when trip.HasFailedCheck && FaultTranslation.TranslateCheck(answer, connection) is { } typed => typed,
        PostgresException answer when trip.IsOfRows && FaultTranslation.Stale(answer) is { } typed => typed,
        _ => FaultTranslation.TranslateStatement(fault, connection),
    };

    private static async Task<Exception?> RunOnceAsync(LeasedConnection connection, IReadOnlyList<Statement> statements, CancellationToken cancellationToken)
    {
        var trip = new RoundTrip(connection, statements);
        await using var _ = trip.ConfigureAwait(false);
        // A list of parameter sets can be empty.
        if (trip.IsEmpty)
            return null;
        try
        {
            await trip.SendAsync(cancellationToken).ConfigureAwait(false);
            var unread = await ReadAsync(trip, statements, cancellationToken).ConfigureAwait(false);
            connection.RequireReplicated(cancellationToken);
            return unread;
        }
        catch (NpgsqlException fault) when (Translate(fault, connection, trip) is { } typed)
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
