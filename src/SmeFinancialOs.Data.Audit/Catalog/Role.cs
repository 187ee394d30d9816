namespace SmeFinancialOs.Data.Audit.Catalog;

internal sealed record Role(uint Oid, string Name, bool Superuser, bool BypassesRls, bool CreatesRoles, bool Replicates, bool Inherits, bool LogsIn)
{
    public string Sql => Identifier.Quote(Name);
}

/// <summary>
/// Inherits is null up to 15, where the member's own attribute decides. Usable: it can be inherited, taken by SET ROLE, or made so by its ADMIN OPTION.
/// </summary>
internal sealed record Membership(uint Role, uint Member, uint Grantor, bool? Inherits, bool Usable);
