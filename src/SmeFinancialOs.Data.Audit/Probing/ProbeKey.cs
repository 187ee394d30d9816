namespace SmeFinancialOs.Data.Audit.Probing;

/// <summary>A foreign key, by the names of its columns: those of a partition may be numbered otherwise than its parent's.</summary>
internal sealed record ProbeKey(uint Relation, uint Target, string[] Columns, string[] TargetColumns, bool Deferrable);
