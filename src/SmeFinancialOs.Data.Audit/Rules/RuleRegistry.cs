using System.Diagnostics.CodeAnalysis;
using System.Reflection;

namespace SmeFinancialOs.Data.Audit.Rules;

/// <summary>
/// Every rule, by its id. Nothing is registered by hand: a subclass of CatalogRule with a constructor without parameters is a rule, and one that is an
/// IRuleFamily brings a rule for each of its rows.
/// </summary>
internal static class RuleRegistry
{
    internal static IReadOnlyList<CatalogRule> All { get; } =
        [.. Types().SelectMany(RulesOf).OrderBy(rule => rule.Description.Id, StringComparer.Ordinal)];

    [UnconditionalSuppressMessage("Trimming", "IL2026", Justification = "ILLink.Descriptors.xml keeps all types of this namespace.")]
    private static IEnumerable<Type> Types() => typeof(CatalogRule).Assembly.GetTypes().Where(type => type.IsSubclassOf(typeof(CatalogRule)));

    [UnconditionalSuppressMessage("Trimming", "IL2070", Justification = "ILLink.Descriptors.xml keeps the members of all types of this namespace.")]
    private static IEnumerable<CatalogRule> RulesOf(Type type)
    {
        if (type.IsAssignableTo(typeof(IRuleFamily)))
            return (IEnumerable<CatalogRule>)type.GetProperty(nameof(IRuleFamily.Rows), BindingFlags.Public | BindingFlags.Static)!.GetValue(null)!;
        return type.GetConstructor(Type.EmptyTypes) is { } constructor ? [(CatalogRule)constructor.Invoke(null)] : [];
    }
}
