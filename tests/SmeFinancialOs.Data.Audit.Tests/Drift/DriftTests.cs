using Npgsql;

namespace SmeFinancialOs.Data.Audit.Tests.Drift;

public sealed class DriftTests(DriftDatabase database) : IClassFixture<DriftDatabase>
{
    public static TheoryData<string> Names => [.. TestPart.Of(DriftCase.All).Select(change => change.Name)];

    [Theory]
    [MemberData(nameof(Names))]
    public async Task Change_has_the_class_that_a_person_gave_it_and_so_has_its_reverse(string name)
    {
        var change = DriftCase.All.First(change => change.Name == name);
        SchemaSnapshot changed;
        try
        {
            await database.RunAsync(change.Change);
            changed = SchemaSnapshot.Parse((await database.ReadAsync()).ToJson());
        }
        finally
        {
            await database.RunAsync(change.Undo);
        }
        (await database.ReadAsync()).ToJson().Should().Be(database.First.ToJson(), "nothing is left of the change");
        ShouldHave(database.First.ChangesTo(changed), change.ObjectName, change.Class);
        ShouldHave(changed.ChangesTo(database.First), change.ObjectName, change.UndoClass);
    }

    [Fact]
    public void Same_schema_has_no_change()
    {
        var drift = database.First.ChangesTo(SchemaSnapshot.Parse(database.First.ToJson()));
        (drift.Changes.Count, drift.Notes.Count, drift.IsComplete).Should().Be((0, 0, true));
    }

    [Fact]
    public async Task Nothing_is_called_safe_where_the_login_could_not_judge()
    {
        var job = new NpgsqlConnectionStringBuilder(database.ConnectionString)
        { Username = database.Named("$job"), Password = DriftDatabase.Password }.ConnectionString;
        var before = await database.ReadAsync(job);
        before.Incomplete.Should().Contain(item => item.StartsWith("shop.orders for web_", StringComparison.Ordinal));
        before.ToJson().Should().Contain("may not SET ROLE");
        await database.RunAsync("ALTER POLICY own ON shop.orders RENAME TO mine");
        var after = await database.ReadAsync(job);
        await database.RunAsync("ALTER POLICY mine ON shop.orders RENAME TO own");
        foreach (var drift in new[] { before.ChangesTo(after), before.ChangesTo(database.First), database.First.ChangesTo(after) })
        {
            drift.IsComplete.Should().BeFalse();
            drift.Changes.Should().NotBeEmpty().And.NotContain(change => change.Class == SchemaChangeClass.Safe);
        }
        before.ChangesTo(before).Changes.Should().Contain(change => change.Class == SchemaChangeClass.NeedsReview && change.Reason.StartsWith("not read"),
            "a change of what nobody could judge is seen by nobody");
    }

    [Fact]
    public async Task Other_options_are_an_error_that_names_them()
    {
        var web = database.Options;
        var other = await database.ReadAsync(options: new SchemaAuditOptions
        {
            TenantColumn = "tenant_id",
            TenantSetting = "app.other",
            AppLogins = web.AppLogins,
            TenantRoles = [],
            AdminLogins = web.AdminLogins,
            AdminRoles = web.AdminRoles,
        });
        FluentActions.Invoking(() => database.First.ChangesTo(other)).Should().Throw<SchemaSnapshotException>()
            .WithMessage("*tenantSetting is \"app.tenant\" in the first and \"app.other\" in the second*");
    }

    [Fact]
    public void Other_major_version_is_said_and_policies_are_compared_by_their_verdicts()
    {
        var other = database.First.ToJson()
            .Replace($"\"serverMajorVersion\": {database.First.ServerMajorVersion}", "\"serverMajorVersion\": 99", StringComparison.Ordinal)
            .Replace("(tenant_id = ( SELECT", "(tenant_id = (SELECT", StringComparison.Ordinal);
        var drift = database.First.ChangesTo(SchemaSnapshot.Parse(other));
        drift.Notes.Should().ContainSingle().Which.Should().Contain("the second of 99");
        drift.Changes.Where(change => change.ObjectName.StartsWith("policy own", StringComparison.Ordinal)).Should().NotBeEmpty()
            .And.OnlyContain(change => change.Class == SchemaChangeClass.Safe);
    }

    private void ShouldHave(SchemaDrift drift, string objectName, SchemaChangeClass expected)
    {
        var listed = string.Join("\n", drift.Changes.Select(change =>
            $"{change.Class} {change.ObjectName}: {change.Before} -> {change.After}: {change.Reason}"));
        drift.Changes.Where(change => change.ObjectName.EndsWith(database.Named(objectName), StringComparison.Ordinal)).Select(change => change.Class)
            .Should().Equal([expected], listed);
        // The verdict has a line of its own where a function brought it about, which always needs review.
        if (!objectName.StartsWith("verdict", StringComparison.Ordinal))
            drift.Changes.Max(change => change.Class).Should().Be(expected, listed);
    }
}
