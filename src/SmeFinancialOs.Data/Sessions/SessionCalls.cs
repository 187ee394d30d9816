using System.Runtime.CompilerServices;
using Npgsql;

namespace SmeFinancialOs.Data.Sessions;

/// <summary>What every session does with its statements, wherever they go.</summary>
internal static class SessionCalls
{
    /// <summary>One statement, one round trip.</summary>
    public static async Task<T> RunAsync<T>(SessionTarget target, Statement<T> statement, CancellationToken cancellationToken)
    {
        await RunAsync(target, [statement], statement.Commands, cancellationToken).ConfigureAwait(false);
        return statement.Result;
    }

    /// <summary>Several statements, one round trip.</summary>
    public static Task RunAsync(SessionTarget target, IReadOnlyList<Statement> statements, CancellationToken cancellationToken) =>
        RunAsync(target, statements, [.. statements.SelectMany(statement => statement.Commands)], cancellationToken);

    /// <summary>One statement, its rows as they arrive.</summary>
    public static async IAsyncEnumerable<T> StreamAsync<T>(
        SessionTarget target, RowsStatement<T> statement, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var trip = await Typed(RoundTrip.SendAsync(target, statement.Commands, cancellationToken), target.Context).ConfigureAwait(false);
        await using var _ = trip.ConfigureAwait(false);
        // No rows, as after an UPDATE without RETURNING.
        if (!trip.HasResult)
            yield break;

        var map = RowMapper.For<T>(trip.Reader);
        var isAtRow = false;
        try
        {
            while (await Typed(trip.Reader.ReadAsync(cancellationToken), target.Context).ConfigureAwait(false))
            {
                var row = map(trip.Reader);
                isAtRow = true;
                yield return row;
                isAtRow = false;
            }

            // An error of a later statement arrives only when its result is asked for.
            while (await Typed(trip.NextResultAsync(cancellationToken), target.Context).ConfigureAwait(false))
            {
            }
        }
        finally
        {
            // Left early: the server need not send the rest. In a unit of work it has to, as a cancelled statement would take all of it back.
            if (isAtRow && target.Transaction is null)
                trip.Cancel();
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

            trip.RequireComplete();
            foreach (var statement in statements)
                statement.Complete(statement.Commands.Sum(trip.RecordsAffectedBy));
        }
        catch (PostgresException fault) when (FaultTranslation.Translate(fault, target.Context) is { } typed)
        {
            throw typed;
        }
    }

    private static async Task<T> Typed<T>(Task<T> call, TenantContext context)
    {
        try
        {
            return await call.ConfigureAwait(false);
        }
        catch (PostgresException fault) when (FaultTranslation.Translate(fault, context) is { } typed)
        {
            throw typed;
        }
    }
}
