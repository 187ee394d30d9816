using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Testing;

namespace SmeFinancialOs.Data.AspNetCore.Tests.Support;

/// <summary>What a host has logged.</summary>
internal static class FakeLogExtensions
{
    /// <summary>The exceptions that the handler of this package logs as errors.</summary>
    public static IReadOnlyList<Exception?> HandledFaults(this FakeLoggerProvider log) =>
        [.. log.Collector.GetSnapshot().Where(IsErrorOfTheHandler).Select(line => line.Exception)];

    /// <summary>From Warning on, whoever says it.</summary>
    public static IReadOnlyList<FakeLogRecord> Warnings(this FakeLoggerProvider log) =>
        [.. log.Collector.GetSnapshot().Where(line => line.Level >= LogLevel.Warning)];

    private static bool IsErrorOfTheHandler(FakeLogRecord line) =>
        line.Level == LogLevel.Error && line.Category?.EndsWith("TenantExceptionHandler", StringComparison.Ordinal) == true;
}
