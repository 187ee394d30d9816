using Npgsql;
using SmeFinancialOs.Data.Diagnostics;

namespace SmeFinancialOs.Data.Sessions;

/// <summary>Takes back the connection of what was collected without being disposed.</summary>
internal static class Abandoned
{
    /// <summary>For a finalizer, whose thread must not wait for a server. The connection itself is alive: its pool refers to it.</summary>
    public static void Release(IAsyncDisposable abandoned, Telemetry telemetry, TenantContext context) =>
        ThreadPool.UnsafeQueueUserWorkItem(static state => _ = ReleaseAsync(state.abandoned, state.telemetry, state.context), (abandoned, telemetry, context), preferLocal: false);

    private static async Task ReleaseAsync(IAsyncDisposable abandoned, Telemetry telemetry, TenantContext context)
    {
        try
        {
            telemetry.Abandoned(context);
            await abandoned.DisposeAsync().ConfigureAwait(false);
        }
        catch (Exception fault) when (fault is NpgsqlException or InvalidOperationException)
        {
            // The data source may have gone with it, or the line. Nobody is left to tell.
        }
    }
}
