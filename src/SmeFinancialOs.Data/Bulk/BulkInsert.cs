using Npgsql;

namespace SmeFinancialOs.Data.Bulk;

/// <summary>Rows on their way to a table, some thousands at a time, in one transaction.</summary>
internal sealed class BulkInsert<T>(TenantSessionBase session, InsertPlan<T> plan)
{
    private const int MaxRows = 5000;
    private const int MaxValues = 500_000;
    private const int MaxSize = 16 * 1024 * 1024;

    private readonly ColumnArray<T>[] _arrays = plan.NewArrays();
    private readonly int _maxRows = Math.Max(1, Math.Min(MaxRows, MaxValues / plan.Sources.Count));
    private long _first;
    private int _count;

    public static async Task<long> RunAsync(TenantSessionBase session, TableName table, IAsyncEnumerable<T> rows, CancellationToken cancellationToken)
    {
        session.RequireUsable();
        var plan = await session.Tables.PlanAsync<T>(session, table, cancellationToken).ConfigureAwait(false);
        try
        {
            return await new BulkInsert<T>(session, plan).RunAsync(rows, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception fault) when (InsertFault.Of(fault, plan.Table.Name, plan.Sources) is var typed && InsertFault.MayBeStale(typed ?? fault))
        {
            session.Tables.Forget(plan.Table);
            if (typed is null)
                throw;
            throw typed;
        }
    }

    private async Task<long> RunAsync(IAsyncEnumerable<T> rows, CancellationToken cancellationToken)
    {
        var source = rows.GetAsyncEnumerator(cancellationToken);
        await using var _ = source.ConfigureAwait(false);
        var goesOn = await FillAsync(source, await source.MoveNextAsync().ConfigureAwait(false)).ConfigureAwait(false);
        if (!goesOn)
            return _count == 0 ? 0 : await SendAsync(session, cancellationToken).ConfigureAwait(false);
        var written = 0L;
        await session.AtomicallyAsync(SendAllAsync, cancellationToken).ConfigureAwait(false);
        return written;

        async Task SendAllAsync(TenantSessionBase work)
        {
            written = await SendAsync(work, cancellationToken).ConfigureAwait(false);
            while (goesOn)
            {
                goesOn = await FillAsync(source, hasRow: true).ConfigureAwait(false);
                written += await SendAsync(work, cancellationToken).ConfigureAwait(false);
            }
        }
    }

    /// <summary>Takes as many rows as are sent at once.</summary>
    /// <returns>Whether the source stands on another one.</returns>
    private async ValueTask<bool> FillAsync(IAsyncEnumerator<T> rows, bool hasRow)
    {
        _first += _count;
        _count = 0;
        for (var size = 0L; hasRow && _count < _maxRows && size < MaxSize; _count++)
        {
            var row = rows.Current ?? throw NullRow(nameof(rows));
            foreach (var array in _arrays)
                size += array.Set(_count, row);
            hasRow = await rows.MoveNextAsync().ConfigureAwait(false);
        }

        return hasRow;
    }

    private ArgumentException NullRow(string parameter) => new($"Row {_first + _count} of the rows is null; they are counted from 0.", parameter);

    private async Task<long> SendAsync(TenantSessionBase work, CancellationToken cancellationToken)
    {
        var command = new NpgsqlBatchCommand(plan.Sql);
        foreach (var array in _arrays)
            command.Parameters.Add(array.ToParameter(_count));
        var statement = new InsertStatement(command);
        await work.RunAsync(statement.Operation, [statement], cancellationToken).ConfigureAwait(false);
        return statement.Result;
    }
}
