using SmeFinancialOs.Data.Audit.Catalog;
using SmeFinancialOs.Data.Audit.Expressions;

namespace SmeFinancialOs.Data.Audit.Judging;

/// <summary>A row of another tenant cannot pass where some condition that ties it to the tenant must hold, whatever everything else is.</summary>
internal sealed class TenantProof(DatabaseModel model, TableFacts facts, Relation table, RowOwner owner, CommandPredicates predicates,
    ExpressionClosure closure, RelatedTables related, IReadOnlySet<uint> safe, bool readsTenant)
{
    /// <summary>Of arrays, ranges and jsonb.</summary>
    private static readonly string[] Containments = ["&&", "@>", "<@", "?", "?|", "?&"];

    internal Judged Judge(IReadOnlyList<BooleanExpression> trees, IReadOnlyDictionary<string, Comparison> comparisons, Observations observed)
    {
        var atoms = trees.SelectMany(tree => tree.Atoms).ToList();
        var neverTrue = new HashSet<string>(StringComparer.Ordinal);
        var neverFalse = new HashSet<string>(StringComparer.Ordinal);
        // Whether rows without a tenant pass was seen.
        neverTrue.UnionWith(atoms.Where(atom => atom.Split("IS") is [var column, var rest]
            && rest.Is("NULL") && Comparison.ColumnName(column.Bare(), table.PlainName) is { } name && owner.Columns.Contains(name)).Select(atom => atom.Text));
        var memberships = new MembershipProof(model, new(model, closure.Settings));
        var handedOn = atoms.Select(atom => (Atom: atom, Source: HandedOn.Read(model, atom, table, owner))).Where(item => item.Source is not null).ToList();
        neverTrue.UnionWith(handedOn.Where(item => item.Source!.Owner == 0 && safe.Contains(item.Source.Table.Oid)).Select(item => item.Atom.Text));
        var ofMembers = owner.Parent is not null ? [] : handedOn.Where(item => item.Source!.Table.Oid == model.Members?.Table.Oid
            && !related.IsWritable(item.Source.Table)
            && item.Source.Conditions.Any(condition => memberships.IsOfUser(condition, item.Source.Alias, table))).Select(item => item.Atom.Text).ToList();
        neverTrue.UnionWith(ofMembers);
        var users = table.Oid == model.Members?.Table.Oid
            ? atoms.Where(atom => memberships.IsOfUser(atom, table.PlainName, table)).Select(atom => atom.Text).ToHashSet() : [];
        foreach (var (atom, comparison) in comparisons.Where(item => owner.Parent is null && item.Value.Column == owner.Columns[0] && IsExact(item.Value)))
        {
            if (comparison.Operator is "=" or Comparison.In && !observed.IsTrueOfOthers(atom))
                neverTrue.Add(atom);
            else if ((comparison.Operator == "<>" || (comparison.Operator == Comparison.Distinct && facts[comparison.Column].NotNull)) && !comparison.IsList
                && !observed.IsFalseOfOthers(atom))
            {
                neverFalse.Add(atom);
            }
        }

        var ofUser = neverTrue.Union(users).ToHashSet();
        if (trees.Where((tree, i) => tree.CanBe(true, predicates.Expressions[i].Command == "SELECT" ? ofUser : neverTrue, neverFalse)).Any())
        {
            return new(PolicyVerdict.NotJudged, "no row of another tenant was seen to pass, and it was not proved that none can: not every way to pass needs "
                + (owner.Parent is { } parent ? $"a parent row of {parent.Name} that the role sees, {WhyNotSafe(parent)}"
                    : $"{owner.Text} to equal what the setting carries"));
        }

        if (atoms.Find(atom => MayTell(atom, comparisons)) is { } telling)
        {
            return new(PolicyVerdict.NotJudged, $"{telling.Text} is evaluated on rows of other tenants, too, and can fail there for a value of a setting that "
                + "SQL chooses: the error tells that there is such a row");
        }

        var shared = observed.Shared is { Count: > 0 } keys ? $"; rows whose {owner.Text} is {string.Join(", ", keys)} can be read by every tenant" : "";
        if (observed.HasMemberships)
            shared += "; memberships can be read by their user";
        if (observed.EmptyIsTenant)
            shared += $"; rows whose {owner.Text} is '' belong to whoever sets no tenant";
        return new(PolicyVerdict.Safe, $"proved: every way to pass needs {owner.Text} to equal {Needed(ofMembers.Count > 0)}{shared}")
        {
            SharedRows = observed.Shared,
            IsFixed = !readsTenant && !related.All.Any(),
        };
    }

    /// <summary>
    /// A setting and a column of the row, in something else than a comparison or a containment, which do not fail. PostgreSQL chooses the order of conditions.
    /// What stands in sub-selects from tables is not looked at.
    /// </summary>
    private bool MayTell(SqlText atom, IReadOnlyDictionary<string, Comparison> comparisons) =>
        !(atom.Has("SELECT") && atom.Has("FROM")) && NamesColumn(atom)
        && !(comparisons.TryGetValue(atom.Text, out var comparison) && comparison.Operator is not ("~~" or "~~*" or "~" or "~*"))
        && !Containments.Any(symbol => atom.Split(symbol) is [var left, var right] && NamesColumn(left) != NamesColumn(right)
            && (Comparison.ColumnName(left.Bare(), table.PlainName) ?? Comparison.ColumnName(right.Bare(), table.PlainName)) is not null)
        && new ExpressionClosure(model, [atom.Text]).Settings.Count > 0;

    private bool NamesColumn(SqlText text) => Comparison.NamesColumn(text, table.PlainName, [.. facts.Columns.Select(column => column.Name)]);

    private string WhyNotSafe(Relation parent) => safe.Contains(parent.Oid)
        ? $"compared by {string.Join(", ", owner.Columns.Zip(owner.ParentColumns, (own, other) => $"{own} = {other}"))}"
        : $"and {parent.Name} is not judged safe, or has rows that every tenant reads";

    private string Needed(bool byMembership) => owner.Parent is { } parent
        ? $"{string.Join(", ", owner.ParentColumns)} of a row of {parent.Name} that the role sees"
        : string.Join(" or ", new[]
        {
            readsTenant ? "what the setting carries" : null, byMembership ? $"the tenant of a membership of the user in {model.Members!.Table.Name}" : null,
        }.OfType<string>().DefaultIfEmpty(related.All.Any() ? "the tenant of a row that the role sees" : "a fixed id"));

    /// <summary>The column as it is, or cast without loss, and a value that hands on the setting.</summary>
    private bool IsExact(Comparison comparison)
    {
        var column = facts[comparison.Column];
        var isLossless = comparison.Cast is null || comparison.Cast == column.Type
            || (column.Family, comparison.Cast) is (ValueFamily.Uuid or ValueFamily.Integer, "text" or "character varying")
                or (ValueFamily.Integer, "bigint" or "numeric")
            || (column.Base is "text" or "character varying" && comparison.Cast is "text" or "character varying");
        return isLossless && column.IsDeterministic && !comparison.IsForAll && column.Base != "character"
            && column.Family != ValueFamily.Other && new SimpleExpression(model, closure.Settings).IsSimple(comparison.Other);
    }
}
