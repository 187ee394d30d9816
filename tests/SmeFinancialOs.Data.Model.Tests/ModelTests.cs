using System.Globalization;

namespace SmeFinancialOs.Data.Model.Tests;

/// <summary>For whatever tenants do in whatever order, the shared database answers exactly as a database of each tenant's own would.</summary>
public sealed class ModelTests(Model model) : IClassFixture<Model>
{
    private static int Sequences => int.Parse(Environment.GetEnvironmentVariable("SME_DATA_MODEL_SEQUENCES") ?? "2000", CultureInfo.InvariantCulture);

    private static int Seed =>
        int.Parse(Environment.GetEnvironmentVariable("SME_DATA_MODEL_SEED") ?? Random.Shared.Next(1_000_000_000).ToString(CultureInfo.InvariantCulture),
            CultureInfo.InvariantCulture);

    [Fact]
    public async Task A_shared_database_answers_as_a_database_for_each_tenant()
    {
        var seed = Seed;
        var difference = await model.CompareAsync(seed, Sequences);

        var report = string.Create(CultureInfo.InvariantCulture, $"seed {seed}, {model.Cases:N0} sequences: "
            + $"{string.Join(", ", model.Answers.OrderByDescending(answer => answer.Value).Select(answer => $"{answer.Key} {answer.Value:N0}"))}");
        Directory.CreateDirectory("TestResults");
        await File.WriteAllTextAsync("TestResults/model.txt", report, TestContext.Current.CancellationToken);
        difference.Should().BeNull(difference?.ToString());
        model.Cases.Should().BeGreaterThanOrEqualTo(Sequences);
        model.Answers.Keys
            .Should().Contain(["rows", "no rows", "written", "nothing written", "refused: 42501", "refused: 25006", "refused: 23505", "refused: 23503",
                "refused: 22012"], report);
    }

    [Theory]
    [InlineData("no row-level security on a table", "ALTER TABLE child DISABLE ROW LEVEL SECURITY")]
    [InlineData("a policy that lets every row in", "ALTER POLICY tenant_isolation ON parent WITH CHECK (true)")]
    [InlineData("a policy that lets every row out", "ALTER POLICY tenant_isolation ON parent USING (true)")]
    [InlineData("a second, permissive policy", "CREATE POLICY all_rows ON child FOR SELECT TO tenant_role USING (true)")]
    [InlineData("a policy with the wrong comparison", "ALTER POLICY tenant_isolation ON parent USING (org_id <= (SELECT app.current_org_id()))")]
    [InlineData("the demo without its policy", "ALTER POLICY demo_read_only ON parent USING (true)")]
    [InlineData("a default of another organization", "ALTER TABLE parent ALTER COLUMN org_id SET DEFAULT '00000000-0000-4000-8000-000000000001'")]
    [InlineData("a unique key without the organization", "CREATE UNIQUE INDEX ON parent (code)")]
    public async Task Weakened_table_is_found_with_a_shrunk_example(string weakness, string sql)
    {
        var difference = await model.CompareAsync(seed: 1, sequences: 2000, sql);

        difference.Should().NotBeNull(weakness);
        Directory.CreateDirectory("TestResults");
        await File.WriteAllTextAsync($"TestResults/model, {weakness}.txt", difference!.ToString(), TestContext.Current.CancellationToken);
        difference.Case.Steps.Sum(step => step.Statements.Count).Should().BeLessThanOrEqualTo(4, difference.ToString());
    }
}
