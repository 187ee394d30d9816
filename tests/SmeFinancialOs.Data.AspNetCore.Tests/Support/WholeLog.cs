using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace SmeFinancialOs.Data.AspNetCore.Tests.Support;

/// <summary>All that a host logs from Warning on, whoever says it.</summary>
internal sealed class WholeLog : ILoggerProvider
{
    private readonly ConcurrentQueue<Entry> _entries = new();

    public IReadOnlyList<Entry> Entries => [.. _entries];

    public ILogger CreateLogger(string categoryName) => new Category(this, categoryName);

    public void Dispose()
    {
    }

    internal sealed record Entry(string Category, LogLevel Level, string? Event, string Text);

    private sealed class Category(WholeLog log, string name) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Warning;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            if (IsEnabled(logLevel))
                log._entries.Enqueue(new(name, logLevel, eventId.Name, formatter(state, exception)));
        }
    }
}
