using Microsoft.Extensions.Logging;

namespace SmeFinancialOs.Data.AspNetCore;

/// <summary>What this package logs. In one class: the generator writes several in any order, and a package would not be the same each time.</summary>
internal static partial class Log
{
    [LoggerMessage(EventId = 1, EventName = "TenantRefused", Level = LogLevel.Information, Message = "Refused with {Status} ({Code}): {Detail}")]
    public static partial void Refused(this ILogger logger, int status, string code, string detail);

    [LoggerMessage(EventId = 2, EventName = "TenantContextTooEarly", Level = LogLevel.Error,
        Message = "UseTenantContext runs before the endpoint is known, so that no endpoint has a tenant. Call it after UseRouting, "
        + "UseAuthentication and UseAuthorization.")]
    public static partial void TooEarly(this ILogger logger);

    [LoggerMessage(EventId = 3, EventName = "TenantDataFault", Level = LogLevel.Error, Message = "Answered with {Status} ({Code})")]
    public static partial void Fault(this ILogger logger, Exception fault, int status, string code);

    [LoggerMessage(EventId = 4, EventName = "TenantContextMissing", Level = LogLevel.Warning,
        Message = "An endpoint that has no tenant asked for a session. Does it say WithoutTenant, or is UseTenantContext missing?")]
    public static partial void ContextMissing(this ILogger logger);
}
