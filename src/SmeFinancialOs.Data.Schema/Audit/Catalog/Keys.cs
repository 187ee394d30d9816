namespace SmeFinancialOs.Data.Schema.Audit.Catalog;

// Columns holds the key columns alone: what is merely INCLUDEd makes nothing unique. An expression is column 0.
internal sealed record Index(uint Relation, string Name, string? Constraint, short[] Columns, bool Unique, bool Primary, bool Exclusion, bool Partial);

// OnDelete and OnUpdate are the letters of pg_constraint: n is SET NULL, d is SET DEFAULT.
internal sealed record ForeignKey(string Name, uint Relation, uint Target, short[] Columns, short[] TargetColumns, char OnDelete, char OnUpdate, short[] OnDeleteColumns);
