namespace SmeFinancialOs.Data.Audit.Tests.Foreign;

/// <summary>One foreign schema in a database of its own.</summary>
internal sealed class ForeignDatabase
{
    private readonly ForeignCase _case;
    private readonly string _web = "web_" + Guid.NewGuid().ToString("N")[..8];

    private ForeignDatabase(ForeignCase @case, string connectionString) => (_case, ConnectionString) = (@case, connectionString);

    public string ConnectionString { get; }

    public string Login => _web;

    internal static async Task<ForeignDatabase> CreateAsync(ForeignCase @case)
    {
        var server = await TestServer.GetSharedAsync(Sql.Cancel);
        var database = new ForeignDatabase(@case, await server.CreateEmptyDatabaseAsync(Sql.Cancel));
        await using var connection = await Sql.OpenAsync(database.ConnectionString, Sql.Cancel);
        await connection.RunAsync(database.Named("CREATE ROLE $web LOGIN NOINHERIT PASSWORD 'p'; CREATE ROLE $role; "
            + "REVOKE TEMPORARY ON DATABASE \"$database\" FROM PUBLIC; GRANT USAGE ON SCHEMA public TO $web, $role; " + @case.Sql));
        return database;
    }

    internal string Named(string sql) => sql.Replace("$database", ConnectionString.DatabaseName(), StringComparison.Ordinal)
        .Replace("$web", _web, StringComparison.Ordinal).Replace("$role", $"role_{_web}", StringComparison.Ordinal);

    internal Task<AuditReport> AuditAsync() => new SchemaAudit(ConnectionString, ProbeOptions.ToAudit()).RunAsync(Sql.Cancel);

    internal IsolationProbeOptions ProbeOptions => new()
    {
        TenantColumn = _case.TenantColumn,
        OtherTenantColumns = _case.OtherTenantColumns,
        TenantSetting = _case.TenantSetting,
        Context = _case.Context,
        Membership = _case.Membership,
        AppLogins = [_web],
        TenantRoles = [.. _case.TenantRoles.Select(Named)],
        AdminLogins = [],
        AdminRoles = [],
        DemoRoles = [],
        Schemas = _case.Schemas,
    };
}
