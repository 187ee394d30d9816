using SmeFinancialOs.Data.Audit.Catalog;

namespace SmeFinancialOs.Data.Audit.Judging;

/// <summary>
/// Judges the policies of one table for one role: a hole needs a row that passes, "safe" needs a proof and the own row that passes. All else is not judged.
/// </summary>
internal sealed class TableJudge(DatabaseModel model, JudgingFacts facts, SessionPool sessions, ContextReader contexts, FittingValues values,
    Func<Relation, RoleFacts, Task<Judged>> judgeOther)
{
    private const string BySeal =
        "proved by shape, not evaluated: every way to pass needs the tenant of the sealed context, whose parts are as shipped";

    internal async Task<Judged> JudgeAsync(Relation table, ForeignKey? through, RoleFacts role, CommandPredicates predicates,
        CancellationToken cancellationToken)
    {
        var related = new RelatedTables(model, facts, role, table);
        var closure = new ExpressionClosure(model, predicates.Expressions.Select(item => item.Expression).Concat(related.Expressions).Distinct());
        var owner = new RowOwner(model, table, through);
        var (safe, ofFixedTenant) = (new HashSet<uint>(), new Dictionary<uint, Judged>());
        foreach (var source in related.All.Where(source => model.HasTenants(source.Oid)).ToList())
        {
            var judged = await judgeOther(source, role).ConfigureAwait(false);
            if (judged is { Verdict: PolicyVerdict.Safe, SharedRows: [] })
                safe.Add(source.Oid);
            else if (judged is { Verdict: PolicyVerdict.Safe, IsFixed: true })
                ofFixedTenant.Add(source.Oid, judged);
        }

        // A role for one fixed tenant, such as a demo, sees through its parents what it sees of them.
        var isOfFixedTenant = ofFixedTenant.Count > 0 && safe.Count == 0 && predicates.IsReadOnly;
        if (isOfFixedTenant)
            safe.UnionWith(ofFixedTenant.Keys);
        if (model.IsSealed && SealedProof.Holds(model, table, owner, predicates, safe))
            return new(PolicyVerdict.Safe, BySeal);
        if ((related.Obstacle ?? Obstacle(closure, role)) is { } obstacle)
            return new(PolicyVerdict.NotJudged, obstacle);

        var key = facts.Tables[owner.Root.Oid][model.TenantColumnOf(owner.Root).Name];
        ValueFamily[] families = key.Family switch
        {
            ValueFamily.Other => [],
            ValueFamily.Text => [ValueFamily.Text, ValueFamily.Uuid, ValueFamily.Integer], // a text column may hold the ids of any type
            var family => [family],
        };
        var (level, forms) = (owner.Level, new ValueForms(string.Join('\n', closure.Texts.Select(text => text.Text))));
        Judged? best = null;
        foreach (var family in families)
        {
            var own = SampleIds.OwnTenant(family, level);
            if (!await values.FitsAsync(key.Type, own, cancellationToken).ConfigureAwait(false))
                continue;
            var (given, fault) = model.Context.IsGiven ? await contexts.ReadAsync(level, family, cancellationToken).ConfigureAwait(false)
                : (TenantContexts.OfSetting(model.Context.TenantSetting, forms.Of(own)), null);
            if (given is null)
            {
                best ??= new(PolicyVerdict.NotJudged, fault!);
                continue;
            }

            var states = new SettingStates(given, closure, forms, own).All();
            var judge = new FamilyJudge(model, facts, sessions, values, table, role, predicates, closure, related, safe, owner, family, given, states)
            {
                IsOfFixedTenant = isOfFixedTenant,
            };
            var judgement = await judge.JudgeAsync(cancellationToken).ConfigureAwait(false);
            if (isOfFixedTenant && judgement.Verdict == PolicyVerdict.Safe)
                judgement = judgement with { SharedRows = [.. ofFixedTenant.Values.SelectMany(judged => judged.SharedRows).Distinct()], IsFixed = true };
            if (judgement.Verdict != PolicyVerdict.NotJudged)
                return judgement;
            best ??= judgement;
        }
        return best ?? new(PolicyVerdict.NotJudged, $"no made-up id fits the tenant column {key.Name}, whose type is {key.Type}");
    }

    private string? Obstacle(ExpressionClosure closure, RoleFacts role)
    {
        if (closure.Obstacle is { } obstacle)
            return obstacle;
        if (facts.HasRedefinedCast)
            return "a cast between two types of PostgreSQL calls a function of this database (pg_cast)";
        if (closure.Reader is { } reader)
            return $"a function that it calls reads {closure.BodyReads}, and the policy cannot be evaluated with that: {model.Inlined.ObstacleOf(reader)}";
        var unknown = closure.External.Where(name => !facts.PureFunctions.Contains(name))
            .Select(name => name.Schema is null ? name.Name : $"{name.Schema}.{name.Name}")
            .Order(StringComparer.Ordinal).ToList();
        if (unknown.Count > 0)
            return $"it calls {string.Join(", ", unknown)}, of which it is not known that calling it changes nothing";
        if (!facts.IsSuperuser && !role.MayAct)
            return $"the login of the audit may not SET ROLE to {role.Name}: run it as a superuser, as the login of the app, or as a member of {role.Name}";
        return !facts.IsSuperuser && (closure.Mentions("SESSION_USER") || closure.Mentions("SYSTEM_USER"))
            ? "it depends on SESSION_USER, which only a superuser may change: run the audit as one" : null;
    }
}
