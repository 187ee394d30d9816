using DbUp.Engine;

namespace SmeFinancialOs.Data.Schema;

/// <summary>The scripts that a migrator has, by the part of the schema that they bring.</summary>
internal sealed record MigrationScripts(IReadOnlyList<SqlScript> Core, IReadOnlyList<SqlScript> Invoicing, IReadOnlyList<SqlScript> Guard,
    IReadOnlyList<SqlScript> Seal)
{
    internal static MigrationScripts Shipped { get; } = new(EmbeddedScripts.Core, EmbeddedScripts.Invoicing, EmbeddedScripts.Guard, EmbeddedScripts.Seal);

    /// <summary>
    /// The allowlist comes with the guard, or ahead of it where a superuser migrates: what the guard calls belongs to no lesser role. A guard that is on gets
    /// this version's text, because one of an older version would refuse newer policies.
    /// </summary>
    internal IReadOnlyList<SqlScript> For(bool hasInvoicing, bool isSealed, bool hasGuard, bool isSuperuser) =>
    [
        .. Core, .. hasInvoicing ? Invoicing : [], .. isSealed ? Seal : [],
        .. Guard.Where(script => hasGuard || isSuperuser && script.Name == EmbeddedScripts.Allowlist),
    ];
}
