namespace SmeFinancialOs.Data.Audit.Tests.Proving;

/// <summary>
/// The planted faults stand in a few databases; each fault has tables of its own. PlantedFixProofTests try each fix alone; here all are tried at once.
/// The safe fixes hold together and end their findings, nobody loses an own row, and nobody sees a foreign row more.
/// </summary>
public sealed class AllFaultsTogetherTests
{
    /// <summary>What stands in a database of their own, because it changes what the others mean.</summary>
    private static readonly Dictionary<string, string> Apart = new()
    {
        ["setting-function-immutable"] = "setting-function-volatile alters the same function",
        ["foreign-key-validated-blind"] = "the owner of all tables becomes a login, which loses rows by FORCE: such a fix is rightly unproved",
        ["publication-without-filter: all tables"] = "the other publication has the same name",
    };

    /// <summary>What stands in no database here. None of them has a safe fix, but for the setting of the whole server.</summary>
    private static readonly Dictionary<string, string> Alone = new()
    {
        ["login-superuser"] = "no policy binds the app, so that nothing can be shown of any fix",
        ["login-bypassrls"] = "no policy binds the app",
        ["login-bypassrls: two roles away"] = "no policy binds a role of the app",
        ["login-may-become-admin"] = "the app may be the admin, who reads all rows",
        ["login-may-become-admin: two roles away"] = "the app may be the admin",
        ["login-may-become-admin: granted by another"] = "the app may be the admin",
        ["policy-by-inheritance"] = "the app inherits the demo's role on 15, and reads its rows as soon as a function no longer fails",
        ["login-missing"] = "there is no login of the app",
        ["login-owns-schema: the database"] = "the app may be the owner of the database",
        ["login-setting: for every database"] = "it ends the sessions of all tests on the server",
    };

    public static TheoryData<string> Groups => ["tables", "policies", "logins", "objects", "apart"];

    [Theory]
    [MemberData(nameof(Groups))]
    public async Task All_safe_fixes_hold_together_and_end_what_they_mend(string group)
    {
        var database = new AuditDatabase();
        await database.InitializeAsync();
        var version = (await new SchemaAudit(database.ConnectionString, database.Options).RunAsync(Sql.Cancel)).ServerVersion.Major;
        var faults = FaultsOf(group).Where(fault => fault.Since <= version).ToList();
        var faulty = new FaultyDatabase(database, faults);
        await faulty.PlantAsync();
        var audit = new SchemaAudit(database.ConnectionString, database.Options);
        var report = await audit.RunAsync(Sql.Cancel);
        var safe = report.Findings.Where(finding => finding.IsFixSafe).Select(finding => $"{finding.RuleId} {finding.ObjectName}").ToList();
        safe.Should().NotBeEmpty();

        var proof = await new FixProof(database.ConnectionString, database.ProofOptions).RunTogetherAsync(report, Sql.Cancel);
        proof.Unproved.Select(fix => $"{fix.Fix.Sql}: {fix.Reason}").Should().BeEmpty();
        var before = await faulty.SeenAsync();
        await using (var connection = await Sql.OpenAsync(database.ConnectionString, Sql.Cancel))
            await connection.RunAsync($"BEGIN; SET LOCAL row_security = off; {string.Join('\n', proof.Proved.Select(fix => fix.Sql))}; COMMIT");

        var after = await faulty.SeenAsync();
        var left = (await audit.RunAsync(Sql.Cancel)).Findings;
        left.Select(finding => $"{finding.RuleId} {finding.ObjectName}").Intersect(safe).Should().BeEmpty();
        left.Where(finding => finding.IsFixSafe).Select(finding => finding.Fix).Should().BeEmpty();
        before.Where(seen => seen.Key.EndsWith($" as $tenant, tenant '{FaultyDatabase.Own}'", StringComparison.Ordinal)
            && (!after.TryGetValue(seen.Key, out var now) || now.Own < seen.Value.Own)).Should().BeEmpty("an own row is lost");
        after.Where(seen => seen.Value.Other > before.GetValueOrDefault(seen.Key).Other).Should().BeEmpty("a foreign row is seen");
    }

    [Fact]
    public void Every_planted_fault_stands_in_one_of_the_databases_or_says_why_it_stands_alone() =>
        // No trigger function has a safe fix: what it should do is a person's to say.
        Groups.SelectMany(group => FaultsOf(group.Data)).Select(fault => fault.Name)
            .Should().OnlyHaveUniqueItems().And.BeEquivalentTo(PlantedFault.All.Except(CascadeFaults.All).Select(fault => fault.Name).Except(Alone.Keys));

    private static IEnumerable<PlantedFault> FaultsOf(string group)
    {
        IReadOnlyList<PlantedFault> all = group switch
        {
            "tables" => TableFaults.All,
            "policies" => PolicyFaults.All,
            "logins" => LoginFaults.All,
            "objects" => ObjectFaults.All,
            _ => PlantedFault.All.Except(CascadeFaults.All).ToList(),
        };
        return all.Where(fault => !Alone.ContainsKey(fault.Name) && Apart.ContainsKey(fault.Name) == (group == "apart"));
    }
}
