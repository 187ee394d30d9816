namespace SmeFinancialOs.Data.Audit.Tests;

/// <summary>Whether the app may drop policies is told of any schema, by whom they name and by the event triggers that are there.</summary>
public sealed class OwnedDroppableTests
{
    private const string Raises = "CREATE FUNCTION public.g() RETURNS event_trigger LANGUAGE plpgsql AS 'BEGIN RAISE EXCEPTION ''no DROP OWNED''; END'; ";
    private const string Tells = "CREATE FUNCTION public.g() RETURNS event_trigger LANGUAGE plpgsql AS 'BEGIN RAISE NOTICE ''DROP OWNED''; END'; ";
    private const string Start = "CREATE EVENT TRIGGER g ON ddl_command_start ";
    private const string Run = " EXECUTE FUNCTION public.g()";

    [Theory]
    [InlineData("PUBLIC", "", false)]
    [InlineData("$login", "", true)]
    [InlineData("$login, $role", "", true)]
    [InlineData("$login, $other", "", false)] // it keeps the other's name
    [InlineData("$other", "", false)]
    [InlineData("$role", Raises + Start + "WHEN TAG IN ('DROP OWNED')" + Run, false)]
    [InlineData("$role", Raises + Start + Run, false)]
    [InlineData("$role", Raises + Start + "WHEN TAG IN ('DROP OWNED')" + Run + "; ALTER EVENT TRIGGER g ENABLE ALWAYS", false)]
    [InlineData("$role", Raises + Start + "WHEN TAG IN ('DROP OWNED')" + Run + "; ALTER EVENT TRIGGER g DISABLE", true)]
    [InlineData("$role", Raises + Start + "WHEN TAG IN ('DROP OWNED')" + Run + "; ALTER EVENT TRIGGER g ENABLE REPLICA", true)]
    [InlineData("$role", Raises + Start + "WHEN TAG IN ('DROP TABLE')" + Run, true)]
    [InlineData("$role", Raises + "CREATE EVENT TRIGGER g ON sql_drop" + Run, true)]
    [InlineData("$role", Tells + Start + "WHEN TAG IN ('DROP OWNED')" + Run, true)]
    [InlineData("$role", Tells + Start + Run, true)]
    public async Task Role_whose_policies_a_login_can_drop_by_DROP_OWNED_is_found(string roles, string model, bool expected)
    {
        var server = await TestServer.GetSharedAsync(Sql.Cancel);
        await using var connection = await Sql.OpenAsync(await server.CreateEmptyDatabaseAsync(Sql.Cancel), Sql.Cancel);
        var (login, role, other) = (server.NewRoleName("login"), server.NewRoleName("role"), server.NewRoleName("other"));
        string Named(string text) => text.Replace("$login", login).Replace("$role", role).Replace("$other", other);
        await connection.RunAsync("BEGIN; " + Named($"""
            CREATE ROLE $login LOGIN; CREATE ROLE $role; CREATE ROLE $other; GRANT $role TO $login;
            CREATE TABLE public.t (tenant_id uuid NOT NULL);
            CREATE POLICY mine ON public.t TO {roles} USING (tenant_id = (SELECT NULLIF(current_setting('shop.tenant', true), '')::uuid));
            """) + model);
        var options = new SchemaAuditOptions
        {
            TenantColumn = "tenant_id",
            TenantSetting = "shop.tenant",
            AppLogins = [login],
            TenantRoles = [],
            AdminLogins = [],
            AdminRoles = [],
        };

        var found = (await AuditDatabase.AuditAsync(connection, options)).Findings.Where(finding => finding.RuleId == "owned-droppable").ToList();

        found.Select(finding => finding.ObjectName).Should().Equal(expected ? ["DROP OWNED"] : []);
        if (expected)
        {
            found[0].Message.Should().Be("The app may drop mine on public.t with it, and no event trigger refuses it.");
            found[0].IsFixSafe.Should().BeFalse();
        }
    }
}
