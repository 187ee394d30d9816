using System.Text.RegularExpressions;
using SmeFinancialOs.Data.Audit.Catalog;
using static SmeFinancialOs.Data.Audit.Shipped.PrintedSql;

namespace SmeFinancialOs.Data.Audit.Shipped;

/// <summary>
/// A table without a tenant column as <c>app.share_table</c> makes it, or <c>app.protect_through</c> for users (sql/objects). Policies and privileges are
/// compared with what these functions make, not names alone.
/// </summary>
internal static partial class TableForm
{
    internal static bool IsShipped(DatabaseModel model, Relation table)
    {
        if (table is not { RowSecurity: true, Forced: true } || model.AppGrants(GrantKind.Relation, table.Oid).Any(grant => grant.Privilege != "SELECT"))
            return false;
        var policies = model.PoliciesOf(table).Where(policy => policy.ConcernsApp).Select(policy => policy.Policy).Where(policy => policy.Permissive).ToList();
        return policies.Count > 0 && (policies.TrueForAll(policy => policy is { Name: "shared_read", Command: 'r', Using: "true" })
            || policies.TrueForAll(policy => policy.Command == 'r' && IsOfUsers(model, table, policy)));
    }

    /// <summary>Seen where a membership refers to it, or as one's own row.</summary>
    private static bool IsOfUsers(DatabaseModel model, Relation table, Policy policy)
    {
        var text = OnOneLine(policy.Using);
        if (policy.Name == "own_user")
            return Own().IsMatch(text);
        if (Member().Match(text) is not { Success: true } match
            || model.Catalog.Relations.Values.FirstOrDefault(relation => relation.Name == match.Groups["memberships"].Value) is not { } memberships
            || !model.IsTenantTable(memberships.Oid) || (model.Judgements.Count > 0 && !model.IsSettled(memberships)))
            return false;
        var (user, id) = (Column(memberships, "user"), Column(table, "id"));
        return model.Catalog.ForeignKeys[memberships.Oid].Any(key => key is { Validated: true, Enforced: true, Columns: [var own], TargetColumns: [var other] }
            && key.Target == table.Oid && own == user && other == id) && KeepsMemberships(model, memberships, user);

        short Column(Relation relation, string group) =>
            model.Catalog.Columns[relation.Oid].FirstOrDefault(column => column.Sql == match.Groups[group].Value)?.Number ?? 0;
    }

    /// <summary>Whoever can write a membership can read any user.</summary>
    private static bool KeepsMemberships(DatabaseModel model, Relation memberships, short user)
    {
        var tenant = model.TenantColumnOf(memberships).Number;
        return model.AppColumnGrants(GrantKind.Relation, memberships.Oid).All(grant => grant.Privilege is "SELECT" or "DELETE"
            || (grant.Privilege == "UPDATE" && grant.Column != 0 && grant.Column != user && grant.Column != tenant));
    }

    [GeneratedRegex($"""
        ^\(EXISTS\ \(\ SELECT\ FROM\ (?<memberships>{Name}\.{Name})\ parent_row\ WHERE
        \ \(\(?parent_row\.(?<user>{Name})\)?(?:::text)?\ =\ \(?{Name}\.(?<id>{Name})\)?(?:::text)?\)\)\)\z
        """, RegexOptions.IgnorePatternWhitespace | RegexOptions.CultureInvariant)]
    private static partial Regex Member();

    [GeneratedRegex($"""^\(\(?{Name}\)?(?:::text)?\ =\ \(\ SELECT\ app\.current_user_id\(\)\ AS\ current_user_id\)\)\z""",
        RegexOptions.IgnorePatternWhitespace | RegexOptions.CultureInvariant)]
    private static partial Regex Own();
}
