using System.Net;
using SmeFinancialOs.Data.EndToEnd.Tests.Support;

namespace SmeFinancialOs.Data.EndToEnd.Tests;

/// <summary>SQL through every parameter of the host: it is a value, or it is refused, and nobody sees more than before.</summary>
public sealed class InjectionTests(SampleFixture sample)
{
    public static TheoryData<string> Payloads =>
    [
        "' OR '1'='1",
        "'; DROP TABLE public.invoices; --",
        "1) UNION SELECT org_id, id, number, amount_cents, customer_name, status, issued_at, created_at, xmin FROM public.invoices --",
        "'; SELECT set_config('app.current_org_id', 'bbbbbbbb-0000-4000-8000-000000000001', true); --",
        "' || (SELECT set_config('app.current_org_id', 'bbbbbbbb-0000-4000-8000-000000000001', true)) || '",
        "$$; RESET ROLE; --",
        "\\'; COMMIT; --",
        "@status; --",
        "{0} %s $1 :id",
    ];

    [Theory]
    [MemberData(nameof(Payloads))]
    public async Task Sql_in_a_query_or_a_path_is_only_a_value(string payload)
    {
        var text = Uri.EscapeDataString(payload);
        string[] paths =
        [
            $"/invoices?status={text}", $"/invoices?pageSize={text}", $"/invoices?after={text}",
            $"/invoices?after={Uri.EscapeDataString("2026-01-01," + payload)}",
            $"/invoices/{text}", $"/invoices/by-number/{text}", $"/statements/{text}", $"/dashboard/totals?status={text}",
            $"/demo/totals?status={text}", $"/{text}",
        ];
        foreach (var path in paths)
            await ShouldGiveNothingAsync(await sample.Host.GetAsync(path, sample.TokenOfA), path);

        await ShouldGiveNothingAsync(await sample.Host.PostAsync($"/invoices/{text}/pay", sample.TokenOfA), "pay");
        await ShouldGiveNothingAsync(await sample.Host.DeleteAsync($"/invoices/{text}", sample.TokenOfA), "delete");
        await ShouldGiveNothingAsync(await sample.Host.DeleteAsync($"/admin/organizations/{text}", sample.TokenOfOperator, ("X-Admin-Reason", payload)),
            "delete organization");
    }

    [Theory]
    [MemberData(nameof(Payloads))]
    public async Task Sql_in_a_body_is_stored_as_it_is(string payload)
    {
        var c = Tenant.New();
        await sample.AddAsync(c, invoices: 0);
        var token = sample.TokenOf(c.Id);
        var number = payload[..Math.Min(64, payload.Length)];

        var created = await sample.Host.PostAsync("/invoices", token, Body.Invoice(number, payload));
        created.Status.Should().Be(HttpStatusCode.Created, created.Text);
        created.Json.GetProperty("customerName").GetString().Should().Be(payload);
        var found = await sample.Host.GetAsync($"/invoices/by-number/{Uri.EscapeDataString(number)}", token);
        // a slash in a path stays escaped
        if (!number.Contains('/'))
            found.Json.GetProperty("id").GetGuid().Should().Be(created.Json.GetProperty("id").GetGuid());
        (await sample.TruthAsync<long>($"SELECT count(*) FROM public.invoices WHERE org_id = '{c.Id}'")).Should().Be(1);

        await ShouldGiveNothingAsync(await sample.Host.PostAsync("/invoices", token, Body.Invoice("2", amountCents: payload)), "amount");
        await ShouldGiveNothingAsync(await sample.Host.PostAsync("/invoices", token, Body.Invoice("3", issuedAt: payload)), "date");
    }

    [Theory]
    [MemberData(nameof(Payloads))]
    public async Task Sql_as_a_reason_is_written_to_the_log_as_it_is(string payload)
    {
        var reason = $"{Guid.NewGuid()} {payload}";
        (await sample.Host.GetAsync("/admin/totals", sample.TokenOfOperator, ("X-Admin-Reason", reason))).Status.Should().Be(HttpStatusCode.OK);
        (await sample.TruthAsync<long>($"SELECT count(*) FROM app.admin_access_log WHERE reason = '{reason.Replace("'", "''")}'")).Should().Be(1);
    }

    private async Task ShouldGiveNothingAsync(Answer answer, string place)
    {
        ((int)answer.Status).Should().BeLessThan(500, $"{place}: {answer.Text}");
        answer.Text.Should().NotContainAny(sample.B.Secret, sample.B.Id.ToString(), "syntax error");
        (await sample.TruthAsync<long>($"SELECT count(*) FROM public.invoices WHERE org_id IN ('{sample.A.Id}', '{sample.B.Id}')")).Should().Be(60);
    }
}
