namespace SmeFinancialOs.Data.Audit;

/// <summary>A table that says which users belong to which tenants, and that policies trust: a user sees the rows of its tenants.</summary>
public sealed class MembershipTable
{
    /// <summary>Names the table and its two columns.</summary>
    /// <param name="table">With its schema, as PostgreSQL writes it, such as <c>public.members</c>.</param>
    /// <param name="userColumn">The user's id.</param>
    /// <param name="tenantColumn">The tenant's id.</param>
    /// <exception cref="ArgumentException">One of the names is blank.</exception>
    public MembershipTable(string table, string userColumn, string tenantColumn)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(table);
        ArgumentException.ThrowIfNullOrWhiteSpace(userColumn);
        ArgumentException.ThrowIfNullOrWhiteSpace(tenantColumn);
        (Table, UserColumn, TenantColumn) = (table, userColumn, tenantColumn);
    }

    /// <summary>With its schema, as PostgreSQL writes it.</summary>
    public string Table { get; }

    /// <summary>The user's id.</summary>
    public string UserColumn { get; }

    /// <summary>The tenant's id.</summary>
    public string TenantColumn { get; }
}
