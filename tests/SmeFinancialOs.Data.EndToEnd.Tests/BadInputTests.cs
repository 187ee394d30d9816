using System.Net;
using SmeFinancialOs.Data.EndToEnd.Tests.Support;

namespace SmeFinancialOs.Data.EndToEnd.Tests;

/// <summary>Whatever a client sends, it is told what is wrong with it, and the host has no fault of its own.</summary>
public sealed class BadInputTests(SampleFixture sample)
{
    public static TheoryData<string> Queries =>
    [
        "pageSize=0", "pageSize=-1", "pageSize=10001", "pageSize=99999999999999999999", "pageSize=ten", "status=unknown", "status=", "status=7",
        "status=-1", "after=2026-01-01",
        "after=0001-01-01,00000000-0000-0000-0000-000000000000x", "after=2026-13-01,00000000-0000-0000-0000-000000000000", "after=,,",
    ];

    [Theory]
    [MemberData(nameof(Queries))]
    public async Task A_bad_query_is_refused(string query) =>
        (await sample.Host.GetAsync("/invoices?" + query, sample.TokenOfA)).ShouldBeProblem(HttpStatusCode.BadRequest);

    public static TheoryData<string> Bodies =>
    [
        "", "null", "[]", "{}", "{", "1", "\"text\"", "{\"number\":1}", "{\"number\":\"\"}", "{\"amountCents\":\"x\"}",
        """{"number":null,"amountCents":1,"customerName":"x","issuedAt":"2026-01-01"}""",
        """{"number":"1","amountCents":null,"customerName":"x","issuedAt":"2026-01-01"}""",
        """{"number":"1","customerName":"x","issuedAt":"2026-01-01"}""", """{"number":"1","amountCents":1,"customerName":"x"}""",
        Body.Invoice(""), Body.Invoice("   "), Body.Invoice(new string('x', 65)), Body.Invoice("1", new string('x', 201)), Body.Invoice("1", ""),
        Body.Invoice("nul\0"), Body.Invoice("1", "nul\0"), """{"number":"\ud800","amountCents":1,"customerName":"x","issuedAt":"2026-01-01"}""",
        Body.Invoice("1", amountCents: long.MaxValue), Body.Invoice("1", amountCents: 1.5), Body.Invoice("1", amountCents: "1e400"),
        Body.Invoice("1", amountCents: true),
        """{"number":"1","amountCents":99999999999999999999,"customerName":"x","issuedAt":"2026-01-01"}""",
        Body.Invoice("1", issuedAt: "yesterday"), Body.Invoice("1", issuedAt: "2026-02-30"), Body.Invoice("1", issuedAt: "0001-01-01"),
        Body.Invoice("1", issuedAt: "9999-12-31"),
        $"{string.Concat(Enumerable.Repeat("[", 1000))}",
    ];

    [Theory]
    [MemberData(nameof(Bodies))]
    public async Task A_bad_body_is_refused(string body)
    {
        var c = Tenant.New();
        await sample.AddAsync(c, invoices: 0);
        (await sample.Host.PostAsync("/invoices", sample.TokenOf(c.Id), body)).ShouldBeProblem(HttpStatusCode.BadRequest);
        (await sample.TruthAsync<long>($"SELECT count(*) FROM public.invoices WHERE org_id = '{c.Id}'")).Should().Be(0);
    }

    [Fact]
    public async Task A_bad_body_is_refused_in_development_too()
    {
        var configuration = sample.SharedConfiguration;
        configuration["ASPNETCORE_ENVIRONMENT"] = "Development";
        await using var host = await SampleHost.StartAsync(configuration);
        foreach (var body in new[] { "", "null", "{", "{\"number\":\"\"}", "{\"amountCents\":\"x\"}", Body.Invoice(""), Body.Invoice("1", amountCents: "x") })
            (await host.PostAsync("/invoices", sample.TokenOfA, body)).ShouldBeProblem(HttpStatusCode.BadRequest);
    }

    [Fact]
    public async Task A_body_too_large_is_refused() =>
        (await sample.Host.PostAsync("/invoices", sample.TokenOfA, Body.Invoice("1", new string('x', 100_000))))
            .ShouldBeProblem(HttpStatusCode.RequestEntityTooLarge);

    [Fact]
    public async Task A_number_that_is_taken_is_a_conflict() =>
        (await sample.Host.PostAsync("/invoices", sample.TokenOfA, Body.Invoice("A-1"))).ShouldBeProblem(HttpStatusCode.Conflict);

    [Fact]
    public async Task A_number_that_is_anothers_is_free()
    {
        var c = Tenant.New();
        await sample.AddAsync(c, invoices: 0);
        (await sample.Host.PostAsync("/invoices", sample.TokenOf(c.Id), Body.Invoice("A-1"))).Status.Should().Be(HttpStatusCode.Created);
    }

    [Theory]
    [InlineData("/nothing")]
    [InlineData("/invoices/not-an-id")]
    [InlineData("/invoices/by-number/%00")]
    [InlineData("/invoices/by-number/%ED%A0%80")]
    [InlineData("/invoices/by-number/%20")]
    [InlineData("/../appsettings.json")]
    [InlineData("/appsettings.json")]
    public async Task A_bad_path_is_refused(string path)
    {
        var answer = await sample.Host.GetAsync(path, sample.TokenOfA);
        ((int)answer.Status).Should().BeInRange(400, 499);
        answer.Text.Should().NotContain("Logging");
    }
}
