namespace SmeFinancialOs.Data.Audit.Judging;

/// <summary>What a role may do. Usable: the roles whose rights it has without SET ROLE, itself among them.</summary>
internal sealed record RoleFacts(uint Oid, string Name, bool IsExempt, bool MayAct, IReadOnlySet<uint> Usable)
{
    public bool Applies(uint policyRole) => policyRole == 0 || Usable.Contains(policyRole);
}
