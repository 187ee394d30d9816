using System.Net;
using SmeFinancialOs.Data.EndToEnd.Tests.Support;

namespace SmeFinancialOs.Data.EndToEnd.Tests;

public sealed class IsolationTests(SampleFixture sample)
{
    [Fact]
    public async Task Two_tenants_at_once_never_see_each_other()
    {
        var (c, d) = (Tenant.New(), Tenant.New());
        await sample.AddAsync(c);
        await sample.AddAsync(d);

        var answers = await Task.WhenAll(Enumerable.Range(0, 400).Select(async i =>
        {
            var (me, other) = i % 2 == 0 ? (c, d) : (d, c);
            var token = sample.TokenOf(me.Id);
            var kind = i / 2 % 5;
            var answer = await (kind switch
            {
                0 => sample.Host.GetAsync("/invoices?pageSize=100", token),
                1 => sample.Host.GetAsync($"/invoices/{me.Invoice(1 + i % 30)}", token),
                2 => sample.Host.GetAsync("/dashboard/totals", token),
                3 => sample.Host.PostAsync($"/invoices/{me.Invoice(1 + i % 30)}/pay", token),
                _ => sample.Host.GetAsync($"/invoices/by-number/{other.Name}-1", token),
            });
            return (Other: other, IsForeign: kind == 4, Answer: answer);
        }));

        foreach (var (other, isForeign, answer) in answers)
        {
            answer.Status.Should().Be(isForeign ? HttpStatusCode.NotFound : HttpStatusCode.OK, answer.Text);
            answer.Text.Should().NotContainAny(other.Secret, other.Id.ToString());
        }
    }

    [Fact]
    public async Task What_two_tenants_write_at_once_is_each_ones_own()
    {
        var (c, d) = (Tenant.New(), Tenant.New());
        await sample.AddAsync(c, invoices: 0);
        await sample.AddAsync(d, invoices: 0);

        // the same numbers for both: what is unique is so within one organization
        var written = await Task.WhenAll(Enumerable.Range(0, 200).Select(i =>
            sample.Host.PostAsync("/invoices", sample.TokenOf((i % 2 == 0 ? c : d).Id), Body.Invoice($"N-{i / 2}", (i % 2 == 0 ? c : d).Secret))));

        written.Should().OnlyContain(answer => answer.Status == HttpStatusCode.Created);
        foreach (var tenant in new[] { c, d })
            (await sample.TruthAsync<long>($"SELECT count(*) FROM public.invoices WHERE org_id = '{tenant.Id}' AND customer_name = '{tenant.Secret}'"))
                .Should().Be(100);
        (await sample.TruthAsync<long>($"SELECT count(*) FROM public.invoices WHERE org_id IN ('{c.Id}', '{d.Id}')")).Should().Be(200);
    }

    [Fact]
    public async Task An_invoice_of_another_tenant_does_not_exist()
    {
        var before = await sample.FingerprintAsync(sample.Demo);
        var foreign = $"/invoices/{sample.Demo.Invoice(1)}";

        (await sample.Host.GetAsync(foreign, sample.TokenOfA)).ShouldBeProblem(HttpStatusCode.NotFound);
        (await sample.Host.PostAsync(foreign + "/pay", sample.TokenOfA)).ShouldBeProblem(HttpStatusCode.NotFound);
        (await sample.Host.DeleteAsync(foreign, sample.TokenOfA)).ShouldBeProblem(HttpStatusCode.NotFound);
        (await sample.FingerprintAsync(sample.Demo)).Should().Be(before);
    }

    [Fact]
    public async Task A_foreign_invoice_and_one_that_nobody_has_look_alike()
    {
        var foreign = await sample.Host.GetAsync($"/invoices/{sample.B.Invoice(1)}", sample.TokenOfA);
        var none = await sample.Host.GetAsync($"/invoices/{Guid.NewGuid()}", sample.TokenOfA);
        (foreign.Status, foreign.TextWithoutTrace).Should().Be((none.Status, none.TextWithoutTrace));
    }

    [Fact]
    public async Task Pages_show_every_invoice_once()
    {
        var seen = new List<Guid>();
        string? next = null;
        do
        {
            var page =
                (await sample.Host.GetAsync($"/invoices?pageSize=7{(next is null ? "" : $"&after={Uri.EscapeDataString(next)}")}",
                    sample.TokenOf(sample.Demo.Id))).Json;
            seen.AddRange(page.GetProperty("items").EnumerateArray().Select(item => item.GetProperty("id").GetGuid()));
            next = page.GetProperty("next").GetString();
        }
        while (next is not null);
        seen.Should().BeEquivalentTo(Enumerable.Range(1, 30).Select(sample.Demo.Invoice));
    }

    [Fact]
    public async Task A_job_writes_for_the_tenant_that_asked()
    {
        var asked = await sample.Host.PostAsync("/statements", sample.TokenOfA);
        asked.Status.Should().Be(HttpStatusCode.Accepted);
        var path = asked.Location!.ToString();

        await Eventually.HoldsAsync(async () => (await sample.Host.GetAsync(path, sample.TokenOfA)).Status == HttpStatusCode.OK);
        var statement = await sample.Host.GetAsync(path, sample.TokenOfA);
        statement.MediaType.Should().Be("text/csv");
        statement.Text.Should().Contain(sample.A.Secret).And.NotContainAny(sample.B.Secret, sample.Demo.Secret);
        (await sample.Host.GetAsync(path, sample.TokenOfB)).ShouldBeProblem(HttpStatusCode.NotFound);
    }
}
