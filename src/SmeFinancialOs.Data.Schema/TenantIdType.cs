namespace SmeFinancialOs.Data.Schema;

/// <summary>The type of the ids of tenants in a database: the base type of the domain <c>app.tenant_id</c>.</summary>
public enum TenantIdType
{
    /// <summary>PostgreSQL's <c>uuid</c>.</summary>
    Uuid,

    /// <summary>PostgreSQL's <c>bigint</c>; columns of type <c>integer</c> and <c>smallint</c> may hold them, too.</summary>
    Bigint,

    /// <summary>PostgreSQL's <c>text</c>; columns of type <c>varchar</c> may hold them, too.</summary>
    Text,
}
