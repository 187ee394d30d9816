using Npgsql;
using SmeFinancialOs.Data.Diagnostics;

namespace SmeFinancialOs.Data.Sessions;

/// <summary>The connection of a stream, whose enumerator a host may let go of without disposing it.</summary>
internal sealed class StreamedConnection(NpgsqlConnection connection, Telemetry telemetry, TenantContext context) : IAsyncDisposable
{
    public NpgsqlConnection Connection { get; private set; } = connection;

    ~StreamedConnection() => Abandoned.Release(Connection, DisposeAsync, telemetry, context);

    public ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        return ConnectionReturn.RunAsync(Connection);
    }

    /// <summary>Goes on with another connection; this one is returned.</summary>
    public ValueTask ExchangeAsync(NpgsqlConnection other)
    {
        var ended = Connection;
        Connection = other;
        return ConnectionReturn.RunAsync(ended);
    }
}
