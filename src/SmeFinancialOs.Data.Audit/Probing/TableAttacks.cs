namespace SmeFinancialOs.Data.Audit.Probing;

/// <summary>
/// The statements against one table or view. A statement that reads no column asks no SELECT policy: those without WHERE and RETURNING find what
/// the others hide.
/// </summary>
internal static class TableAttacks
{
    /// <summary>With both tenants' rows in place.</summary>
    internal static IEnumerable<Attack> AsSeeded(Target target)
    {
        if (target.HasTenant)
        {
            yield return Seen("select", $"SELECT count(*) FROM {target.Name} {target.WhereOther}");
            yield return Seen("lock", $"SELECT count(*) FROM (SELECT FROM {target.Name} {target.WhereOther} FOR UPDATE) AS locked");
            yield return Seen("lock", $"SELECT count(*) FROM (SELECT FROM {target.Name} {target.WhereOther} FOR KEY SHARE) AS locked");
        }
        if (!target.Object.IsTable)
            yield break;
        yield return new(target.Name, "truncate", $"TRUNCATE {target.Name}", target.OtherRows);
        yield return new(target.Name, "truncate", $"TRUNCATE {target.Name} CASCADE", target.OtherRows);

        Attack Seen(string kind, string sql) => new(target.Name, kind, sql, "SELECT NULL", Sign.Seen);
    }

    /// <summary>With the other tenant's row alone, to which nothing refers.</summary>
    internal static IEnumerable<Attack> OnOtherRow(Target target, Privileges rights)
    {
        var update = target.Granted(rights.Update);
        var same = update.FirstOrDefault(column => !target.IsOwner(column)) ?? (update.Count > 0 ? update[0] : null);
        if (same is not null)
        {
            var set = $"SET {Target.Assign([same], target.Other.Values)}";
            foreach (var sql in Forms($"UPDATE {target.Name} {set}", target))
                yield return Changed("update", sql);
            if (target.Object.IsTable)
                yield return Changed("merge", $"MERGE INTO {target.Name} USING (SELECT 1) AS probe (one) ON true WHEN MATCHED THEN UPDATE {set}");
        }
        var owner = update.Where(target.IsOwner).ToList();
        if (owner.Count > 0)
        {
            foreach (var sql in Forms($"UPDATE {target.Name} SET {Target.Assign(update, target.Own.Values)}", target))
                yield return Changed("steal", sql);
            yield return Changed("steal", $"UPDATE {target.Name} SET {Target.Assign(owner, target.Own.Values)}");
        }
        foreach (var sql in Forms($"DELETE FROM {target.Name}", target))
            yield return Changed("delete", sql);
        if (target.Object.IsTable)
            yield return Changed("merge", $"MERGE INTO {target.Name} USING (SELECT 1) AS probe (one) ON true WHEN MATCHED THEN DELETE");

        Attack Changed(string kind, string sql) => new(target.Name, kind, sql, target.OtherRows);
    }

    /// <summary>With the attacker's row alone: to put one where it does not belong. isSignUp: new tenants are welcome.</summary>
    internal static IEnumerable<Attack> IntoOther(Target target, Privileges rights, bool isSignUp)
    {
        var insert = target.Granted(rights.Insert);
        var update = target.Granted(rights.Update);
        if (target.HasTenant && !isSignUp)
        {
            var row = target.Insert(insert, target.Other.Values);
            yield return Changed("insert", row);
            yield return Changed("insert", row + " RETURNING *");
            yield return Changed("insert", $"INSERT INTO {target.Name} ({Target.List(insert)}) SELECT {Target.Values(insert, target.Other.Values)}");
            if (target.IsMembership)
                yield return Changed("insert", target.Insert([.. insert.Where(column => column.Default is null
                    || target.IsOwner(column))], target.Joined));
            if (target.Object.IsTable)
            {
                yield return Changed("merge", $"MERGE INTO {target.Name} USING (SELECT 1) AS probe (one) ON false "
                    + $"WHEN NOT MATCHED THEN INSERT ({Target.List(insert)}) VALUES ({Target.Values(insert, target.Other.Values)})");
                yield return new(target.Name, "copy from", $"COPY {target.Name} ({Target.List(insert)}) FROM STDIN", target.OtherRows,
                    CopyLine: CopyLine(insert.Select(column => target.Other.Values[column.Name])));
            }
        }
        var owner = update.Where(target.IsOwner).ToList();
        if (target.MayBeOrphan && target.Object.IsTable)
            yield return new(target.Name, "insert", target.Insert(insert, target.Orphan), target.Orphans);
        if (owner.Count == 0)
            yield break;
        if (target.MayBeOrphan && target.Object.IsTable)
            yield return new(target.Name, "move", $"UPDATE {target.Name} SET {Target.Assign(owner, target.Orphan)}", target.Orphans);
        var move = $"UPDATE {target.Name} SET {Target.Assign(update, target.Other.Values)}";
        yield return Changed("move", move);
        yield return Changed("move", move + " RETURNING *");
        yield return Changed("move", $"{move} {target.WhereOwn}");
        yield return Changed("move", $"UPDATE {target.Name} SET {Target.Assign(owner, target.Other.Values)}");

        Attack Changed(string kind, string sql) => new(target.Name, kind, sql, target.OtherRows);
    }

    /// <summary>With a row of a child table that belongs to no tenant: what everybody may read, nobody may write.</summary>
    internal static IEnumerable<Attack> OnOrphan(Target target, Privileges rights)
    {
        var update = target.Granted(rights.Update);
        var same = update.Where(column => !target.IsOwner(column)).DefaultIfEmpty(update.Count > 0 ? update[0] : null).First();
        if (same is not null)
            yield return Changed("update", $"UPDATE {target.Name} SET {Target.Assign([same], target.Orphan)}");
        yield return Changed("delete", $"DELETE FROM {target.Name}");

        Attack Changed(string kind, string sql) => new(target.Name, kind, sql, target.Orphans);
    }

    private static IEnumerable<string> Forms(string statement, Target target)
    {
        yield return statement;
        yield return statement + " RETURNING *";
        if (target.HasTenant)
            yield return $"{statement} {target.WhereOther}";
    }

    private static string CopyLine(IEnumerable<string?> values) => string.Join('\t', values.Select(value => value is null ? "\\N" : value
        .Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\t", "\\t", StringComparison.Ordinal)
        .Replace("\n", "\\n", StringComparison.Ordinal).Replace("\r", "\\r", StringComparison.Ordinal)));
}
