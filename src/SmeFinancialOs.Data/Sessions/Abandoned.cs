using SmeFinancialOs.Data.Diagnostics;

namespace SmeFinancialOs.Data.Sessions;

/// <summary>What was collected without being disposed. For finalizers, whose thread must not wait for a server nor fail.</summary>
internal static class Abandoned
{
    /// <summary>Takes its connection back, which is alive: its pool refers to it.</summary>
    public static void Release(Func<ValueTask> end, Telemetry telemetry, TenantContext context) =>
        ThreadPool.UnsafeQueueUserWorkItem(static state => _ = ReleaseAsync(state.end, state.telemetry, state.context), (end, telemetry, context), preferLocal: false);

    /// <summary>Says only that the connection is missing.</summary>
    public static void Report(Telemetry telemetry, TenantContext context) => Release(static () => ValueTask.FromException(new InvalidOperationException()), telemetry, context);

    private static async Task ReleaseAsync(Func<ValueTask> end, Telemetry telemetry, TenantContext context)
    {
        var isTakenBack = false;
        try
        {
            await end().ConfigureAwait(false);
            isTakenBack = true;
        }
        catch (Exception)
        {
            // The line or the data source may have gone with it. Nobody is left to tell.
        }

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
