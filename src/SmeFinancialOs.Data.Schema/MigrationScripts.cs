using DbUp.Engine;

namespace SmeFinancialOs.Data.Schema;

/// <summary>The scripts that a migrator has, by the part of the schema that they bring.</summary>
internal sealed record MigrationScripts(IReadOnlyList<SqlScript> Core, IReadOnlyList<SqlScript> Invoicing, IReadOnlyList<SqlScript> Guard,
    IReadOnlyList<SqlScript> Seal)
{
    internal static MigrationScripts Shipped { get; } = new(EmbeddedScripts.Core, EmbeddedScripts.Invoicing, EmbeddedScripts.Guard, EmbeddedScripts.Seal);

    internal IReadOnlyList<SqlScript> For(SchemaMigratorOptions options, bool hasInvoicing) =>
        [.. Core, .. options.Invoicing || hasInvoicing ? Invoicing : [], .. options.Guard ? Guard : [], .. options.Seal ? Seal : []];
}
