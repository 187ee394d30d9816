using Npgsql;

namespace SmeFinancialOs.Data.Audit.Tests.Mutations;

/// <summary>Applies mutations, one for each table at a time, and asks the truth query, the audit and, where the audit does not answer, the probe.</summary>
internal sealed class MutationRun
{
    private readonly MutatedSchema _schema;
    private readonly NpgsqlConnection _connection;
    private readonly TruthQuery _truth;
    private readonly HashSet<string> _unmutated;

    private MutationRun(MutatedSchema schema, NpgsqlConnection connection, TruthQuery truth, HashSet<string> unmutated)
    {
        _schema = schema;
        _connection = connection;
        _truth = truth;
        _unmutated = unmutated;
    }

    /// <summary>stride: 1 for every mutation of each table. Else each table gets one of so many, so that each mutation is made on some of the tables.</summary>
    internal static async Task<List<MutationResult>> RunAsync(MutatedSchema schema, int stride)
    {
        await using var connection = await Sql.OpenAsync(schema.ConnectionString, Sql.Cancel);
        var truth = await TruthQuery.PrepareAsync(connection, schema);
        var run = new MutationRun(schema, connection, truth, await truth.AskAsync());
        // The measure itself: without a mutation each tenant reads and writes its own rows, nobody anything else, and the audit says nothing.
        foreach (var table in schema.Keys.Keys)
            run._unmutated.Should().Contain([$"{table}|tenant_role|A|select|A", $"{table}|tenant_role|A|update|A", $"{table}|tenant_role|A|insert|A"]);
        run._unmutated.Where(answer => Truth.IsForeign(answer) && !answer.Contains("|demo_role|", StringComparison.Ordinal)).Should().BeEmpty();
        (await run.AuditAsync()).Should().BeEmpty();

        var results = new List<MutationResult>();
        var mutations = await SchemaMutations.OfAsync(connection, schema);
        var tables = mutations.Where(mutation => mutation.Table is not null).GroupBy(mutation => mutation.Table)
            .Select((table, offset) => table.Where((_, i) => (i + offset) % stride == 0).ToList()).ToList();
        for (var i = 0; i < tables.Max(table => table.Count); i++)
            results.AddRange(await run.TryAsync([.. tables.Where(table => i < table.Count).Select(table => table[i])]));
        foreach (var mutation in mutations.Where(mutation => mutation.Table is null))
            results.AddRange(await run.TryAsync([mutation]));

        (await truth.AskAsync()).Should().BeEquivalentTo(run._unmutated, "each mutation was taken back");
        return results;
    }

    private async Task<List<MutationResult>> TryAsync(IReadOnlyList<Mutation> round)
    {
        foreach (var mutation in round)
            await _connection.RunAsync(mutation.Sql);
        var answers = await _truth.AskAsync();
        var findings = await AuditAsync();
        List<MutationResult> results = [.. round.Select(mutation => ResultOf(mutation, answers, findings))];
        if (results.Any(result => result is { Effect: Effect.Effective, IsFound: false } || (_schema.ProbesLossy && result.IsSilentLoss)))
        {
            var report = await new IsolationProbe(_schema.ConnectionString, _schema.Probe).RunAsync(null, Sql.Cancel);
            results = [.. results.Select(result => result with { Probe = WordOf(report, result.Mutation) })];
        }
        foreach (var mutation in round)
            await _connection.RunAsync(mutation.Undo);
        return results;
    }

    private MutationResult ResultOf(Mutation mutation, HashSet<string> answers, IReadOnlyList<AuditFinding> findings)
    {
        var before = _unmutated.Where(answer => IsOf(mutation, Truth.TableOf(answer))).ToList();
        var after = answers.Where(answer => IsOf(mutation, Truth.TableOf(answer))).ToList();
        var said = findings.Where(finding => mutation.Table is not { } table || finding.ObjectName == table
            || finding.ObjectName.EndsWith($" on {table}", StringComparison.Ordinal)).ToLookup(finding => finding.Severity == AuditSeverity.Error);
        var example = after.Except(before).OrderBy(Truth.IsForeign).LastOrDefault() ?? before.Except(after).FirstOrDefault() ?? "";
        return new(mutation, Truth.Compare(before, after), [.. said[true].Select(finding => finding.RuleId).Distinct()],
            [.. said[false].Select(finding => finding.RuleId).Distinct()], null, example);
    }

    private static bool IsOf(Mutation mutation, string table) => mutation.Table is null || mutation.Table == table;

    private static ProbeWord WordOf(IsolationReport report, Mutation mutation)
    {
        if (report.Breaches.Any(breach => IsOf(mutation, breach.ObjectName)))
            return ProbeWord.Breach;
        return report.Skipped.Any(skipped => IsOf(mutation, skipped.ObjectName)) ? ProbeWord.NotProbed : ProbeWord.Held;
    }

    private async Task<IReadOnlyList<AuditFinding>> AuditAsync() =>
        (await new SchemaAudit(_schema.ConnectionString, _schema.Audit).RunAsync(Sql.Cancel)).Findings;
}
