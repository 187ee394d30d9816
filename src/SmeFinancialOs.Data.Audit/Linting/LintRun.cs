using Npgsql;
using SmeFinancialOs.Data.Audit.Catalog;
using SmeFinancialOs.Data.Audit.Rules;

namespace SmeFinancialOs.Data.Audit.Linting;

/// <summary>
/// Applies one migration after another and audits after each: the migration that brought a fault is the last one before which it was not there.
/// </summary>
internal sealed class LintRun(ThrowawayDatabase database, MigrationFolder folder, MigrationLintOptions options)
{
    private readonly NpgsqlConnection _connection = database.Connection;
    private readonly Dictionary<string, string> _broughtBy = [];
    private readonly List<MigrationLintError> _errors = [];
    private HashSet<string> _known = [];

    internal async Task<MigrationLintReport> RunAsync(IProgress<string>? progress, CancellationToken cancellationToken)
    {
        var runner = new MigrationRunner(_connection, options.DisposableServer, _errors, cancellationToken);
        await runner.BeginAsync().ConfigureAwait(false);
        foreach (var (name, text) in options.Prelude)
            await runner.ApplyAsync(new Migration(name, text)).ConfigureAwait(false);
        await runner.CreateRolesAsync(MissingRoles.Of(options, folder)).ConfigureAwait(false);
        await runner.CommitAsync().ConfigureAwait(false);

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
            [.. folder.Migrations.Select(migration => migration.Path)], folder.Skipped, folder.NotSql, _errors, report, options.DisposableServer);
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

    /// <summary>
    /// What was committed is judged like any other database. Where nothing may be committed the rules look within the transaction of the migrations, which
    /// keeps its settings. Policies are not evaluated there: that takes sessions that have never set the tenant, and a setting that was set once in a session
    /// stays '' after a rollback.
    /// </summary>
    private async Task<AuditReport> AuditAsync(CancellationToken cancellationToken)
    {
        if (options.DisposableServer)
            return await new SchemaAudit(database.OpenAsync, options.Audit).RunAsync(cancellationToken).ConfigureAwait(false);
        await _connection.RunAsync("SAVEPOINT audit", cancellationToken).ConfigureAwait(false);
        var snapshot = await CatalogReader.ReadInTransactionAsync(_connection, options.Audit, cancellationToken).ConfigureAwait(false);
        await _connection.RunAsync("ROLLBACK TO SAVEPOINT audit; RELEASE SAVEPOINT audit", cancellationToken).ConfigureAwait(false);
        return RuleRunner.Run(new DatabaseModel(snapshot, options.Audit), options.Audit);
    }
}
