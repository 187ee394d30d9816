namespace SmeFinancialOs.Data.TestSupport;

/// <summary>
/// Stops the throwaway server inside of the test run; the assembly fixture of every test project, by tests/Directory.Build.props. The server may have
/// hundreds of databases: xunit waits ten seconds for a process to end, and then ends it as a failure.
/// </summary>
public sealed class SharedServerFixture : IAsyncDisposable
{
    public ValueTask DisposeAsync() => TestServer.StopAsync();
}
