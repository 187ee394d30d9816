using Npgsql;

namespace SmeFinancialOs.Data.Benchmarks.Prisma;

/// <summary>What the program asks, and where.</summary>
/// <param name="TwinConnectionString">The login of the unprotected tables.</param>
/// <param name="TenantConnectionString">The login of tenants on the protected tables, app_user.</param>
/// <param name="Organization">The organization whose invoices are asked for.</param>
/// <param name="PoolSize">The most connections of each pool.</param>
internal sealed record PrismaTarget(string TwinConnectionString, string TenantConnectionString, Guid Organization, int PoolSize)
{
    /// <summary>The first line the program reads.</summary>
    public object Configuration => new
    {
        twin = Fields(TwinConnectionString),
        tenant = Fields(TenantConnectionString),
        organization = Organization,
        poolSize = PoolSize,
    };

    /// <summary>Fields, not a URL: nothing needs to be escaped.</summary>
    private static object Fields(string connectionString)
    {
        var login = new NpgsqlConnectionStringBuilder(connectionString);
        return new { host = login.Host, port = login.Port, user = login.Username, password = login.Password, database = login.Database };
    }
}
