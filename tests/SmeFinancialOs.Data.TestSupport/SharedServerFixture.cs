namespace SmeFinancialOs.Data.TestSupport;

/// <summary>
/// Stops the throwaway server inside of the test run; an assembly fixture of each project that uses it. It has hundreds of databases, and xunit ends a process
/// that takes ten seconds to end, as a failure.
/// </summary>
public sealed class SharedServerFixture : IAsyncDisposable
{
    public ValueTask DisposeAsync() => TestServer.StopAsync();
}
