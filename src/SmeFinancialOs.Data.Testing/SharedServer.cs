namespace SmeFinancialOs.Data.Testing;

/// <summary>The one server of this process.</summary>
internal static class SharedServer
{
    private static readonly SemaphoreSlim Gate = new(1, 1);
    private static PostgresServer? _server;

    public static async Task<PostgresServer> GetAsync(CancellationToken cancellationToken)
    {
        await Gate.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            // Someone may have disposed it in spite of the documentation: the next caller should not pay for that.
            if (_server is null or { IsDisposed: true })
                _server = await PostgresServer.StartAsync(cancellationToken: cancellationToken).ConfigureAwait(false);
            return _server;
        }
        finally
        {
            Gate.Release();
        }
    }
}
