using Npgsql;

namespace SmeFinancialOs.Data.Audit.Tests.Proving;

/// <summary>A foreign key that the owner of a table adds under FORCE: PostgreSQL calls it valid, whatever stands in the table.</summary>
public sealed class BlindValidationTests
{
    private const string Plant = """
        CREATE ROLE $owner; GRANT CREATE, USAGE ON SCHEMA public TO $owner; SET ROLE $owner;
        CREATE TABLE parents (tenant_id bigint, id bigint, PRIMARY KEY (tenant_id, id));
        CREATE TABLE children (tenant_id bigint, id bigint, parent bigint); INSERT INTO children VALUES (1, 1, 99);
        ALTER TABLE children ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
        CREATE POLICY own ON children USING (tenant_id = nullif(current_setting('app.tenant', true), '')::bigint);
        """;

    [Theory]
    [InlineData("ALTER TABLE children ADD CONSTRAINT up FOREIGN KEY (tenant_id, parent) REFERENCES parents")]
    [InlineData("ALTER TABLE children ADD CONSTRAINT up FOREIGN KEY (tenant_id, parent) REFERENCES parents NOT VALID; "
        + "ALTER TABLE children VALIDATE CONSTRAINT up")]
    public async Task Owner_validates_what_rows_violate_and_not_with_row_security_off(string statement)
    {
        var server = await TestServer.GetSharedAsync(Sql.Cancel);
        await using var connection = await Sql.OpenAsync(await server.CreateEmptyDatabaseAsync(Sql.Cancel), Sql.Cancel);
        await connection.RunAsync("BEGIN; " + Plant.Replace("$owner", $"owner_{Guid.NewGuid():N}", StringComparison.Ordinal) + "SAVEPOINT planted; "
            + statement);
        (await connection.ScalarAsync<bool>("SELECT convalidated FROM pg_constraint WHERE conname = 'up'")).Should().BeTrue("that is the attack");
        await connection.RunAsync("ROLLBACK TO SAVEPOINT planted");
        (await FluentActions.Awaiting(() => connection.RunAsync($"SET LOCAL row_security = off; {statement}")).Should().ThrowAsync<PostgresException>())
            .Which.SqlState.Should().Be(PostgresErrorCodes.InsufficientPrivilege);
    }
}
