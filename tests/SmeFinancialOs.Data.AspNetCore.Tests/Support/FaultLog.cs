using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace SmeFinancialOs.Data.AspNetCore.Tests.Support;

/// <summary>The exceptions that the handler of this package logs as errors.</summary>
internal sealed class FaultLog : ILoggerProvider, ILogger
{
    private readonly ConcurrentQueue<Exception> _entries = new();

    public IReadOnlyList<Exception> Entries => [.. _entries];

    public ILogger CreateLogger(string categoryName) => categoryName.EndsWith("TenantExceptionHandler", StringComparison.Ordinal) ? this : NullLogger.Instance;

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => true;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        if (logLevel == LogLevel.Error)
            _entries.Enqueue(exception!);
    }

    public void Dispose()
    {
    }
}
