using SmeFinancialOs.Data.Schema.Audit.Catalog;

namespace SmeFinancialOs.Data.Schema.Audit;

// The functions through which a policy learns who is asking.
internal sealed class SettingReaders
{
    private readonly string _setting;
    private readonly HashSet<uint> _tenant;

    internal SettingReaders(CatalogSnapshot catalog, string setting)
    {
        _setting = setting;
        Functions = [.. catalog.Functions.Values.Where(function => function is { System: false, Definition: not null })];
        _tenant = [.. Functions.Where(function => function.Body.Contains(setting, StringComparison.OrdinalIgnoreCase)).Select(function => function.Oid)];
        // A function that asks such a function is one, too.
        var names = _tenant.Select(oid => catalog.Functions[oid].Name).ToList();
        foreach (var function in catalog.Functions.Values.Where(function => !function.System
            && names.Any(name => function.Body.Contains(name, StringComparison.Ordinal))))
        {
            if (SqlText.Of(function.Body).Calls().Any(call => names.Contains(call.Name)))
                _tenant.Add(function.Oid);
        }
    }

    // Every function that reads a setting, this one or another.
    public IReadOnlyList<Function> Functions { get; }

    public bool ReadsTenant(Function function) => _tenant.Contains(function.Oid);

    // What the setting is turned into: the type the tenant columns should have.
    public string? TypeOf(IEnumerable<PolicyView> policies) => policies.SelectMany(policy => policy.Functions).FirstOrDefault(ReadsTenant)?.Returns;

    // Whether a call asks for the tenant, by one of the functions that a policy depends on or on its own.
    public Func<SqlCall, bool> IsReader(IReadOnlyList<Function> functions) =>
        call => call.Reads(_setting) || functions.Any(function => function.Name == call.Name && function.Arguments == 0 && ReadsTenant(function));
}
