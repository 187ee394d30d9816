namespace SmeFinancialOs.Data.Audit;

/// <summary>How a <see cref="MigrationLint"/> works.</summary>
public sealed class MigrationLintOptions
{
    /// <summary>What the audit of the result takes for granted, allows, and knows already.</summary>
    public SchemaAuditOptions Audit { get; init; } = new();

    /// <summary>
    /// Scripts that run before the folder, in this order, and bring no finding of their own: what the folder builds upon.
    /// For the schema of SmeFinancialOs.Data.Schema, with <c>app.protect_table</c>, these are <c>SchemaMigrator.Scripts</c>. An error names the script.
    /// </summary>
    public IReadOnlyList<(string Name, string Text)> Prelude { get; init; } = [];

    /// <summary>
    /// Whether nobody needs the server afterwards: no, unless told otherwise. Then each migration is committed, as a migration tool would, and roles stay
    /// behind; and the policies are evaluated, as <see cref="SchemaAudit"/> does. Otherwise all of them run in one transaction that is rolled back, so that a
    /// server in use loses and gains nothing, and policies are judged by their text alone: see <see cref="MigrationLintReport.NotEvaluated"/>.
    /// </summary>
    public bool DisposableServer { get; init; }

    /// <summary>The name of the throwaway database, for migrations that mention it; null: a name that nobody else has.</summary>
    public string? DatabaseName { get; init; }

    internal void Validate()
    {
        if (Audit is null)
            throw new ArgumentException("Audit must not be null.", nameof(Audit));
        if (DatabaseName is not null && (string.IsNullOrWhiteSpace(DatabaseName) || DatabaseName.Contains('\0')))
            throw new ArgumentException("DatabaseName must be null or a name.", nameof(DatabaseName));
        ArgumentNullException.ThrowIfNull(Prelude);
        if (Prelude.Any(script => string.IsNullOrWhiteSpace(script.Name) || script.Text is null))
            throw new ArgumentException("Prelude has a script without a name or a text.", nameof(Prelude));
        Audit.Validate();
    }
}
