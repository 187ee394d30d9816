using System.Data;
using Npgsql;
using SmeFinancialOs.Data.Diagnostics;

namespace SmeFinancialOs.Data.Sessions;

/// <summary>What was collected without being disposed. For finalizers, whose thread must not wait for a server nor fail.</summary>
internal static class Abandoned
{
    /// <summary>Takes its connection back, which is alive: its pool refers to it.</summary>
    public static void Release(NpgsqlConnection connection, Func<ValueTask> end, Telemetry telemetry, TenantContext context) =>
        ThreadPool.UnsafeQueueUserWorkItem(
            static state => _ = ReleaseAsync(state.connection, state.end, state.telemetry, state.context), (connection, end, telemetry, context), preferLocal: false);

    /// <summary>Says only that the connection is missing.</summary>
    public static void Report(Telemetry telemetry, TenantContext context) =>
        ThreadPool.UnsafeQueueUserWorkItem(static state => Tell(state.telemetry, state.context, isTakenBack: false), (telemetry, context), preferLocal: false);

    private static async Task ReleaseAsync(NpgsqlConnection connection, Func<ValueTask> end, Telemetry telemetry, TenantContext context)
    {
        try
        {
            await end().ConfigureAwait(false);
        }
        catch (Exception)
        {
            // The line or the data source may have gone with it. Nobody is left to tell.
        }

        Tell(telemetry, context, isTakenBack: (connection.FullState & ConnectionState.Open) == 0);
    }

    private static void Tell(Telemetry telemetry, TenantContext context, bool isTakenBack)
    {
        try
        {
            telemetry.Abandoned(context, isTakenBack);
        }
        catch (Exception)
        {
            // A logger's own fault. Nobody is there to catch it.
        }
    }
}
