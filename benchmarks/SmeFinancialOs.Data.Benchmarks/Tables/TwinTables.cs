namespace SmeFinancialOs.Data.Benchmarks.Tables;

/// <summary>
/// The same tables without row-level security. LIKE INCLUDING ALL takes columns, checks, keys and indexes, but neither policies nor foreign keys.
/// </summary>
internal static class TwinTables
{
    public const string Schema = "bench";

    public static string CreateSql(BenchmarkLogins logins) => $"""
        {CopyOfTablesSql(Schema)}
        GRANT USAGE ON SCHEMA {Schema} TO {logins.Twin}, admin_role;
        GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA {Schema} TO {logins.Twin};
        -- admin_role fills the protected tables from these
        GRANT SELECT ON ALL TABLES IN SCHEMA {Schema} TO admin_role;
        """;

    /// <summary>Owned by app_owner like the originals, as the foreign key's check runs with the owner's rights.</summary>
    public static string CopyOfTablesSql(string schema) => $"""
        CREATE SCHEMA {schema} AUTHORIZATION app_owner;
        SET ROLE app_owner;
        CREATE TABLE {schema}.organizations (LIKE public.organizations INCLUDING ALL);
        CREATE TABLE {schema}.invoices (LIKE public.invoices INCLUDING ALL,
            FOREIGN KEY (org_id) REFERENCES {schema}.organizations (id) ON DELETE CASCADE);
        RESET ROLE;
        """;
}
