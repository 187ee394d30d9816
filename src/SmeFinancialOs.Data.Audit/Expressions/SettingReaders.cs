using SmeFinancialOs.Data.Audit.Catalog;
using SmeFinancialOs.Data.Audit.Shipped;

namespace SmeFinancialOs.Data.Audit.Expressions;

/// <summary>The functions through which a policy learns who is asking.</summary>
internal sealed class SettingReaders
{
    private readonly string _setting;
    private readonly bool _isSealed;
    private readonly HashSet<uint> _tenant;

    internal SettingReaders(CatalogSnapshot catalog, string setting, bool isSealed)
    {
        (_setting, _isSealed) = (setting, isSealed);
        // Where contexts are sealed the setting alone says nothing.
        var source = isSealed ? SealParts.TenantColumn : setting;
        Functions = [.. catalog.Functions.Values.Where(function => function is { System: false, Definition: not null })];
        _tenant = [.. (isSealed ? catalog.Functions.Values.Where(function => !function.System) : Functions)
            .Where(function => function.Body.Contains(source, StringComparison.OrdinalIgnoreCase)).Select(function => function.Oid)];
        // A function that asks such a function is one, too.
        var names = _tenant.Select(oid => catalog.Functions[oid].Name).ToList();
        foreach (var function in catalog.Functions.Values.Where(function => !function.System
            && names.Any(name => function.Body.Contains(name, StringComparison.Ordinal))))
        {
            if (SqlText.Of(function.Body).Calls().Any(call => names.Contains(call.Name)))
                _tenant.Add(function.Oid);
        }
    }

    /// <summary>Every function that reads a setting, this one or another.</summary>
    public IReadOnlyList<Function> Functions { get; }

    public bool ReadsTenant(Function function) => _tenant.Contains(function.Oid);

    /// <summary>What the setting is turned into: the type the tenant columns should have.</summary>
    public string? TypeOf(IEnumerable<PolicyAnalysis> policies) =>
        _isSealed ? "uuid" : policies.SelectMany(policy => policy.Functions).FirstOrDefault(ReadsTenant)?.Returns;

    /// <summary>Whether a call asks for the tenant, by one of the functions that a policy depends on or on its own.</summary>
    public Func<SqlCall, bool> IsReader(IReadOnlyList<Function> functions) =>
        call => (!_isSealed && call.Reads(_setting))
            || functions.Any(function => function.Name == call.Name && function.Arguments == 0 && ReadsTenant(function));

    /// <summary>Whether an expression is true only of what a host has signed.</summary>
    public static bool AsksSeal(SqlText text, IReadOnlyList<Function> functions) => NamesSeal(text)
        || text.Calls().Any(call => functions.Any(function => function.Name == call.Name && NamesSeal(SqlText.Of(function.Body))));

    /// <summary>(SELECT c.tenant_org_id FROM app_seal.context c), and no WHERE.</summary>
    public bool IsSealedTenant(SqlText text) => _isSealed && text.Split("FROM") is [var column, var view]
        && column.Split("::") is [var asked, ..] && asked[asked.Count - 1] == SealParts.TenantColumn
        && column[0].Equals("SELECT", StringComparison.OrdinalIgnoreCase)
        && !asked.Has(",") && NamesSeal(view) && view.Count <= 4;

    private static bool NamesSeal(SqlText text) =>
        Enumerable.Range(0, text.Count).Any(i => text[i] == SealParts.Schema && text[i + 1] == "." && $"{SealParts.Schema}.{text[i + 2]}" == SealParts.View);
}
