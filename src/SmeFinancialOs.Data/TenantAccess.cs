namespace SmeFinancialOs.Data;

/// <summary>Which of the three database roles a context acts as.</summary>
public enum TenantAccess
{
    /// <summary>One organization: sees and writes its own rows alone.</summary>
    Tenant,

    /// <summary>The public demo organization: reads its rows, writes nothing.</summary>
    Demo,

    /// <summary>An operator across organizations: needs an actor and a reason, and is logged.</summary>
    Admin,
}
