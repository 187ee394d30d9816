using Npgsql;
using SmeFinancialOs.Data.Audit.Catalog;

namespace SmeFinancialOs.Data.Audit.Judging;

/// <summary>Judges every tenant table for every role of the app. Tables with the same policies and the same columns are judged once.</summary>
internal static class PolicyJudging
{
    internal static async Task<IReadOnlyList<PolicyJudgement>> RunAsync(NpgsqlConnection connection, DatabaseModel model,
        Func<CancellationToken, ValueTask<NpgsqlConnection>> open, bool isOwn, CancellationToken cancellationToken)
    {
        var external = new ExpressionClosure(model, model.Policies.SelectMany(policy => policy.Expressions).Select(text => text.Text)).External;
        var facts = await JudgingFactsReader.ReadAsync(connection, model, external, cancellationToken).ConfigureAwait(false);
        var sessions = new SessionPool(open, isOwn, model, facts);
        await using var _ = sessions.ConfigureAwait(false);
        var values = new ValueSet(async (sql, token) =>
        {
            var command = new NpgsqlCommand(sql, connection);
            await using var __ = command.ConfigureAwait(false);
            await command.ExecuteNonQueryAsync(token).ConfigureAwait(false);
        });
        var judge = new TableJudge(model, facts, sessions, values);
        var known = new Dictionary<string, (PolicyVerdict, string)>();
        var judgements = new List<PolicyJudgement>();
        foreach (var table in model.TenantTables.OrderBy(table => table.Name, StringComparer.Ordinal))
        {
            foreach (var role in facts.Roles.Values.OrderBy(role => role.Name, StringComparer.Ordinal))
            {
                var (verdict, reason) = await JudgeAsync(table, role).ConfigureAwait(false);
                judgements.Add(new(table.Name, Identifier.Quote(role.Name), verdict, reason));
            }
        }
        return judgements;

        async Task<(PolicyVerdict, string)> JudgeAsync(Relation table, RoleFacts role)
        {
            var commands = facts.Commands.GetValueOrDefault((table.Oid, role.Oid), "");
            if (commands.Length == 0)
                return (PolicyVerdict.Closed, "the role has no privilege");
            if (Exemption(table, role) is { } exemption)
                return (PolicyVerdict.Hole, exemption);
            var predicates = CommandPredicates.Compose(model.PoliciesOf(table).Select(policy => policy.Policy), role.Applies, commands);
            if (predicates.Expressions.Count == 0)
                return (PolicyVerdict.Closed, "no permissive policy allows the role what it has a privilege for");
            var shape = Shape(table, role, predicates, facts.Tables[table.Oid], model);
            if (!known.TryGetValue(shape, out var judged))
            {
                try
                {
                    judged = await judge.JudgeAsync(table, role, predicates, cancellationToken).ConfigureAwait(false);
                }
                catch (UnsetUnknownException fault)
                {
                    judged = (PolicyVerdict.NotJudged, fault.Message);
                }
                known.Add(shape, judged);
            }
            return judged;
        }
    }

    private static string? Exemption(Relation table, RoleFacts role) =>
        !table.RowSecurity ? "row-level security is off"
        : role.IsExempt ? "no policy binds the role: it is a superuser or has BYPASSRLS"
        : !table.Forced && role.Usable.Contains(table.Owner) ? "the role has the rights of the table's owner, and row-level security is not forced" : null;

    private static string Shape(Relation table, RoleFacts role, CommandPredicates predicates, TableFacts facts, DatabaseModel model) => string.Join('\u0001',
    [
        role.Name, model.TenantColumnOf(table).Name, .. predicates.Expressions.Select(item => $"{item.Command}:{item.Expression}"), .. facts.Checks,
        .. facts.Columns.Where(column => Matters(column, predicates, facts) || column.Name == model.TenantColumnOf(table).Name)
            .Select(column => $"{column} {string.Join(',', column.Labels)}"),
        predicates.Expressions.Any(item => item.Expression.Contains(table.PlainName, StringComparison.Ordinal)) ? table.Name : "",
    ]);

    private static bool Matters(ColumnFacts column, CommandPredicates predicates, TableFacts facts) => facts.Columns.Any(other => other.Generated is not null)
        || predicates.Expressions.Any(item => item.Expression.Contains(column.Name, StringComparison.Ordinal))
        || facts.Checks.Any(check => check.Contains(column.Name, StringComparison.Ordinal));
}
