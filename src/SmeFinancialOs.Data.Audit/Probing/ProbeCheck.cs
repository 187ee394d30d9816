namespace SmeFinancialOs.Data.Audit.Probing;

// A CHECK constraint or the bounds of a partition: an expression over the named columns.
internal sealed record ProbeCheck(uint Relation, string Expression, string[] Columns);
