namespace SmeFinancialOs.Data.Audit;

/// <summary>A fault that a folder of migrations leaves behind, and the migration that brought it.</summary>
public sealed class MigrationLintFinding
{
    internal MigrationLintFinding(AuditFinding finding, string migration)
    {
        Finding = finding;
        Migration = migration;
    }

    /// <summary>What the audit found when all migrations had run.</summary>
    public AuditFinding Finding { get; }

    /// <summary>The file with which the fault came, relative to the folder, with forward slashes; the last one when it came more than once.</summary>
    public string Migration { get; }
}
