namespace SmeFinancialOs.Data.Audit.Catalog;

/// <summary>
/// Columns holds the key columns alone: what is merely INCLUDEd makes nothing unique. An expression is column 0. Definition, of the constraint or else the
/// index, is there for unique ones that lack a tenant column by name.
/// </summary>
internal sealed record Index(uint Oid, uint Relation, string Name, string? Constraint, short[] Columns, bool Unique, bool Primary, bool Exclusion,
    bool Partial, bool Immediate,
    string? Definition);

/// <summary>
/// OnDelete and OnUpdate are the letters of pg_constraint: a is NO ACTION, r RESTRICT, c CASCADE, n SET NULL, d SET DEFAULT. Enforced is false on 18 alone.
/// AfterPolicies: added or validated by a later transaction than the first policy of either table, and not with the table itself.
/// </summary>
internal sealed record ForeignKey(string Name, uint Relation, uint Target, uint Index, short[] Columns, short[] TargetColumns, char OnDelete, char OnUpdate,
    short[] OnDeleteColumns,
    bool Deferrable, bool Deferred, bool Validated, bool Enforced, bool AfterPolicies);
