using SmeFinancialOs.Data.Audit.Catalog;

namespace SmeFinancialOs.Data.Audit.Contexts;

/// <summary>The table of memberships that the host has named, as the catalog has it.</summary>
internal sealed record Members(Relation Table, Column User, Column Tenant)
{
    /// <summary>Null where the database has no such table or columns.</summary>
    internal static Members? Find(CatalogSnapshot catalog, MembershipTable named) =>
        catalog.Relations.Values.FirstOrDefault(relation => relation.Name == named.Table && relation.IsTable) is { } table
        && catalog.Columns[table.Oid].FirstOrDefault(column => column.Name == named.UserColumn) is { } user
        && catalog.Columns[table.Oid].FirstOrDefault(column => column.Name == named.TenantColumn) is { } tenant ? new(table, user, tenant) : null;
}
