using SmeFinancialOs.Data.Audit.Catalog;
using SmeFinancialOs.Data.Audit.Expressions;

namespace SmeFinancialOs.Data.Audit.Judging.Queries;

/// <summary>
/// Judges what queries show and write of tenant tables. Each use of a table must be proved: by its own conditions, judged as if they were the table's
/// policy, or because it is tied to a use that is proved. A hole is a use whose rows are returned, where a row of another tenant meets all conditions of it.
/// </summary>
internal sealed class QueryJudge(DatabaseModel model, JudgingFacts facts, TableJudge judge)
{
    private readonly ColumnResolver _columns = new(model);

    /// <param name="query">What was read.</param>
    /// <param name="role">Who asks.</param>
    /// <param name="owner">With whose rights the tables are read.</param>
    /// <param name="view">What may be done with the rows of a view: the letters of pg_policy, and whether new rows are checked. Null for a function.</param>
    /// <param name="isCertain">Whether the queries are executed whatever happens.</param>
    /// <param name="isRaw">Written by a person, rather than printed by PostgreSQL.</param>
    /// <param name="cancellationToken">Cancels the judging.</param>
    internal async Task<Judged> JudgeAsync(QueryReader query, RoleFacts role, RoleFacts owner, ViewFacts? view, bool isCertain, bool isRaw,
        CancellationToken cancellationToken)
    {
        var ties = new TenantTies(model, facts, _columns, query.Conditions);
        var uses = query.Uses.FindAll(use => model.HasTenants(use.Table!.Oid));
        if (query.Uses.Find(use => !use.Table!.IsTable || (!uses.Contains(use) && TenantReach.IsOfTenants(model, use.Table.Oid))) is { Table: { } unknown })
            return NotJudged($"it reads {unknown.Name}, of which it is not known whose its rows are");
        var proved = new HashSet<FromItem>();
        var proofs = new Dictionary<FromItem, Judged>();
        foreach (var use in uses.Where(use => model.IsTenantTable(use.Table!.Oid)))
        {
            var conditions = ConditionsOf(query, use, isRaw);
            var write = query.Writes.Find(write => write.Target == use);
            if (write is null && view is null && !owner.IsBound(use.Table!)
                && !conditions.Exists(item => item.Sql is not null && NamesTenant(item.Condition, use)))
                continue; // a tie may prove it
            var judged = await JudgeUseAsync(use, conditions, role, owner, view, write, isRaw, cancellationToken).ConfigureAwait(false);
            proofs[use] = judged;
            if (judged is { Verdict: PolicyVerdict.Safe, SharedRows: [] } or { Verdict: PolicyVerdict.Closed })
                proved.Add(use);
        }

        ties.Complete(proved, uses);
        foreach (var use in uses.Where(use => !proved.Contains(use)))
        {
            var conditions = ConditionsOf(query, use, isRaw);
            if (!proofs.TryGetValue(use, out var judged) && model.IsTenantTable(use.Table!.Oid))
                judged = await JudgeUseAsync(use, conditions, role, owner, view, null, isRaw, cancellationToken).ConfigureAwait(false);
            var isWitnessed = judged is { Verdict: PolicyVerdict.Hole } or { SharedRows.Count: > 0 } && isCertain && use.Select.IsReturned
                && conditions.TrueForAll(item => item.Sql is not null || IsIndependent(item.Condition, use))
                && !proved.Any(other => ties.AreConnected(use, other));
            isWitnessed &= !query.Conditions.Exists(condition => Encloses(condition.Select, use.Select) && Concerns(condition, use));
            var name = use.Name == use.Table!.PlainName ? use.Table.Name : $"{use.Table.Name} {use.Name}";
            return new(isWitnessed ? PolicyVerdict.Hole : PolicyVerdict.NotJudged, judged is null ? $"nothing ties {name} to a row of the tenant"
                : uses.Count == 1 ? judged.Reason : $"its use of {name}: {judged.Reason}");
        }
        return proofs.Values.FirstOrDefault(proof => proof.Verdict == PolicyVerdict.Safe) ?? proofs.Values.FirstOrDefault()
            ?? NotJudged("it uses no table of tenants that is known");
    }

