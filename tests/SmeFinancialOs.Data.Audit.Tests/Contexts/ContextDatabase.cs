using System.Globalization;

namespace SmeFinancialOs.Data.Audit.Tests.Contexts;

/// <summary>Every case in a schema of its own, and audited for itself: each has a context of its own.</summary>
public sealed class ContextDatabase : IAsyncLifetime
{
    private readonly string _web = "web_" + Guid.NewGuid().ToString("N")[..8];

    internal string ConnectionString { get; private set; } = "";

    public async ValueTask InitializeAsync()
    {
        ConnectionString = await (await TestServer.GetSharedAsync(Sql.Cancel)).CreateEmptyDatabaseAsync(Sql.Cancel);
        await using var connection = await Sql.OpenAsync(ConnectionString, Sql.Cancel);
        await connection.RunAsync($"CREATE ROLE {_web} LOGIN");
        for (var i = 0; i < ContextCase.All.Count; i++)
        {
            await connection.RunAsync(Named("CREATE SCHEMA $schema; GRANT USAGE ON SCHEMA $schema TO $web; SET search_path = $schema; "
                + ContextCase.All[i].Sql, i));
        }
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    internal SchemaAuditOptions Options(ContextCase @case)
    {
        var index = ContextCase.All.ToList().IndexOf(@case);
        return new()
        {
            TenantColumn = "org_id",
            OtherTenantColumns = @case.OtherTenantColumns,
            Context = Named(@case.Context, index),
            Membership = @case.HasMembers ? new($"{Schema(index)}.members", "user_id", "org_id") : null,
            AppLogins = [_web],
            TenantRoles = [],
            AdminLogins = [],
            AdminRoles = [],
            Schemas = [Schema(index)],
        };
    }

    internal string Named(string sql, int index) => sql
        .Replace("$protect", "ALTER TABLE t ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY; GRANT SELECT, INSERT, UPDATE, DELETE ON t TO $web;",
            StringComparison.Ordinal)
        .Replace("$schema", Schema(index), StringComparison.Ordinal).Replace("$web", _web, StringComparison.Ordinal);

    private static string Schema(int index) => string.Create(CultureInfo.InvariantCulture, $"case_{index}");
}
