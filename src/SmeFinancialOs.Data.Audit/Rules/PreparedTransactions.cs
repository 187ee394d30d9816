using SmeFinancialOs.Data.Audit.Catalog;
using SmeFinancialOs.Data.Audit.Fixes;

namespace SmeFinancialOs.Data.Audit.Rules;

/// <summary>Whoever may run SQL may prepare: there is no privilege for it, only the setting of the server.</summary>
internal sealed class PreparedTransactions : CatalogRule
{
    public override AuditRule Description { get; } = new(
        "prepared-transactions", AuditSeverity.Warning,
        "A server that keeps prepared transactions.",
        "PREPARE TRANSACTION keeps its locks when the session is gone and the server restarts: a locked table is closed to all "
        + "tenants until ROLLBACK PREPARED.",
        Docs + "sql-prepare-transaction.html");

    public override IEnumerable<AuditFinding> Evaluate(DatabaseModel model)
    {
        var database = model.Catalog.Database;
        if (database.PreparedTransactions > 0)
        {
            yield return Found("max_prepared_transactions", $"The server keeps up to {database.PreparedTransactions} prepared transactions.",
                Fix.Person("set max_prepared_transactions = 0 in postgresql.conf and restart the server, unless a transaction manager needs it"));
        }

        foreach (var pending in database.Pending)
        {
            var name = pending.Replace("'", "''", StringComparison.Ordinal).ReplaceLineEndings(" ");
            yield return Found($"'{name}'", "It is prepared and holds its locks.", Fix.Person($"ask whose it is, then: ROLLBACK PREPARED '{name}';"));
        }
    }
}
