namespace SmeFinancialOs.Data.Audit.Rules;

/// <summary>Rules that differ only in a table of facts are rows of one class: a privilege, an attribute of the login, a version of the server.</summary>
internal interface IRuleFamily
{
    static abstract IReadOnlyList<CatalogRule> Rows { get; }
}
