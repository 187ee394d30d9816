namespace SmeFinancialOs.Data.Audit.Catalog;

internal enum GrantKind
{
    Relation,
    Schema,
    Function,
    Database,
}

/// <summary>The owner's own rights are left out.</summary>
internal sealed record Grant(GrantKind Kind, uint Object, uint Grantee, string Privilege, int Column = 0);

internal sealed record DefaultPrivilege(string Owner, string? Schema, uint Grantee, string Privilege);

internal sealed record ParameterGrant(string Parameter, uint Grantee, string Privilege);
