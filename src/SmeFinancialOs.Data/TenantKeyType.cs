namespace SmeFinancialOs.Data;

/// <summary>The type of the ids of tenants: the base type of the domain <c>app.tenant_id</c> of the database.</summary>
public enum TenantKeyType
{
    /// <summary>A <see cref="Guid"/>; PostgreSQL's <c>uuid</c>.</summary>
    Uuid,

    /// <summary>A <see cref="long"/>; PostgreSQL's <c>bigint</c>.</summary>
    Bigint,

    /// <summary>A <see cref="string"/>; PostgreSQL's <c>text</c>.</summary>
    Text,
}
