namespace SmeFinancialOs.Data.Audit.Expressions;

/// <summary>
/// What an expression says of a row's tenant. Tenant: it is the one of the setting. Fixed: it is one that is written down. Open: any tenant can be, proven.
/// Unknown: it asks a table or a function that the audit does not understand.
/// </summary>
internal enum TenantFilter
{
    Tenant,
    Fixed,
    Open,
    Unknown,
}
