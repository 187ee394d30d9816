using System.Net;
using SmeFinancialOs.Data.EndToEnd.Tests.Support;

namespace SmeFinancialOs.Data.EndToEnd.Tests;

public sealed class DemoTests(SampleFixture sample)
{
    private const string Message = "Demo mode - sign up for full functionality";

    [Fact]
    public async Task Anybody_sees_the_demo_and_nothing_else()
    {
        var totals = await sample.Host.GetAsync("/demo/totals");
        totals.Status.Should().Be(HttpStatusCode.OK);
        totals.Json.EnumerateArray().Sum(total => total.GetProperty("count").GetInt64()).Should().Be(30);
    }

    [Fact]
    public async Task The_demo_writes_nothing_and_says_why()
    {
        var before = await sample.FingerprintAsync(sample.Demo);
        var answer = await sample.Host.PostAsync("/demo/invoices", token: null, Body.Invoice("D-1000"));
        answer.ShouldBeProblem(HttpStatusCode.Forbidden);
        answer.Json.GetProperty("detail").GetString().Should().Be(Message);
        (await sample.FingerprintAsync(sample.Demo)).Should().Be(before);
    }

    [Fact]
    public async Task A_token_for_the_demo_organization_writes_nothing_either()
    {
        var (before, token) = (await sample.FingerprintAsync(sample.Demo), sample.TokenOf(sample.Demo.Id));
        var answers = new[]
        {
            await sample.Host.PostAsync("/invoices", token, Body.Invoice("D-1001")),
            await sample.Host.PostAsync($"/invoices/{sample.Demo.Invoice(1)}/pay", token),
            await sample.Host.DeleteAsync($"/invoices/{sample.Demo.Invoice(1)}", token),
        };
        answers.Should().OnlyContain(answer => answer.Status == HttpStatusCode.Forbidden && answer.Text.Contains(Message));
        (await sample.FingerprintAsync(sample.Demo)).Should().Be(before);
    }

    [Fact]
    public async Task Endpoints_that_are_not_the_demos_are_closed_to_visitors()
    {
        foreach (var path in new[] { "/invoices", $"/invoices/{sample.Demo.Invoice(1)}", "/dashboard/totals", "/admin/totals" })
            (await sample.Host.GetAsync(path)).ShouldBeProblem(HttpStatusCode.Unauthorized);
    }
}
