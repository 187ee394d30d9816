namespace SmeFinancialOs.Data.Audit;

/// <summary>SQL that mends one or more findings at once: all that a policy needs is one ALTER POLICY.</summary>
public sealed class SchemaFix
{
    internal SchemaFix(string sql, IReadOnlyList<AuditFinding> findings) => (Sql, Findings) = (sql, findings);

    /// <summary>One or more statements.</summary>
    public string Sql { get; }

    /// <summary>What it mends; at least one.</summary>
    public IReadOnlyList<AuditFinding> Findings { get; }

    /// <summary>Whether the rules of all findings take it for safe (<see cref="AuditFinding.IsFixSafe"/>). A <see cref="FixProof"/> tells more.</summary>
    public bool IsSafe => Findings.All(finding => finding.IsFixSafe);
}
