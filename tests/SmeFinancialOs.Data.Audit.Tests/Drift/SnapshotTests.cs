using System.Text.RegularExpressions;

namespace SmeFinancialOs.Data.Audit.Tests.Drift;

public sealed class SnapshotTests(DriftDatabase database) : IClassFixture<DriftDatabase>
{
    [Fact]
    public async Task Two_databases_made_in_the_same_way_have_the_same_snapshot() =>
        (await database.ReadAsync(await database.NewAsync())).ToJson().Should().Be(database.First.ToJson());

    [Fact]
    public void Snapshot_is_what_was_written_after_reading_it() =>
        SchemaSnapshot.Parse(database.First.ToJson()).ToJson().Should().Be(database.First.ToJson());

    [Fact]
    public void Snapshot_has_no_secret_no_oid_and_no_name_of_the_database()
    {
        var json = database.First.ToJson();
        json.Should().NotContain(DriftDatabase.Password).And.NotContain(DriftDatabase.Secret).And.Contain("app.token_key").And.Contain("(not written)")
            .And.NotContain(database.ConnectionString.DatabaseName()).And.NotMatchRegex(@"\b\d{5,}\b").And.NotContain("SCRAM");
        database.First.Incomplete.Should().BeEmpty();
    }

    [Fact]
    public void Snapshot_has_verdicts_for_each_table_and_role() => database.First.ToJson().Should()
        .MatchRegex(database.Named("\"shop.orders for $web\": \\{\\s*\"commands\": \"DELETE, INSERT, SELECT, UPDATE\",\\s*"
                + "\"reason\": \"\",\\s*\"role\": \"$web\",\\s*"
            + "\"table\": \"shop.orders\",\\s*\"verdict\": \"safe\"")).And
        .MatchRegex(database.Named("\"shop.audit for $web\": \\{[^}]*\"verdict\": \"closed\""));

    [Theory]
    [InlineData("\"formatVersion\": 1", "\"formatVersion\": 2", "formatVersion: it is 2")]
    [InlineData("\"formatVersion\": 1,", "", "formatVersion: there is none")]
    [InlineData("\"formatVersion\": 1", "\"formatVersion\": \"1\"", "a whole number is needed")]
    [InlineData("\"serverMajorVersion\":", "\"serverVersion\":", "serverMajorVersion is missing")]
    [InlineData("\"incomplete\": []", "\"incomplete\": [null]", "incomplete: a list of texts")]
    [InlineData("\"incomplete\": []", "\"incomplete\": [], \"more\": 1", "more is unknown")]
    [InlineData("\"objects\": {", "\"objects\": { \"secrets\": {},", "objects.secrets: there is no such section")]
    [InlineData("\"tenantColumn\": \"tenant_id\",\n    \"tenantRoles\"", "\"tenantRoles\"", "options: tenantColumn is missing")]
    [InlineData("\"mode\": \"permissive\"", "\"mode\": \"harmless\"", "\"harmless\" is none of permissive, restrictive")]
    [InlineData("\"mode\": \"permissive\"", "\"mode\": true", ".mode: a text is needed")]
    [InlineData("\"verdict\": \"closed\"", "\"verdict\": \"fine\"", "\"fine\" is none of")]
    [InlineData("\"verdict\": \"closed\"", "\"verdict\": \"closed\", \"note\": \"x\"", ".note: there is no such property")]
    [InlineData("\"verdict\": \"closed\"", "\"verdict\": \"closed\", \"verdict\": \"safe\"", "no valid JSON")]
    [InlineData("\"rowSecurity\": \"forced\",", "", "rowSecurity is missing")]
    public void Edited_file_is_an_error_that_says_where(string text, string edited, string message)
    {
        var json = database.First.ToJson();
        json.Should().Contain(text);
        FluentActions.Invoking(() => SchemaSnapshot.Parse(new Regex(Regex.Escape(text)).Replace(json, edited, 1)))
            .Should().Throw<SchemaSnapshotException>().WithMessage($"*{message}*");
    }

    [Fact]
    public void Truncated_file_is_an_error()
    {
        var json = database.First.ToJson();
        foreach (var length in Enumerable.Range(1, 40).Select(part => json.Length * part / 42))
            FluentActions.Invoking(() => SchemaSnapshot.Parse(json[..length])).Should().Throw<SchemaSnapshotException>();
        FluentActions.Invoking(() => SchemaSnapshot.Parse("[]")).Should().Throw<SchemaSnapshotException>();
    }

    [Fact]
    public async Task Database_without_tenant_tables_has_no_snapshot()
    {
        var options = new SchemaAuditOptions { TenantColumn = "no_such_column", AppLogins = database.Options.AppLogins };
        await FluentActions.Awaiting(() => database.ReadAsync(options: options)).Should().ThrowAsync<SchemaSnapshotException>();
    }
}
