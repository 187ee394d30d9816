using SmeFinancialOs.Data.Diagnostics;

namespace SmeFinancialOs.Data.Connections;

/// <summary>
/// Is collected together with a connection that was not returned: its holder has let go of it without disposing it. The thread of finalizers must not wait for
/// a server nor fail, so the work is done in another one.
/// </summary>
internal sealed class LeakDetector(LeasedConnection connection, Func<ValueTask> end, Telemetry telemetry, TenantContext context) : IDisposable
{
    ~LeakDetector()
    {
        // A host that keeps the raw connection may be using it. Any other one is returned; it is alive, as its pool refers to it.
        if (connection.IsHandedOut)
            ThreadPool.UnsafeQueueUserWorkItem(static detector => detector.Report(isReturned: false), this, preferLocal: false);
        else
            ThreadPool.UnsafeQueueUserWorkItem(static detector => _ = detector.ReturnAsync(), this, preferLocal: false);
    }

    /// <summary>It is returned, or about to be.</summary>
    public void Dispose() => GC.SuppressFinalize(this);

    private async Task ReturnAsync()
    {
        try
        {
            await end().ConfigureAwait(false);
        }
        catch (Exception)
        {
            // The line or the data source may have gone with it. Nobody is left to tell.
        }

        Report(isReturned: !connection.IsConnected);
    }

    private void Report(bool isReturned)
    {
        try
        {
            telemetry.Leaked(context, isReturned);
        }
        catch (Exception)
        {
            // A logger's own fault. Nobody is there to catch it.
        }
    }
}
