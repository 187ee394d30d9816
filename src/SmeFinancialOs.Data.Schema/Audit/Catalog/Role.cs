namespace SmeFinancialOs.Data.Schema.Audit.Catalog;

internal sealed record Role(uint Oid, string Name, bool Superuser, bool BypassesRls, bool CreatesRoles, bool Replicates, bool Inherits)
{
    public string Sql => Identifier.Quote(Name);
}

// Inherits is null up to 15, where the member's own attribute decides.
internal sealed record Membership(uint Role, uint Member, bool? Inherits);
