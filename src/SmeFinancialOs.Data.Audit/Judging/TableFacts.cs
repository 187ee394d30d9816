namespace SmeFinancialOs.Data.Audit.Judging;

internal sealed record TableFacts(IReadOnlyList<ColumnFacts> Columns, IReadOnlyList<string> Checks)
{
    public ColumnFacts this[string name] => Columns.First(column => column.Name == name);
}
