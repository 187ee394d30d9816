using SmeFinancialOs.Data.Audit.Catalog;
using SmeFinancialOs.Data.Audit.Fixes;

namespace SmeFinancialOs.Data.Audit.Rules;

internal sealed class SettingFunctionVolatile : CatalogRule
{
    public override AuditRule Description { get; } = new(
        "setting-function-volatile", AuditSeverity.Warning,
        "A VOLATILE function in a policy.",
        "It is asked for every row and costs the index: 350 to 550 ms instead of 80.",
        Docs + "xfunc-volatility.html");

    public override IEnumerable<AuditFinding> Evaluate(DatabaseModel model) =>
        from function in model.Policies.SelectMany(policy => policy.Functions).Distinct()
        where function.Volatility == 'v'
        select Found(function.Signature, "A policy calls it, and it is VOLATILE.", model.Settings.ReadsTenant(function)
            ? Fix.Safe($"ALTER ROUTINE {function.Signature} STABLE;")
            : Fix.Review($"ALTER ROUTINE {function.Signature} STABLE;"));
}
