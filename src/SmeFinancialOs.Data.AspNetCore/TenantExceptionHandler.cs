using Microsoft.AspNetCore.Diagnostics;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Npgsql;

namespace SmeFinancialOs.Data.AspNetCore;

/// <summary>The typed faults of the data access as problem details. What the database said is not among them.</summary>
internal sealed class TenantExceptionHandler(IOptions<TenantContextOptions> options, ILogger<TenantExceptionHandler> logger) : IExceptionHandler
{
    public async ValueTask<bool> TryHandleAsync(HttpContext httpContext, Exception exception, CancellationToken cancellationToken)
    {
        if (exception is not TenantDataException fault)
            return false;
        var problem = Describe(fault);
        // From .NET 10 on nobody else logs what a handler has answered. A fault of the host or its servers quotes no row; those of a request are no news.
        if (problem.Status >= StatusCodes.Status500InternalServerError)
            logger.Fault(fault, problem.Status, problem.Code);
        else if (fault is TenantContextMissingException)
            logger.ContextMissing();
        await problem.WriteAsync(httpContext).ConfigureAwait(false);
        return true;
    }

    private Problem Describe(TenantDataException fault) => fault switch
    {
        DemoReadOnlyException => new(StatusCodes.Status403Forbidden, "demo_read_only", "Demo mode - sign up for full functionality"),
        // Says nothing about any row: it would be refused for each. The data access has logged it.
        MissingPrivilegeException => new(StatusCodes.Status403Forbidden, "missing_privilege", "The server lacks a privilege; its log says which."),
        // Nor does this.
        TenantAccessDeniedException { SqlState: PostgresErrorCodes.ReadOnlySqlTransaction } =>
            new(StatusCodes.Status403Forbidden, "read_only", "This may only read."),
        TenantAccessDeniedException when options.Value.AccessDeniedStatusCode == StatusCodes.Status403Forbidden =>
            new(StatusCodes.Status403Forbidden, "access_denied", "This is not allowed."),
        TenantAccessDeniedException => new(StatusCodes.Status404NotFound, "not_found", "There is no such thing here."),
        TenantContextMissingException => new(StatusCodes.Status401Unauthorized, "no_tenant", "This needs an organization, and the request has none."),
        DuplicateKeyException => new(StatusCodes.Status409Conflict, "duplicate_key", "There is one with the same key already."),
        ConcurrencyConflictException => new(StatusCodes.Status409Conflict, "concurrency_conflict", "It was changed since it was read. Read it again."),
        ForeignKeyViolationException =>
            new(StatusCodes.Status409Conflict, "missing_reference", "It refers to something that is not there, or something still refers to it."),
        InvalidValueException => new(StatusCodes.Status422UnprocessableEntity, "invalid_value", "A value is not allowed."),
        DatabaseUnavailableException => new(StatusCodes.Status503ServiceUnavailable, "database_unavailable", "The database does not answer. Try again later."),
        _ => new(StatusCodes.Status500InternalServerError, "internal_error", "The server cannot do this; its log says why."),
    };
}
