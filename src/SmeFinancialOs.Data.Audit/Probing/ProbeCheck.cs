namespace SmeFinancialOs.Data.Audit.Probing;

/// <summary>A CHECK constraint or the bounds of a partition: an expression over the named columns.</summary>
internal sealed record ProbeCheck(uint Relation, string Expression, string[] Columns);
