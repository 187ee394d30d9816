namespace SmeFinancialOs.Data.Benchmarks.Tables;

/// <summary>
/// The same tables with the article's own policies, holes included: a cast on the column, permissive demo policies, membership as a bypass. Its
/// 'demo-public-uuid' is not a uuid, which the cast hides.
/// </summary>
internal static class ArticleTables
{
    public const string Schema = "article";

    public static string CreateSql(BenchmarkLogins logins) => $"""
        {TwinTables.CopyOfTablesSql(Schema)}
        {PoliciesSql("organizations", "id", logins)}
        {PoliciesSql("invoices", "org_id", logins)}
        GRANT USAGE ON SCHEMA {Schema} TO {logins.ArticleTenant}, {logins.ArticleAdmin};
        GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA {Schema} TO {logins.ArticleTenant}, {logins.ArticleAdmin};
        """;

    private static string PoliciesSql(string table, string column, BenchmarkLogins logins) => $"""
        ALTER TABLE {Schema}.{table} ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
        CREATE POLICY tenant_isolation ON {Schema}.{table} USING ({column}::text = current_setting('app.current_org_id', true));
        CREATE POLICY demo_read_only ON {Schema}.{table} FOR SELECT USING ({column}::text = 'demo-public-uuid');
        CREATE POLICY demo_no_writes ON {Schema}.{table} FOR INSERT WITH CHECK ({column}::text <> 'demo-public-uuid');
        CREATE POLICY admin_bypass ON {Schema}.{table} USING (pg_has_role(current_user, '{logins.ArticleAdminRole}', 'MEMBER'));
        """;
}
