using SmeFinancialOs.Data.Audit.Catalog;
using SmeFinancialOs.Data.Audit.Expressions;
using SmeFinancialOs.Data.Audit.Shipped;

namespace SmeFinancialOs.Data.Audit.Fixes;

/// <summary>Makes a table tenant-safe.</summary>
internal static class TableFix
{
    /// <summary>The predicate every policy should have: wrapped, and by the function that others use when there is one.</summary>
    internal static string Predicate(DatabaseModel model, Column column)
    {
        var type = column.BaseType;
        if (model.IsSealed)
            return $"{column.Sql} = (SELECT c.{SealParts.TenantColumn}{(type == "uuid" ? "" : $"::{type}")} FROM {SealParts.View} c)";
        var reader = (model.Context.LevelCount > 1 ? [] : model.Settings.Functions).Where(function => function is { Arguments: 0, Volatility: 's' }
            && function.Returns == type
            && model.Settings.ReadsTenant(function)
                && model.AppGrants(GrantKind.Function, function.Oid).Any() && !SettingText.Misses(SqlText.Of(function.Body)))
            .OrderBy(function => function.SqlName, StringComparer.Ordinal).FirstOrDefault();
        if (reader is not null)
            return $"{column.Sql} = (SELECT {reader.SqlName}())";
        if (model.SourceOf(model.Catalog.Relations[column.Relation]) is { } source)
            return $"{column.Sql} = (SELECT {source.Sql(type)})";
        return model.Members is not { } members ? $"{column.Sql} = (SELECT NULL::{type})" // whatever the host puts there
            : $"{column.Sql} IN (SELECT m.{members.Tenant.Sql} FROM {members.Table.Name} m "
                + $"WHERE m.{members.User.Sql} = (SELECT {model.UserSource!.Sql(members.User.BaseType)}))";
    }

    /// <summary>What a row of the table must pass to be the tenant's: the predicate, or for a child table its parent row.</summary>
    internal static string Bounds(DatabaseModel model, Relation table)
    {
        if (model.OwnerKeysOf(table.Oid) is not [var key, ..])
            return Predicate(model, model.TenantColumnOf(table));
        var pairs = key.TargetColumns.Zip(key.Columns, (target, own) =>
            $"parent.{Name(key.Target, target)} = {Identifier.Quote(table.PlainName)}.{Name(table.Oid, own)}");
        return $"EXISTS (SELECT FROM {model.Catalog.Relations[key.Target].Name} AS parent WHERE {string.Join(" AND ", pairs)})";

        string Name(uint relation, short number) => model.Catalog.Columns[relation].First(column => column.Number == number).Sql;
    }

    /// <summary>Row-level security on, and the policies that it lacks. Safe where the app keeps its own rows for every command.</summary>
    internal static Fix Protect(DatabaseModel model, Relation table)
    {
        var column = model.TenantColumnOf(table);
        var policies = model.PoliciesOf(table).ToList();
        if (OurProtection(model, table, column, policies) is { } ours)
            return Fix.Safe(ours);

        List<string> steps = [];
        if (!table.RowSecurity || !table.Forced)
            steps.Add($"ALTER TABLE {table.Name} ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;");
        var forApp = policies.Where(policy => policy.Policy.Permissive && policy.ConcernsApp).ToList();
        var name = policies.Any(policy => policy.Policy.Name == "tenant_isolation") ? "tenant_isolation_added" : "tenant_isolation";
        if (forApp.Count == 0)
            steps.Add($"CREATE POLICY {name} ON {table.Name} USING ({Predicate(model, column)}) WITH CHECK ({Predicate(model, column)});");
        // Operators saw every row until now.
        steps.AddRange(from role in model.Identities.AdminRoles
                       where model.Catalog.Grants[(GrantKind.Relation, table.Oid)].Any(grant => grant.Grantee == role.Oid)
                       where !policies.Any(policy => policy.Policy.Permissive && policy.Policy.Roles.Contains(role.Oid))
                       select PolicyFix.ForAdmin(table, role));
        return new(string.Join('\n', steps), forApp.Count == 0 || "rawd".All(command => forApp.Any(policy => policy.Policy.Covers(command))));
    }

    /// <summary>It also grants the app its privileges, so it is for tables that the app has some on already.</summary>
    private static string? OurProtection(DatabaseModel model, Relation table, Column column, List<PolicyAnalysis> policies) =>
        model.Catalog.Functions.Values.Any(function => function is { SqlName: "app.protect_table", Arguments: 2 })
        && column is { Type: "uuid", NotNull: true } && !policies.Any(policy => policy.Policy.Permissive) && !model.Identities.IsApp(table.Owner)
        && model.AppGrants(GrantKind.Relation, table.Oid).Any()
            ? $"SELECT app.protect_table({Identifier.Literal(table.Name)}, {Identifier.Literal(column.Name)});"
            : null;
}
