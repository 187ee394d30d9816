using SmeFinancialOs.Data.Audit.Catalog;

namespace SmeFinancialOs.Data.Audit.Judging;

/// <summary>What a role may do. Usable: the roles whose rights it has without SET ROLE, itself among them.</summary>
internal sealed record RoleFacts(uint Oid, string Name, bool IsExempt, bool MayAct, IReadOnlySet<uint> Usable)
{
    /// <summary>Why no policy of the table binds the role; null where they do.</summary>
    public string? ExemptionFrom(Relation table) =>
        !table.RowSecurity ? "row-level security is off"
        : IsExempt ? "no policy binds the role: it is a superuser or has BYPASSRLS"
        : !table.Forced && Usable.Contains(table.Owner) ? "the role has the rights of the table's owner, and row-level security is not forced" : null;

    public bool IsBound(Relation table) => ExemptionFrom(table) is null;

    /// <summary>Of a role that is not the app's: the owner of a view or function.</summary>
    internal static RoleFacts Of(DatabaseModel model, uint oid)
    {
        var role = model.Catalog.Roles[oid];
        return new(oid, role.Name, role.Superuser || role.BypassesRls, false,
            model.Identities.Inherited(role).Append(role).Select(usable => usable.Oid).ToHashSet());
    }

    public bool Applies(uint policyRole) => policyRole == 0 || Usable.Contains(policyRole);
}
