using Npgsql;
using SmeFinancialOs.Data.Audit.Catalog;
using SmeFinancialOs.Data.Audit.Fixes;
using SmeFinancialOs.Data.Audit.Probing;
using SmeFinancialOs.Data.Audit.Proving;

namespace SmeFinancialOs.Data.Audit;

/// <summary>
/// Shows that fixes are safe, or that they are not: applies them to a copy of the schema, with rows of two tenants in every table, and compares what each role
/// reads and writes before and after. No foreign row more, every own row still there, and whatever worked and was legitimate still works. Safe for concurrent
/// use.
/// </summary>
/// <remarks>
/// Everything happens in transactions that are rolled back. They take the locks of the fixes, and call the functions that the app may call: use a database that
/// nobody else works on, such as one made from <c>pg_dump --schema-only</c>.
/// </remarks>
public sealed class FixProof
{
    private const int MostRounds = 5;

    private readonly Func<CancellationToken, ValueTask<NpgsqlConnection>> _open;
    private readonly IsolationProbeOptions _options;

    /// <summary>Prepares proofs in a database; connects to nothing yet.</summary>
    /// <param name="connectionString">A superuser of the proof database.</param>
    /// <param name="options">Null: those of this library's own schema.</param>
    /// <exception cref="ArgumentException">The connection string is blank, malformed or names no host, or an option cannot be used.</exception>
    public FixProof(string connectionString, IsolationProbeOptions? options = null)
    {
        _options = options ?? new();
        _options.Validate();
        var database = new AuditConnection(connectionString);
        _open = async cancellationToken => await database.OpenAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <summary>open: makes a new connection. The options were checked.</summary>
    internal FixProof(Func<CancellationToken, ValueTask<NpgsqlConnection>> open, IsolationProbeOptions options) => (_open, _options) = (open, options);

    /// <summary>
    /// Tries the fixes that the rules of a report take for safe: each alone, then all that held together, and those that come to light behind them.
    /// </summary>
    /// <param name="report">Of the database that the fixes are for.</param>
    /// <param name="progress">Told the object of each fix before it is tried; may be null.</param>
    /// <param name="cancellationToken">Ends the proof; the transaction is rolled back all the same.</param>
    /// <exception cref="ArgumentNullException">The report is null.</exception>
    /// <exception cref="FixProofException">The login of the proof database is no superuser.</exception>
    /// <exception cref="IsolationProbeException">The proof database has no tenant table, or contexts are sealed in a way that the proof cannot
    /// follow.</exception>
    /// <exception cref="TenantSchemaException">An option names a table that the proof database does not have, or the context cannot be set.</exception>
    /// <exception cref="AuditConnectionException">The server cannot be reached, is older than 15, or refuses the login.</exception>
    /// <exception cref="Npgsql.NpgsqlException">The connection was lost.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public Task<FixProofReport> RunAsync(AuditReport report, IProgress<string>? progress = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(report);
        cancellationToken.ThrowIfCancellationRequested();
        return RunAsync(report.Findings, progress, cancellationToken);
    }

    /// <summary>The same, where each fix was tried alone elsewhere.</summary>
    internal Task<FixProofReport> RunTogetherAsync(AuditReport report, CancellationToken cancellationToken) =>
        RunAsync(report.Findings, null, cancellationToken, isEachTried: true);

    internal async Task<FixProofReport> RunAsync(IReadOnlyList<AuditFinding> findings, IProgress<string>? progress, CancellationToken cancellationToken,
        bool isEachTried = false)
    {
        var (proved, unproved) = (new List<SchemaFix>(), new List<UnprovedFix>());
        var seen = findings.Select(finding => finding.Fingerprint).ToHashSet();
        var candidates = FixPlan.Of(findings.Where(finding => finding.IsFixSafe));
        for (var round = 0; round < MostRounds && candidates.Count > 0; round++)
        {
            var alone = isEachTried ? candidates.ToDictionary(fix => fix, _ => new ProofResult(null, []))
                : await RoundAsync(proved, candidates, progress, cancellationToken).ConfigureAwait(false);
            unproved.AddRange(alone.Where(result => result.Value.Fault is not null).Select(result => new UnprovedFix(result.Key, result.Value.Fault!)));
            var held = alone.Where(result => result.Value.Fault is null).Select(result => result.Key).ToList();
            var left = held.Count == 1 && !isEachTried ? alone[held[0]].Left
                : await TogetherAsync(proved, held, unproved, progress, cancellationToken).ConfigureAwait(false);
            proved.AddRange(held);
            candidates = FixPlan.Of(left.Where(finding => finding.IsFixSafe && seen.Add(finding.Fingerprint)));
        }
        return new(proved, unproved);
    }

    /// <summary>What held alone has to hold together, too. From the last one on, what does not is left out. The result: what the rules find then.</summary>
    private async Task<IReadOnlyList<AuditFinding>> TogetherAsync(IReadOnlyList<SchemaFix> applied, List<SchemaFix> held, List<UnprovedFix> unproved,
        IProgress<string>? progress, CancellationToken cancellationToken)
    {
        while (held.Count > 0)
        {
            var all = new SchemaFix(string.Join('\n', held.Select(fix => fix.Sql)), [.. held.SelectMany(fix => fix.Findings)]);
            var result = (await RoundAsync(applied, [all], progress, cancellationToken).ConfigureAwait(false))[all];
            if (result.Fault is null)
                return result.Left;
            unproved.Add(new(held[^1], $"together with the others: {result.Fault}"));
            held.RemoveAt(held.Count - 1);
        }
        return [];
    }

    private async Task<IReadOnlyDictionary<SchemaFix, ProofResult>> RoundAsync(IReadOnlyList<SchemaFix> applied, IReadOnlyList<SchemaFix> candidates,
        IProgress<string>? progress, CancellationToken cancellationToken)
    {
        var connection = await _open(cancellationToken).ConfigureAwait(false);
        await using var _ = connection.ConfigureAwait(false);
        var transaction = await connection.BeginTransactionAsync(cancellationToken).ConfigureAwait(false);
        // Never committed: disposing rolls it back, and so does the server when the connection is lost.
        await using var __ = transaction.ConfigureAwait(false);
        var round = await ProofRound.PrepareAsync(new ProbeSession(connection, cancellationToken), _options, applied).ConfigureAwait(false);
        return await round.RunAsync(candidates, progress).ConfigureAwait(false);
    }
}
