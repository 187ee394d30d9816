using System.Runtime.CompilerServices;

namespace SmeFinancialOs.Data;

/// <summary>What must be in the lists that a caller gives.</summary>
internal static class Required
{
    public static void Names(IEnumerable<string?>? names, [CallerArgumentExpression(nameof(names))] string? parameter = null)
    {
        ArgumentNullException.ThrowIfNull(names, parameter);
        if (names.Any(string.IsNullOrWhiteSpace))
            throw new ArgumentException($"{parameter} has a null or blank entry.", parameter);
    }

    public static void Elements<T>(IEnumerable<T?>? elements, [CallerArgumentExpression(nameof(elements))] string? parameter = null)
        where T : class
    {
        ArgumentNullException.ThrowIfNull(elements, parameter);
        if (elements.Contains(null))
            throw new ArgumentException($"{parameter} has a null entry.", parameter);
    }

    /// <summary>Null is allowed, nothing is not.</summary>
    public static void NullOrName(string? name, [CallerArgumentExpression(nameof(name))] string? parameter = null)
    {
        if (name is not null)
            ArgumentException.ThrowIfNullOrWhiteSpace(name, parameter);
    }
}
