namespace SmeFinancialOs.Data.Audit;

/// <summary>What a folder of migrations amounts to.</summary>
public sealed class MigrationLintReport
{
    internal MigrationLintReport(IReadOnlyList<MigrationLintFinding> findings, IReadOnlyList<AuditSuppression> suppressed,
        IReadOnlyList<string> applied, IReadOnlyList<string> skipped, IReadOnlyList<string> notSql, IReadOnlyList<MigrationLintError> errors,
        AuditReport audit, bool isEvaluated)
    {
        Findings = findings;
        Suppressed = suppressed;
        Applied = applied;
        Skipped = skipped;
        NotSql = notSql;
        Errors = errors;
        Audit = audit;
        ServerVersion = audit.ServerVersion;
        NotEvaluated = isEvaluated || audit.TenantTableCount == 0 ? null
            : "The policies were judged by their text alone, so a hole that shows only when they are evaluated was not looked for: the server is in use, "
                + "nothing was committed, and other sessions do not see the schema. Let the lint start a server of its own, or say that the server is "
                + "disposable.";
    }

    /// <summary>
    /// The statements that did not run, in order; empty when all of them did. With one, the schema is incomplete, and the findings hold for what was built:
    /// an empty list of findings is no clean one.
    /// </summary>
    public IReadOnlyList<MigrationLintError> Errors { get; }

    /// <summary>
    /// The audit of the finished schema, with its judgements of the policies, how much was looked at, and the findings that the prelude or an empty database
    /// has.
    /// </summary>
    public AuditReport Audit { get; }

    /// <summary>
    /// Why no policy was evaluated, and what to do about it; null when they were, or no table is a tenant table. Then a hole that only evaluation finds may be
    /// there. The server was not a disposable one.
    /// </summary>
    public string? NotEvaluated { get; }

    /// <summary>The faults that the migrations brought and did not mend, the worst first. What an empty database has already is no fault of theirs.</summary>
    public IReadOnlyList<MigrationLintFinding> Findings { get; }

    /// <summary>What an allowance or the baseline left out.</summary>
    public IReadOnlyList<AuditSuppression> Suppressed { get; }

    /// <summary>The files that ran, in order, relative to the folder, with forward slashes.</summary>
    public IReadOnlyList<string> Applied { get; }

    /// <summary>The SQL files that did not run, because they undo or verify others.</summary>
    public IReadOnlyList<string> Skipped { get; }

    /// <summary>
    /// Migrations of EF Core, FluentMigrator, Alembic, Django, Rails, TypeORM, Sequelize or Knex in the folder, which are programs and did not run: a sentence
    /// for each tool, with the command that writes SQL.
    /// </summary>
    public IReadOnlyList<string> NotSql { get; }

    /// <summary>The version of the server, such as 18.4.</summary>
    public Version ServerVersion { get; }
}
