using SmeFinancialOs.Data.Audit.Catalog;

namespace SmeFinancialOs.Data.Audit.Judging;

/// <summary>How a query of a function chooses the rows of a table.</summary>
internal enum RowChoice
{
    /// <summary>By the tenant of the trigger's row, by the tenant in force, or by a key that names the parent row.</summary>
    Tenant,

    /// <summary>Nothing in the query names a tenant.</summary>
    Any,

    Unknown,
}

/// <summary>
/// One query that reads or writes a table with rows of tenants. Command is a letter of i, r, d and u. Without a table it is not known what is touched.
/// </summary>
internal sealed record TableTouch(Function Function, Relation? Table, char Command, RowChoice Choice, string Reason);
