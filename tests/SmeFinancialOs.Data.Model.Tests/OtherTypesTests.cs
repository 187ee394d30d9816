namespace SmeFinancialOs.Data.Model.Tests;

/// <summary>The same for tenant ids of other types than uuid, in a short form.</summary>
public abstract class OtherTypesTests(Model model)
{
    private const int Sequences = 300;

    [Fact]
    public async Task A_shared_database_answers_as_a_database_for_each_tenant()
    {
        var difference = await model.CompareAsync(Random.Shared.Next(1_000_000_000), Sequences);

        difference.Should().BeNull(difference?.ToString());
        model.Answers.Keys.Should().Contain(["rows", "no rows", "written", "nothing written", "refused: 42501", "refused: 25006", "refused: 23505"]);
    }

    [Theory]
    [InlineData("ALTER POLICY tenant_isolation ON parent USING (org_id <= (SELECT app.current_org_id()))")]
    [InlineData("ALTER POLICY tenant_isolation ON parent WITH CHECK (true)")]
    [InlineData("ALTER POLICY demo_read_only ON parent USING (true)")]
    public async Task Weakened_table_is_found(string weakness) => (await model.CompareAsync(seed: 1, sequences: 2000, weakness)).Should().NotBeNull(weakness);
}

public sealed class BigintTests(BigintTests.BigintModel model) : OtherTypesTests(model), IClassFixture<BigintTests.BigintModel>
{
    public sealed class BigintModel() : Model(TenantKeyType.Bigint);
}

public sealed class TextTests(TextTests.TextModel model) : OtherTypesTests(model), IClassFixture<TextTests.TextModel>
{
    public sealed class TextModel() : Model(TenantKeyType.Text);
}
