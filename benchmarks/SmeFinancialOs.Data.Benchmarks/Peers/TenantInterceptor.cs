using System.Data.Common;
using Microsoft.EntityFrameworkCore.Diagnostics;
using Npgsql;

namespace SmeFinancialOs.Data.Benchmarks.Peers;

/// <summary>
/// The recipe that most articles on EF Core and row-level security give: tenant and role are set for the whole database session whenever a connection is
/// opened. Here in one statement, where most send two, and for one tenant, where a host app looks it up.
/// </summary>
internal sealed class TenantInterceptor(Guid organization) : DbConnectionInterceptor
{
    public override async Task ConnectionOpenedAsync(DbConnection connection, ConnectionEndEventData eventData, CancellationToken cancellationToken = default)
    {
        await using var command = new NpgsqlCommand(
            "SELECT set_config('app.current_org_id', $1, false), set_config('role', 'tenant_role', false)", (NpgsqlConnection)connection);
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = organization.ToString() });
        await command.ExecuteNonQueryAsync(cancellationToken);
    }
}
