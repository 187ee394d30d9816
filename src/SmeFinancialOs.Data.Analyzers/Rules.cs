using Microsoft.CodeAnalysis;

namespace SmeFinancialOs.Data.Analyzers;

/// <summary>What is reported; docs/analyzers.md has code for each.</summary>
internal static class Rules
{
    private const string Category = "TenantIsolation";

    public static readonly DiagnosticDescriptor Iterator = new(
        "SFD0001",
        "Ambient tenant context in an iterator",
        "AmbientTenantContext.{0} in a method with 'yield' {1}; {2}",
        Category,
        DiagnosticSeverity.Warning,
        isEnabledByDefault: true,
        "Each step of an async iterator begins in the flow of whoever consumes it, so rows after the first are read for the consumer's tenant. "
        + "A synchronous iterator leaves its context to the loop that consumes it.");

    public static readonly DiagnosticDescriptor NeverEnds = new(
        "SFD0002",
        "Ambient tenant context that an asynchronous method never ends",
        "AmbientTenantContext.{0} is not disposed in the asynchronous method that calls it, so {1}; {2}",
        Category,
        DiagnosticSeverity.Warning,
        isEnabledByDefault: true,
        "A context does not flow out of an async method to its caller, and a scope that is disposed in another flow throws.");
}