    private static Judged NotJudged(string reason) => new(PolicyVerdict.NotJudged, reason);

    /// <summary>Behind a LIMIT, a GROUP BY or a window, a condition may hold the rows to the tenant all the same, or may not.</summary>
    private bool Concerns(Condition condition, FromItem use) => _columns.UsesIn(condition)?.Contains(use) == true
        || (condition.Equal is var (left, right, select)
            && (_columns.Resolve(left, condition.Select)?.Use == use || _columns.Resolve(right, select)?.Use == use));

    private static bool Encloses(Select outer, Select inner) =>
        outer.Items.Exists(item => item.Branches.Any(branch => branch == inner || Encloses(branch, inner)));

    private bool NamesTenant(Condition condition, FromItem use) => ColumnResolver.Mentions(condition.Text, model.TenantColumnOf(use.Table!).Name);

    /// <summary>Those that bind the use; Sql is null for one that depends on more than its row and the settings.</summary>
    private List<(Condition Condition, string? Sql)> ConditionsOf(QueryReader query, FromItem use, bool isRaw) =>
        [.. query.Conditions.Where(condition => condition.Binds.Contains(use)).Select(condition => (condition, _columns.Write(condition, use) is { } sql
            ? isRaw ? CanonicalQuery.Expression(SqlText.Of(sql)) : $"({sql})" : null))];

    /// <summary>Rows of any tenant may meet it: it is about other uses, or about tables that have no rows of tenants and not about the tenant.</summary>
    private bool IsIndependent(Condition condition, FromItem use) => _columns.UsesIn(condition) is { } named && (!named.Contains(use)
        || (!NamesTenant(condition, use) && named.All(other => other == use || !model.HasTenants(other.Table!.Oid))));

    private async Task<Judged> JudgeUseAsync(FromItem use, List<(Condition Condition, string? Sql)> conditions, RoleFacts role, RoleFacts owner,
        ViewFacts? view, Write? write, bool isRaw, CancellationToken cancellationToken)
    {
        var table = use.Table!;
        var condition = string.Join(" AND ", conditions.Select(item => item.Sql).OfType<string>().DefaultIfEmpty("true"));
        if (owner.IsBound(table))
        {
            var policies = model.Inlined.Of(table.Oid).ToList();
            if (view is { Commands: not "r" } || policies.Exists(policy => policy.Reads.Length > 0 || policy.Inlined.Count > 0))
                return NotJudged($"policies bind its owner {owner.Name} that read other tables, or rows are written through it");
            var bound = CommandPredicates.Compose(policies, owner.Applies, "r").Expressions;
            condition = bound.Count == 0 ? "false" : $"({condition}) AND ({bound[0].Expression})";
        }

        var commands = view?.Commands ?? "r";
        if (commands != "r" && conditions.Exists(item => item.Sql is null))
            return NotJudged("rows are written through it, and its condition depends on other tables");
        var check = view is null || view.IsChecked ? condition : "true";
        if (write is not null)
        {
            commands = $"{write.Command}";
            if (write.NewTenant is { } value)
            {
                var sql = _columns.Write(value, write.Select, use);
                if ((isRaw && sql is not null ? CanonicalQuery.Expression(SqlText.Of(sql)) : sql) is not { } written)
                    return NotJudged($"it is not known which tenant it writes to {table.Name}: {value.Text}");
                check = $"{Identifier.Quote(table.PlainName)}.{model.TenantColumnOf(table).Sql} = {written}";
            }
        }
        var predicates = CommandPredicates.OfView(condition, check, commands);
        return predicates.Expressions.Count == 0 ? new(PolicyVerdict.Closed, "its condition lets nothing pass")
            : await judge.JudgeAsync(table, null, role, predicates, cancellationToken).ConfigureAwait(false);
    }
}
