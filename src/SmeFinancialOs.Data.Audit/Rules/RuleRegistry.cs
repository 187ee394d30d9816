using System.Diagnostics.CodeAnalysis;

namespace SmeFinancialOs.Data.Audit.Rules;

/// <summary>
/// Every rule, by its id. A class of this folder with a constructor without parameters is a rule by being there; a family brings one rule for each of its rows.
/// </summary>
internal static class RuleRegistry
{
    internal static IReadOnlyList<CatalogRule> All { get; } =
    [
        .. DatabasePrivilegeRule.All
            .Concat(DefaultSettingRule.All)
            .Concat(LoginAttributeRule.All)
            .Concat(ServerVersionRule.All)
            .Concat(SystemFunctionRule.All)
            .Concat(TablePrivilegeRule.All)
            .Concat(Single())
            .OrderBy(rule => rule.Description.Id, StringComparer.Ordinal),
    ];

    [UnconditionalSuppressMessage("Trimming", "IL2026", Justification = "ILLink.Descriptors.xml keeps all types of this namespace.")]
    [UnconditionalSuppressMessage("Trimming", "IL2072", Justification = "ILLink.Descriptors.xml keeps their constructors.")]
    private static IEnumerable<CatalogRule> Single() =>
        from type in typeof(CatalogRule).Assembly.GetTypes()
        where type.IsSubclassOf(typeof(CatalogRule)) && type.GetConstructor(Type.EmptyTypes) is not null
        select (CatalogRule)Activator.CreateInstance(type)!;
}
