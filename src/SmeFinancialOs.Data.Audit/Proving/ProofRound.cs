using Npgsql;
using SmeFinancialOs.Data.Audit.Catalog;
using SmeFinancialOs.Data.Audit.Probing;
using SmeFinancialOs.Data.Audit.Rules;

namespace SmeFinancialOs.Data.Audit.Proving;

/// <summary>
/// Tries fixes in a transaction that is rolled back, with what was proved before in place. Settings that were never set are looked at first: a session that has
/// set one reads '' ever after.
/// </summary>
internal sealed class ProofRound
{
    private readonly ProbeSession _session;
    private readonly IsolationProbeOptions _options;
    private readonly ProbeCatalog _catalog;
    private readonly ProbeContext _context;
    private readonly Seeder _seeder;
    private readonly ProofQuestions _questions;
    private readonly IReadOnlyList<ProofIdentity> _identities;
    private readonly Dictionary<string, Privileges> _rights;

    private ProofRound(ProbeSession session, IsolationProbeOptions options, ProbeCatalog catalog, ProbeContext context, Seeder seeder, ProofQuestions questions,
        IReadOnlyList<ProofIdentity> identities, Dictionary<string, Privileges> rights)
    {
        (_session, _options, _catalog, _context) = (session, options, catalog, context);
        (_seeder, _questions, _identities, _rights) = (seeder, questions, identities, rights);
    }

    internal static async Task<ProofRound> PrepareAsync(ProbeSession session, IsolationProbeOptions options, IReadOnlyList<SchemaFix> applied)
    {
        foreach (var fix in applied)
            await ApplyAsync(session, fix).ConfigureAwait(false);
        var catalog = await ProbeCatalog.ReadAsync(session, options).ConfigureAwait(false);
        await session.RunAsync("SET LOCAL search_path TO DEFAULT", "SET LOCAL lock_timeout = '30s'").ConfigureAwait(false);
        var context = await ProbeContext.OfAsync(session, options, catalog).ConfigureAwait(false);
        if (!context.Superuser)
            throw new FixProofException("A proof takes a superuser of the proof database, who makes rows of two tenants and acts as every role.");
        var seeder = new Seeder(session, catalog, context, options);
        await seeder.FillAsync(false).ConfigureAwait(false);
        await session.RunAsync("SET CONSTRAINTS ALL DEFERRED").ConfigureAwait(false);
        var changing = await ProofQuestions.ChangingAsync(catalog, session).ConfigureAwait(false);
        var calls = await ProofQuestions.CallsAsync(catalog, context, seeder, session).ConfigureAwait(false);
        var rights = new Dictionary<string, Privileges>();
        var identities = ProofIdentities.Of(catalog.Model, context, options.DemoRoles).ToList();
        foreach (var name in identities.Select(identity => identity.Actor.Rights).Distinct())
            rights.Add(name, await Privileges.ReadAsync(session, name).ConfigureAwait(false));
        return new(session, options, catalog, context, seeder, new(catalog, context, seeder, calls, changing), identities, rights);
    }

    /// <summary>Tries each fix alone. Of those that hold, what the rules find afterwards and did not before; of the others, why they do not.</summary>
    internal async Task<IReadOnlyDictionary<SchemaFix, ProofResult>> RunAsync(IReadOnlyList<SchemaFix> fixes, IProgress<string>? progress)
    {
        var known = await FindAsync().ConfigureAwait(false);
        var results = fixes.ToDictionary(fix => fix, fix => new ProofResult(Unknown(fix, known), []));
        foreach (var identities in _identities.GroupBy(identity => identity.Actor.Tenant is not null).OrderBy(group => group.Key).Select(group =>
            group.ToList()))
        {
            var (before, legitimate) = await BaseAsync(identities).ConfigureAwait(false);
            foreach (var fix in fixes.Where(fix => results[fix].Fault is null))
            {
                progress?.Report(fix.Findings[0].ObjectName);
                results[fix] = await TryAsync(fix, known, identities, before, legitimate).ConfigureAwait(false);
            }
        }
        return results;
    }

    /// <summary>Why nothing can be shown of a fix here; null when it can.</summary>
    private string? Unknown(SchemaFix fix, IReadOnlyList<AuditFinding> known)
    {
        if (fix.Findings.FirstOrDefault(finding => known.All(other => other.Fingerprint != finding.Fingerprint)) is { } missing)
            return $"the proof database does not have the finding {missing.RuleId} {missing.ObjectName}: is it a copy of the schema?";
        var unfilled = _catalog.Model.TenantTables.Where(table => _questions.TargetOf(table) is null).ToList();
        var about = TablesOf(fix).ToHashSet();
        var table = about.Count == 0 ? unfilled.FirstOrDefault() : unfilled.Find(table => about.Contains(table.Name));
        return table is null ? null : $"no rows could be made for {table.Name}: {_seeder.Failures.GetValueOrDefault(table.Oid, "it holds none")}";
    }

    private async Task<(ProofAnswers Before, ProofAnswers Legitimate)> BaseAsync(List<ProofIdentity> identities)
    {
        var before = await AskAsync(identities).ConfigureAwait(false);
        before.MarkChanging(await AskAsync(identities, question => question.IsCall).ConfigureAwait(false));
        var own = await LeavingAsync(_context.Own, [.. identities.Where(identity => identity.HasTenant)]).ConfigureAwait(false);
        var none = await LeavingAsync(null, [.. identities.Where(identity => !identity.HasTenant)]).ConfigureAwait(false);
        return (before, own.With(none));
    }

