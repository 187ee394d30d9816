using Npgsql;
using SmeFinancialOs.Data.Diagnostics;

namespace SmeFinancialOs.Data.Sessions;

/// <summary>The connection of a stream, whose enumerator a host may let go of without disposing it.</summary>
internal sealed class StreamedConnection(NpgsqlConnection connection, Telemetry telemetry, TenantContext context) : IAsyncDisposable
{
    ~StreamedConnection() => Abandoned.Release(connection, DisposeAsync, telemetry, context);

    public ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        return ConnectionReturn.RunAsync(connection);
    }
}
