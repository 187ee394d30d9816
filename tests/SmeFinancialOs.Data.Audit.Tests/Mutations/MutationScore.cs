namespace SmeFinancialOs.Data.Audit.Tests.Mutations;

/// <summary>Counts what was found, and holds what was not to a list with a reason for each.</summary>
internal static class MutationScore
{
    /// <summary>Lets rows of another tenant through, and is warned of alone.</summary>
    private static readonly Dictionary<string, string> WarnedOf = new()
    {
        ["USING: demo_read_only OR key = literal"] =
            "policy-tenant-literal: no catalog says whether a role that reads no setting shall read a second fixed tenant, and the probe's tenants are others",
    };

    /// <summary>Changes no answer, and is an error of the audit all the same.</summary>
    private static readonly Dictionary<string, string> ErrorsOfEquivalents = new()
    {
        ["FORCE: NO FORCE"] = "the audit is right: no role of the app is the owner today, but definer functions and views of the owner see all rows",
        ["privilege: GRANT TRUNCATE TO app_user"] = "the audit is right: the login lacks USAGE on the schema alone",
        ["privilege: GRANT TRUNCATE TO tenant_role"] = "the audit is right: of the tenants' table, where a foreign key stops it and CASCADE lacks a privilege",
        ["privilege: GRANT TRUNCATE TO demo_role"] = "the audit is right: of a table to which others refer, where CASCADE lacks a privilege",
        ["privilege: GRANT TRUNCATE TO PUBLIC"] = "the same",
        ["role: owner_maintenance TO tenant_role, too"] =
            "the audit is right: a tenant that sets app.maintenance would reach all rows, which is not asked here",
        ["USING: demo_no_writes_delete OR key = literal"] = "a false alarm: the literal is not the demo, which the audit does not compare",
        ["WITH CHECK: demo_no_writes_insert OR key = literal"] = "a false alarm: the same",
    };

    /// <summary>
    /// The role has a privilege, and no policy lets it use it. A table that is closed to a role is safe (deny-all), so neither says anything; the report of the
    /// audit counts it as closed, and the role is not among those that saw a row in the report of the probe.
    /// </summary>
    private static readonly string[] Closed =
    [
        "policy: demo_read_only DROP", "permissive or restrictive: demo_read_only the other", "command: demo_read_only FOR INSERT",
        "command: demo_read_only FOR UPDATE", "command: demo_read_only FOR DELETE",
        "policy: tenant_isolation DROP", "permissive or restrictive: tenant_isolation the other", "command: tenant_isolation FOR SELECT",
        "command: tenant_isolation FOR INSERT", "command: tenant_isolation FOR UPDATE", "command: tenant_isolation FOR DELETE",
    ];

    /// <summary>schema: its row in the table of docs/verdicts.md; null for none.</summary>
    internal static void Check(string? schema, List<MutationResult> results, bool probesLossy)
    {
        var effective = results.Where(result => result.Effect == Effect.Effective).ToList();
        var equivalent = results.Where(result => result.Effect == Effect.Equivalent).ToList();
        var silent = results.Where(result => result.IsSilentLoss && (probesLossy || result.Probe is not null)).ToList();
        var row = $"| {schema} | {results.Count} | {effective.Count} | {effective.Count(result => result.Errors.Count > 0)} "
            + $"| {effective.Count(result => result.Errors.Count == 0 && result.IsFound)} | {effective.Count(result => !result.IsFound)} "
            + $"| {results.Count - effective.Count - equivalent.Count} | {equivalent.Count} |";
        var output = TestContext.Current.TestOutputHelper!;
        output.WriteLine(row);
        foreach (var kind in equivalent.GroupBy(result => result.Name).OrderBy(kind => kind.Key, StringComparer.Ordinal))
            output.WriteLine($"equivalent, {kind.Count()} tables: {kind.Key} {string.Join(' ', kind.SelectMany(result => result.Errors).Distinct())}");

        effective.Where(result => !result.IsFound && !(WarnedOf.ContainsKey(result.Name) && result.Warnings.Count > 0)).Should().BeEmpty();
        equivalent.Where(result => result.Errors.Count > 0 && !ErrorsOfEquivalents.ContainsKey(result.Name)).Should().BeEmpty();
        silent.Where(result => !Closed.Contains(result.Name)).Should().BeEmpty();
        if (schema is not null)
            File.ReadAllText(Path.Combine(RepositoryRoot.Folder, "docs/verdicts.md")).Should().Contain(row);
    }
}