    /// <summary>With the rows of one tenant alone, or with none.</summary>
    private Task<ProofAnswers> LeavingAsync(string? tenant, List<ProofIdentity> identities, ProofQuestion? only = null) => _session.UndoneAsync(async () =>
    {
        var deletions = _catalog.Model.RootTables.Select(table =>
        {
            var column = _catalog.TenantColumn(table);
            var kept = tenant is null ? "" : $" WHERE {column.Sql} IS DISTINCT FROM {column.Value(_context.Ids.Of(tenant, _catalog.Model.LevelOf(table)))}";
            return $"DELETE FROM {table.Name}{kept}";
        });
        await _session.RunAsync(["SET LOCAL session_replication_role = replica", .. deletions, "SET LOCAL session_replication_role = origin"])
            .ConfigureAwait(false);
        return await AskAsync(identities, question => only is null ? !question.IsWrite : question == only).ConfigureAwait(false);
    });

    private async Task<ProofResult> TryAsync(SchemaFix fix, IReadOnlyList<AuditFinding> known, List<ProofIdentity> identities, ProofAnswers before,
        ProofAnswers legitimate)
    {
        try
        {
            return await _session.UndoneAsync(async () =>
            {
                await ApplyAsync(_session, fix).ConfigureAwait(false);
                var left = await FindAsync().ConfigureAwait(false);
                if (fix.Findings.FirstOrDefault(finding => left.Any(other => other.Fingerprint == finding.Fingerprint)) is { } stays)
                    return new($"the finding {stays.RuleId} {stays.ObjectName} is still there", left);
                // What comes to light at the same object was hidden behind the fault. By message, too: it names the cause and the roles.
                left = [.. left.Where(finding => known.All(other => (other.Fingerprint, other.Message) != (finding.Fingerprint, finding.Message)))];
                if (left.FirstOrDefault(finding => finding.Severity == AuditSeverity.Error
                    && fix.Findings.All(mended => mended.ObjectName != finding.ObjectName)) is { } @new)
                    return new($"it brings the finding {@new.RuleId} {@new.ObjectName}", left);
                var after = await AskAsync(identities).ConfigureAwait(false);
                var about = TablesOf(fix).ToList();
                if (about.Find(table => !after.IsControlled(table, before, legitimate)) is { } uncontrolled)
                    return new($"no role of the app sees its own row of {uncontrolled}, before or after: nothing can be shown", left);
                foreach (var (identity, question, answer, fault) in after.FaultsAgainst(before, legitimate, about))
                {
                    if (question.IsWrite || question.IsShared || !identity.IsApp || identity.HasTenant
                        || !await IsBlindAsync(identity, question, answer).ConfigureAwait(false))
                        return new(fault, left);
                }
                return new ProofResult(null, left);
            }).ConfigureAwait(false);
        }
        catch (PostgresException fault) when (!_session.CancellationToken.IsCancellationRequested)
        {
            return new($"it cannot be applied: {ServerText.Of(fault)} ({fault.SqlState})", []);
        }
    }

    /// <summary>Where no tenant is set: the answer is the same where there are no rows at all.</summary>
    private async Task<bool> IsBlindAsync(ProofIdentity identity, ProofQuestion question, ProofAnswer answer)
    {
        var without = await LeavingAsync(null, [identity], question).ConfigureAwait(false);
        return !answer.IsError && without.Single().Answer == answer;
    }

    /// <summary>The tenant tables that the findings are about, by their names.</summary>
    private IEnumerable<string> TablesOf(SchemaFix fix) => _catalog.Model.TenantTables.Select(table => table.Name)
        .Where(name => fix.Findings.Any(finding => finding.ObjectName == name || finding.ObjectName.EndsWith($" on {name}", StringComparison.Ordinal)));

    private async Task<ProofAnswers> AskAsync(List<ProofIdentity> identities, Func<ProofQuestion, bool>? isAsked = null)
    {
        var answers = new ProofAnswers();
        foreach (var identity in identities)
        {
            foreach (var question in _questions.For(_rights[identity.Actor.Rights]).Where(question => isAsked?.Invoke(question) != false))
                answers.Add(identity, question, await AskAsync(identity, question).ConfigureAwait(false));
        }
        return answers;
    }

    private async Task<ProofAnswer> AskAsync(ProofIdentity identity, ProofQuestion question)
    {
        try
        {
            string[] effect = question.Effect is null ? [] : [.. Actor.Leave, question.Effect];
            var results = await _session.UndoneAsync([.. question.Prepare, .. identity.Actor.Enter, question.Statement, .. effect]).ConfigureAwait(false);
            return new(results[^1][0][0] ?? "", false);
        }
        catch (PostgresException fault) when (!_session.CancellationToken.IsCancellationRequested)
        {
            return new(fault.SqlState, true);
        }
    }

    /// <summary>The rules, by the text of the policies: evaluating them takes sessions of their own, which do not see this transaction.</summary>
    private Task<IReadOnlyList<AuditFinding>> FindAsync() => _session.UndoneAsync(async () =>
    {
        var audit = _options.ToAudit();
        var snapshot = await CatalogReader.ReadInTransactionAsync(_session.Connection, audit, _session.CancellationToken).ConfigureAwait(false);
        return RuleRunner.Run(new DatabaseModel(snapshot, audit), audit).Findings;
    });

    private static async Task ApplyAsync(ProbeSession session, SchemaFix fix)
    {
        var command = new NpgsqlCommand(fix.Sql, session.Connection);
        await using var _ = command.ConfigureAwait(false);
        await command.ExecuteNonQueryAsync(session.CancellationToken).ConfigureAwait(false);
    }
}
