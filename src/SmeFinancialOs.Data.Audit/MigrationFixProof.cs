using SmeFinancialOs.Data.Audit.Catalog;
using SmeFinancialOs.Data.Audit.Fixes;
using SmeFinancialOs.Data.Audit.Linting;
using SmeFinancialOs.Data.Audit.Proving;

namespace SmeFinancialOs.Data.Audit;

/// <summary>
/// Proves fixes in a throwaway database that is made from a folder of migrations, as <see cref="MigrationLint"/> makes it. Leaves no database behind. Safe for
/// concurrent use.
/// </summary>
public sealed class MigrationFixProof
{
    private readonly AuditConnection _server;
    private readonly MigrationLintOptions _lint;
    private readonly IsolationProbeOptions _options;

    /// <summary>Prepares proofs on a server; connects to nothing yet.</summary>
    /// <param name="serverConnectionString">A superuser of a server that nobody needs afterwards: the migrations are committed there.</param>
    /// <param name="lint">What runs before the folder, and what the audit takes for granted. Must say that the server is disposable.</param>
    /// <param name="options">How the fixes are tried; null: as for this library's own schema.</param>
    /// <exception cref="ArgumentException">The connection string is blank, malformed or names no host, the server is not said to be disposable, or an option
    /// cannot be used.</exception>
    public MigrationFixProof(string serverConnectionString, MigrationLintOptions lint, IsolationProbeOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(lint);
        (_lint, _options) = (lint, options ?? new());
        _lint.Validate();
        if (!_lint.DisposableServer)
            throw new ArgumentException("A proof commits the migrations and leaves their roles behind: DisposableServer must be set.", nameof(lint));
        _options.Validate();
        _server = new AuditConnection(serverConnectionString);
    }

    /// <summary>Applies the migrations, and tries the fixes that the rules take for safe.</summary>
    /// <param name="directory">Where the SQL migrations are, in it or below.</param>
    /// <param name="audited">The database that the fixes are for, which is only read; null: they are for the schema of the folder itself.</param>
    /// <param name="progress">Told each migration before it runs, and the object of each fix before it is tried; may be null.</param>
    /// <param name="cancellationToken">Ends the work; the throwaway database goes all the same.</param>
    /// <exception cref="ArgumentException">The directory is blank.</exception>
    /// <exception cref="DirectoryNotFoundException">There is no such directory.</exception>
    /// <exception cref="MigrationLintException">The directory holds no migration in SQL, or one of them failed: the schema would be incomplete.</exception>
    /// <exception cref="FixProofException">The schema of the folder and that of the audited database differ in what the fixes touch: the message says how. Or
    /// the login of the server is no superuser.</exception>
    /// <exception cref="IsolationProbeException">The folder makes no tenant table, or contexts are sealed in a way that the proof cannot follow.</exception>
    /// <exception cref="TenantSchemaException">An option names a table that a database does not have, or the context cannot be set.</exception>
    /// <exception cref="AuditConnectionException">The server cannot be reached, is older than 15, or refuses the login.</exception>
    /// <exception cref="Npgsql.NpgsqlException">A connection was lost, or the audited database cannot be reached.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public async Task<MigrationFixReport> RunAsync(string directory, SchemaAudit? audited = null, IProgress<string>? progress = null,
        CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(directory);
        var folder = MigrationFolder.Read(directory);
        var known = audited is null ? null : await ProofSchema.ReadAsync(audited, cancellationToken).ConfigureAwait(false);
        var database = await ThrowawayDatabase.CreateAsync(_server, _lint.DatabaseName, cancellationToken).ConfigureAwait(false);
        await using var _ = database.ConfigureAwait(false);
        var lint = await new LintRun(database, folder, _lint).RunAsync(progress, cancellationToken).ConfigureAwait(false);
        if (lint.Errors is [var error, ..])
            throw MigrationLintException.Of(error, null);

        // What an empty database or the prelude has is no fault of the folder. A fix that names the throwaway database is of no use elsewhere.
        var findings = (known?.Report.Findings ?? [.. lint.Findings.Select(found => found.Finding)])
            .Where(finding => known is not null || _lint.DatabaseName is not null || !finding.Fix.Contains(database.Name, StringComparison.Ordinal)).ToList();
        if (known is not null)
        {
            var made = await ProofSchema.ReadAsync(new SchemaAudit(database.OpenAsync, _lint.Audit), cancellationToken).ConfigureAwait(false);
            known.RequireSame(made, FixPlan.Of(findings.Where(finding => finding.IsFixSafe)));
        }
        var proof = await new FixProof(database.OpenAsync, _options).RunAsync(findings, progress, cancellationToken).ConfigureAwait(false);
        return new(known?.Report ?? lint.Audit, findings, proof);
    }
}
