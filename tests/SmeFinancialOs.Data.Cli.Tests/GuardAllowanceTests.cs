namespace SmeFinancialOs.Data.Cli.Tests;

/// <summary>sme-data migrate --guard on a database that has reference tables already.</summary>
public sealed class GuardAllowanceTests(Databases databases) : IClassFixture<Databases>
{
    private const string Tables = "CREATE TABLE public.countries (code text); CREATE TABLE public.\"a=b\" (id int); "
        + "CREATE TABLE public.\"__EFMigrationsHistory\" (\"MigrationId\" text)";

    /// <summary>The line of docs/ef-core.md.</summary>
    private const string History = "public.\"__EFMigrationsHistory\"=the journal of EF Core; tenants have no privilege on it";

    [Fact]
    public async Task Relations_are_allowed_on_the_command_line()
    {
        var database = await databases.NewAsync(Tables);
        using var tool = new Tool();
        var (exit, _, error) = await tool.RunAsync("migrate", "--guard", "-c", database);
        exit.Should().Be(2);
        error.Should().Contain("sme-data migrate --guard --allow 'public.countries=why'").And.NotContain("SELECT app_guard.allow");

        string[] allowances = ["--allow", "public.countries=the same = for all", "--allow", "public.\"a=b\"= x ", "--allow", History];
        (await tool.RunAsync(["migrate", "--pending", "--guard", .. allowances, "-c", database])).Output.Should().Contain("would run allow public.countries");
        (await tool.RunAsync(["migrate", "--guard", .. allowances, "-c", database])).ExitCode.Should().Be(0);
        (await AllowedAsync(database)).Should().Equal("\"__EFMigrationsHistory\": the journal of EF Core; tenants have no privilege on it",
            "\"a=b\": x", "countries: the same = for all");
        (await tool.RunAsync(["migrate", "--guard", .. allowances, "-c", database])).Should().Be((0, "nothing to do\n", ""));
        (await File.ReadAllTextAsync(Path.Combine(RepositoryRoot.Folder, "docs/ef-core.md"))).Should().Contain($"sme-data migrate --guard --allow '{History}'");
    }

    [Fact]
    public async Task Relations_are_allowed_in_the_settings_and_the_command_line_is_over_them()
    {
        var database = await databases.NewAsync(Tables);
        using var tool = new Tool();
        const string settings = """
            { "guard": { "allow": [{ "relation": "public.countries", "reason": "of the settings" }, { "relation": "public.\"a=b\"", "reason": "also" }] } }
            """;
        tool.Write("sme-data.json", settings);
        (await tool.RunAsync("migrate", "-c", database)).ExitCode.Should().Be(0); // for --guard alone
        (await AllowedAsync(database)).Should().BeEmpty();
        (await tool.RunAsync("migrate", "--guard", "--allow", "public.countries=of the command", "--allow", History, "-c", database)).ExitCode.Should().Be(0);
        (await AllowedAsync(database)).Should().Contain(["\"a=b\": also", "countries: of the command"]);
    }

    [Theory]
    [InlineData("public.countries")]
    [InlineData("public.countries=")]
    [InlineData("public.countries=  ")]
    [InlineData("=a reason")]
    [InlineData("")]
    [InlineData("public.\"countries=a reason")]
    public async Task An_allowance_that_is_malformed_changes_nothing(string allowance)
    {
        var database = await databases.NewAsync(Tables);
        using var tool = new Tool();
        var (exit, output, error) = await tool.RunAsync("migrate", "--guard", "--allow", allowance, "-c", database);
        (exit, output).Should().Be((2, ""));
        error.Should().Contain($"--allow \"{allowance}\": write the relation, = and the reason");
    }

    [Theory]
    [InlineData("""{ "guard": { "allow": [{ "relation": "public.countries" }] } }""", "each entry needs \"relation\" and \"reason\"")]
    [InlineData("""{ "guard": { "allow": [null] } }""", "each entry needs \"relation\" and \"reason\"")]
    [InlineData("""{ "guard": { "allow": [{ "relation": "x", "reason": "y" }, { "relation": "x", "reason": "z" }] } }""", "more than once")]
    [InlineData("""{ "guard": { "allows": [] } }""", "allows")]
    public async Task Settings_that_are_malformed_change_nothing(string settings, string message)
    {
        var database = await databases.NewAsync(Tables);
        using var tool = new Tool();
        tool.Write("sme-data.json", settings);
        var (exit, output, error) = await tool.RunAsync("migrate", "--guard", "-c", database);
        (exit, output).Should().Be((2, ""));
        error.Should().Contain(message);
    }

    [Fact]
    public async Task An_allowance_without_the_guard_or_of_no_relation_is_refused()
    {
        var database = await databases.NewAsync(Tables);
        using var tool = new Tool();
        (await tool.RunAsync("migrate", "--allow", "public.countries=x", "-c", database)).Error.Should().Contain("give --guard, too");
        var (exit, _, error) = await tool.RunAsync("migrate", "--guard", "--allow", "public.countrys=x", "-c", database);
        exit.Should().Be(2);
        error.Should().Contain("The guard cannot allow public.countrys: 42P01").And.Contain("public.countries, or public.\"Countries\"");
        (await tool.RunAsync("migrate", "--guard", "--allow", "public.countries=x", "--allow", "public.countries=y", "-c", database)).Error
            .Should().Contain("public.countries more than once");
    }

    private static async Task<List<string>> AllowedAsync(string database)
    {
        await using var connection = await Sql.OpenAsync(database, Sql.Cancel);
        return await connection.ListAsync<string>(
            "SELECT relation::text || ': ' || reason FROM app_guard.allowlist WHERE relation::text NOT LIKE 'app.%' ORDER BY relation::text COLLATE \"C\"");
    }
}
