using System.Text.RegularExpressions;
using SmeFinancialOs.Data.Audit.Catalog;
using static SmeFinancialOs.Data.Audit.Shipped.PrintedSql;

namespace SmeFinancialOs.Data.Audit.Shipped;

/// <summary>
/// The function that <c>app.create_acceptance</c> makes (sql/objects/invitations.sql): it deletes an invitation of the tenant and adds a membership of the same
/// tenant for the user who has the address. Its text is compared.
/// </summary>
internal static partial class AcceptanceForm
{
    internal const string FunctionName = "accept_invitation";

    /// <summary>Why it is not of this form; null when it is.</summary>
    internal static string? Fault(DatabaseModel model, Function function)
    {
        if (function is not { Language: "sql", StandardBody: true, Settings.Length: 1, IsStrict: true, Leakproof: false, Arguments: 2, ReturnsSet: false })
            return "it is not SQL with a standard body, STRICT and with search_path as its one setting";
        if (function.SearchPath is not ["pg_catalog", "pg_temp"])
            return "its search_path is another";
        if (Query().Match(OnOneLine(function.Body)) is not { Success: true } query)
            return "its body does not turn an invitation into a membership of the same tenant";
        if (Table("invitations") is not { } invitations || Table("users") is not { } users || Table("memberships") is not { } memberships
            || !model.IsTenantTable(invitations.Oid) || !model.IsTenantTable(memberships.Oid))
            return "invitations and memberships are not tables of tenants";
        if (model.TenantColumnOf(invitations).Sql != Value("tenant") || model.TenantColumnOf(memberships).Sql != Value("to"))
            return "it compares or writes another column than the tenant's";
        return model.Catalog.ForeignKeys[memberships.Oid].Any(key => key.Target == users.Oid && key is { Columns: [var own], TargetColumns: [var other] }
            && Is(memberships, own, "user") && Is(users, other, "id")) ? null : "the user that it adds is not the one who accepts";

        string Value(string group) => query.Groups[group].Value;
        Relation? Table(string group) => model.Catalog.Relations.Values.FirstOrDefault(relation => relation.IsTable && relation.Name == Value(group));
        bool Is(Relation relation, short number, string group) =>
            model.Catalog.Columns[relation.Oid].Any(column => column.Number == number && column.Sql == Value(group));
    }

    /// <summary>As pg_get_function_sqlbody prints it.</summary>
    [GeneratedRegex($"""
        ^BEGIN\ ATOMIC\ WITH\ accepted\ AS\ \(\ DELETE\ FROM\ (?<invitations>{Name}\.{Name})(?:\ AS)?\ i\ USING\ (?<users>{Name}\.{Name})\ u
        \ WHERE\ \(\(\(?i\.(?<tenant>{Name})\)?{Cast}\ =\ \$1\)\ AND\ \(\(?u\.(?<id>{Name})\)?{Cast}\ =\ \(?\$2\)?{Cast}\)
        \ AND\ \(\(?i\.{Name}\)?{Cast}\ =\ \(?u\.{Name}\)?{Cast}\)\)
        \ RETURNING\ i\.\k<tenant>,\ u\.\k<id>\ AS\ member(?:,\ i\.{Name})*\ \),\ added\ AS\ \(\ INSERT\ INTO\ (?<memberships>{Name}\.{Name})
        \ \((?<to>{Name}),\ (?<user>{Name})(?:,\ {Name})*\)\ SELECT\ n\.\k<tenant>,\ n\.member(?:,\ n\.{Name})*\ FROM\ accepted\ n
        \ ON\ CONFLICT\ DO\ NOTHING\ \)\ SELECT\ \(?a\.\k<tenant>\)?{Cast}(?:\ AS\ {Name})?\ FROM\ accepted\ a;\ END\z
        """, RegexOptions.IgnorePatternWhitespace | RegexOptions.CultureInvariant)]
    private static partial Regex Query();
}
