using Microsoft.Extensions.Logging;

namespace SmeFinancialOs.Data.Torture.Tests.Load;

/// <summary>Hears what the library says about connections that nobody disposed.</summary>
internal sealed class LeakLog(Report report) : ILoggerFactory, ILogger
{
    private const int Returned = 302;
    private const int Missing = 303;

    public ILogger CreateLogger(string categoryName) => this;

    public bool IsEnabled(LogLevel logLevel) => true;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        if (eventId.Id == Returned)
            report.Fault("leaked connection returned");
        else if (eventId.Id == Missing)
            report.Find("LOSS " + formatter(state, exception));
    }

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public void AddProvider(ILoggerProvider provider)
    {
    }

    public void Dispose()
    {
    }
}
