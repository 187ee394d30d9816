using SmeFinancialOs.Data.Audit.Catalog;

namespace SmeFinancialOs.Data.Audit.Fixes;

/// <summary>Puts the tenant column into keys and foreign keys.</summary>
internal static class KeyFix
{
    /// <summary>
    /// The key with the tenant column first, and the foreign keys that rest on it made again. A conflict target of an INSERT may name the key: never safe.
    /// </summary>
    internal static Fix Widen(DatabaseModel model, Relation table, Catalog.Index index)
    {
        var dependents = model.Catalog.ForeignKeys.SelectMany(keys => keys).Where(key => key.Index == index.Oid).ToList();
        if (dependents.Any(key => model.TenantColumnOf(key.Relation) is null))
            return Fix.Person($"a table without tenant column refers to {Identifier.Quote(index.Name)}: give it the tenant column first");

        var definition = index.Definition!.Insert(index.Definition.IndexOf('(', StringComparison.Ordinal) + 1,
            model.TenantColumnOf(table).Sql + (index.Exclusion ? " WITH =, " : ", "));
        List<string> steps = [.. dependents.Select(key => Drop(model, key))];
        if (index.Exclusion && definition.Contains("USING gist", StringComparison.Ordinal))
            steps.Add("CREATE EXTENSION IF NOT EXISTS btree_gist;");
        if (index.Constraint is { } constraint)
            steps.Add($"ALTER TABLE {table.Name} DROP CONSTRAINT {Identifier.Quote(constraint)}, ADD CONSTRAINT {Identifier.Quote(constraint)} {definition};");
        else
            steps.AddRange([$"DROP INDEX {model.Catalog.Schemas.First(schema => schema.Oid == table.Schema).Name}.{Identifier.Quote(index.Name)};",
                $"{definition};"]);
        steps.AddRange(dependents.Select(key => Add(model, key, Composite(model, key))));
        return Fix.Review(string.Join('\n', steps));
    }

    /// <summary>The same foreign key over the tenant columns of both, and a key of the parent's for it to rest on.</summary>
    internal static Fix Carry(DatabaseModel model, ForeignKey key)
    {
        var composite = Composite(model, key);
        var parent = model.Catalog.Relations[key.Target];
        var isKey = model.Catalog.Indexes[key.Target].Any(index => index is { Unique: true, Partial: false, Immediate: true }
            && index.Columns.Order().SequenceEqual(composite.TargetColumns.Order()));
        List<string> steps = isKey ? [] : [$"ALTER TABLE {parent.Name} ADD UNIQUE ({Names(model, key.Target, composite.TargetColumns)});"];
        return Fix.Safe(string.Join('\n', [.. steps, Drop(model, key), Add(model, key, composite)]));
    }

    /// <summary>The same foreign key, with the tenant column left as it is when the parent goes.</summary>
    internal static Fix KeepTenant(DatabaseModel model, ForeignKey key)
    {
        short[] others = [.. key.Columns.Where(number => number != model.TenantColumnOf(key.Relation)!.Number)];
        var changed = key with
        {
            OnDelete = key.OnDelete is 'n' or 'd' && others.Length == 0 ? 'a' : key.OnDelete,
            OnDeleteColumns = key.OnDelete is 'n' or 'd' ? others : [],
            OnUpdate = key.OnUpdate is 'n' or 'd' ? 'a' : key.OnUpdate,
        };
        var sql = $"{Drop(model, key)}\n{Add(model, key, changed)}";
        return others.Length == 0 ? Fix.Review(sql) : Fix.Safe(sql);
    }

    private static ForeignKey Composite(DatabaseModel model, ForeignKey key)
    {
        var (child, parent) = (model.TenantColumnOf(key.Relation)!.Number, model.TenantColumnOf(key.Target)!.Number);
        if (key.Columns.Contains(child))
            return key;
        short[] nulled = key.OnDeleteColumns.Length > 0 ? key.OnDeleteColumns : key.OnDelete is 'n' or 'd' ? key.Columns : [];
        return key with
        {
            Columns = [child, .. key.Columns],
            TargetColumns = [parent, .. key.TargetColumns],
            OnDeleteColumns = nulled,
            OnUpdate = key.OnUpdate is 'n' or 'd' ? 'a' : key.OnUpdate
        };
    }

    private static string Drop(DatabaseModel model, ForeignKey key) =>
        $"ALTER TABLE {model.Catalog.Relations[key.Relation].Name} DROP CONSTRAINT {Identifier.Quote(key.Name)};";

    private static string Add(DatabaseModel model, ForeignKey key, ForeignKey changed) =>
        $"ALTER TABLE {model.Catalog.Relations[key.Relation].Name} ADD CONSTRAINT {Identifier.Quote(key.Name)} "
        + $"FOREIGN KEY ({Names(model, key.Relation, changed.Columns)}) "
        + $"REFERENCES {model.Catalog.Relations[key.Target].Name} ({Names(model, key.Target, changed.TargetColumns)})"
        + Action("UPDATE", changed.OnUpdate) + Action("DELETE", changed.OnDelete)
        + (changed.OnDelete is 'n' or 'd' && changed.OnDeleteColumns.Length > 0 ? $" ({Names(model, key.Relation, changed.OnDeleteColumns)})" : "")
        + (changed.Deferrable ? " DEFERRABLE" : "") + (changed.Deferred ? " INITIALLY DEFERRED" : "") + ";";

    private static string Action(string on, char letter) =>
        letter switch { 'r' => $" ON {on} RESTRICT", 'c' => $" ON {on} CASCADE", 'n' => $" ON {on} SET NULL", 'd' => $" ON {on} SET DEFAULT", _ => "" };

    private static string Names(DatabaseModel model, uint table, short[] numbers) =>
        string.Join(", ", numbers.Select(number => model.Catalog.Columns[table].First(column => column.Number == number).Sql));
}
