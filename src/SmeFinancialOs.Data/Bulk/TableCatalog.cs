using System.Collections.Concurrent;

namespace SmeFinancialOs.Data.Bulk;

/// <summary>Tables of a database that were looked at. A look can be out of date: the statement that uses it finds that out, and has it thrown away.</summary>
internal sealed class TableCatalog
{
    private readonly ConcurrentDictionary<TableName, TableColumns> _tables = new();

    /// <summary>How rows are written to a table. One that does not fit an earlier look gets another one.</summary>
    public async Task<InsertPlan<T>> PlanAsync<T>(TenantSessionBase session, TableName name, CancellationToken cancellationToken)
    {
        if (_tables.TryGetValue(name, out var known))
        {
            try
            {
                return known.PlanFor<T>();
            }
            catch (ColumnMismatchException)
            {
                Forget(known);
            }
        }

        var table = await TableColumns.ReadAsync(session, name, cancellationToken).ConfigureAwait(false);
        _tables[name] = table;
        return table.PlanFor<T>();
    }

    public void Forget(TableColumns table) => _tables.TryRemove(new(table.Name, table));
}
