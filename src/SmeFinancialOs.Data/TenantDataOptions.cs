namespace SmeFinancialOs.Data;

/// <summary>What <c>AddTenantData</c> registers a database with; the properties are the keys of its configuration section.</summary>
public sealed class TenantDataOptions : TenantConnectionOptions
{
    /// <summary>Logs in as <c>app_user</c>. Null where the host supplies the data source itself.</summary>
    public string? ConnectionString { get; set; }

    /// <summary>
    /// Logs in as <c>admin_user</c>; null where the host opens no admin contexts, or supplies <see cref="TenantConnectionOptions.AdminDataSource"/>.
    /// </summary>
    public string? AdminConnectionString { get; set; }
}
