namespace SmeFinancialOs.Data.Schema.Audit.Catalog;

internal sealed record Relation(uint Oid, string Name, char Kind, uint Owner, bool RowSecurity, bool Forced, bool Temporary, bool Invoker, uint[] Parents)
{
    public bool IsTable => Kind is 'r' or 'p';

    // A partition or inheritance child: reached through its parent, or directly past the parent's policies.
    public bool IsChild => Parents.Length > 0;
}

internal sealed record Column(uint Relation, short Number, string Name, string Type, bool NotNull);
