using Npgsql;

namespace SmeFinancialOs.Data.TestSupport;

/// <summary>A database with the whole schema and two organizations, for a class of tests.</summary>
public sealed class MigratedDatabase : IAsyncLifetime
{
    internal const string Demo = "de300000-0000-4000-8000-000000000001";
    internal const string A = "aaaaaaaa-0000-4000-8000-000000000000";
    internal const string B = "bbbbbbbb-0000-4000-8000-000000000000";

    public string ConnectionString { get; private set; } = "";

    public async ValueTask InitializeAsync()
    {
        ConnectionString = await MigratedCopy.CreateAsync();
        await using var owner = await OpenAsync();
        await owner.RunAsync($"""
            INSERT INTO organizations (id, name, slug) VALUES ('{A}', 'A', 'a'), ('{B}', 'B', 'b'), ('{Demo}', 'Demo', 'demo');
            INSERT INTO invoices (org_id, number, amount_cents, customer_name, issued_at)
                SELECT id, 'N1', 100, 'c', '2026-01-01' FROM organizations
            """);
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    /// <summary>The superuser, whom no policy binds: for setting up and for counting what is really there.</summary>
    internal Task<NpgsqlConnection> OpenAsync() => Sql.OpenAsync(ConnectionString, Sql.Cancel);

    /// <summary>The app's own login after it took a role, as an attacker with SQL in a request has it.</summary>
    internal async Task<NpgsqlConnection> OpenAsync(string role, string? organization = null)
    {
        var connection = await Sql.OpenAsync(ConnectionString.As(role == "admin_role" ? "admin_user" : "app_user"), Sql.Cancel);
        await connection.RunAsync($"SET ROLE {role}");
        if (organization is not null)
            await connection.RunAsync($"SELECT set_config('app.current_org_id', '{organization}', false)");
        return connection;
    }
}
