using Npgsql;
using SmeFinancialOs.Data.Audit.Catalog;
using SmeFinancialOs.Data.Audit.Rules;

namespace SmeFinancialOs.Data.Audit.Linting;

/// <summary>
/// Applies one migration after another and audits after each: the migration that brought a fault is the last one before which it was not there.
/// </summary>
internal sealed class LintRun(NpgsqlConnection connection, MigrationFolder folder, MigrationLintOptions options)
{
    private readonly Dictionary<string, string> _broughtBy = [];
    private HashSet<string> _known = [];

    internal async Task<MigrationLintReport> RunAsync(IProgress<string>? progress, CancellationToken cancellationToken)
    {
        var runner = new MigrationRunner(connection, options.DisposableServer, cancellationToken);
        await runner.BeginAsync().ConfigureAwait(false);
        foreach (var (name, text) in options.Prelude)
            await runner.ApplyAsync(new Migration(name, text)).ConfigureAwait(false);
        await runner.CreateRolesAsync(MissingRoles.Of(options, folder)).ConfigureAwait(false);

        var report = await AuditAsync(cancellationToken).ConfigureAwait(false);
        _known = Present(report);
        foreach (var migration in folder.Migrations)
        {
            progress?.Report(migration.Path);
            await runner.ApplyAsync(migration).ConfigureAwait(false);
            report = await AuditAsync(cancellationToken).ConfigureAwait(false);
            Attribute(Present(report), migration.Path);
        }

        return new([.. report.Findings.Where(IsOfFolder).Select(finding => new MigrationLintFinding(finding, _broughtBy[finding.Fingerprint]))],
            [.. report.Suppressed.Where(suppression => IsOfFolder(suppression.Finding))],
            [.. folder.Migrations.Select(migration => migration.Path)], folder.Skipped, report.ServerVersion);
    }

    private void Attribute(HashSet<string> present, string migration)
    {
        foreach (var gone in _known.Except(present))
            _broughtBy.Remove(gone);
        foreach (var come in present.Except(_known))
            _broughtBy[come] = migration;
        _known = present;
    }

    /// <summary>What an empty database has, such as TEMP for PUBLIC, is for an audit of the real one.</summary>
    private bool IsOfFolder(AuditFinding finding) => _broughtBy.ContainsKey(finding.Fingerprint);

    private static HashSet<string> Present(AuditReport report) =>
        [.. report.Findings.Concat(report.Suppressed.Select(s => s.Finding)).Select(finding => finding.Fingerprint)];

    /// <summary>Within the transaction of the migrations, which keeps its settings.</summary>
    private async Task<AuditReport> AuditAsync(CancellationToken cancellationToken)
    {
        await connection.RunAsync("SAVEPOINT audit", cancellationToken).ConfigureAwait(false);
        var snapshot = await CatalogReader.ReadInTransactionAsync(connection, options.Audit, cancellationToken).ConfigureAwait(false);
        await connection.RunAsync("ROLLBACK TO SAVEPOINT audit; RELEASE SAVEPOINT audit", cancellationToken).ConfigureAwait(false);
        return RuleRunner.Run(new DatabaseModel(snapshot, options.Audit), options.Audit);
    }
}
