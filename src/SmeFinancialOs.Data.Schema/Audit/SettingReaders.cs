using SmeFinancialOs.Data.Schema.Audit.Catalog;

namespace SmeFinancialOs.Data.Schema.Audit;

// The functions through which a policy learns who is asking.
internal sealed class SettingReaders
{
    private readonly string _setting;

    internal SettingReaders(CatalogSnapshot catalog, string setting)
    {
        _setting = setting;
        Functions = [.. catalog.Functions.Values.Where(function => !function.System && function.Body.Contains("current_setting", StringComparison.OrdinalIgnoreCase))];
    }

    // Every function that reads a setting, this one or another.
    public IReadOnlyList<Function> Functions { get; }

    public bool ReadsTenant(Function function) => function.Body.Contains(_setting, StringComparison.Ordinal) && Functions.Contains(function);

    // What the setting is turned into: the type the tenant columns should have.
    public string? TypeOf(IEnumerable<PolicyView> policies) => policies.SelectMany(policy => policy.Functions).FirstOrDefault(ReadsTenant)?.Returns;
}
