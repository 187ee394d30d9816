[assembly: AssemblyFixture(typeof(SmeFinancialOs.Data.Schema.Tests.ServerEnd))]

namespace SmeFinancialOs.Data.Schema.Tests;

/// <summary>
/// Stops the throwaway server inside of the test run. It has hundreds of databases, and xunit ends a process that takes ten seconds to end, as a failure.
/// </summary>
public sealed class ServerEnd : IAsyncDisposable
{
    public ValueTask DisposeAsync() => TestServer.StopAsync();
}
