using System.Net;
using SmeFinancialOs.Data.EndToEnd.Tests.Support;

namespace SmeFinancialOs.Data.EndToEnd.Tests;

public sealed class AdminTests(SampleFixture sample)
{
    private const string Reason = "X-Admin-Reason";

    [Fact]
    public async Task An_operator_sees_all_organizations_and_is_in_the_log()
    {
        var reason = $"ticket {Guid.NewGuid()}";
        var totals = await sample.Host.GetAsync("/admin/totals", sample.TokenOfOperator, (Reason, reason));
        totals.Status.Should().Be(HttpStatusCode.OK);
        totals.Json.EnumerateArray().Select(total => total.GetProperty("organizationId").GetGuid())
            .Should().Contain([sample.A.Id, sample.B.Id, sample.Demo.Id]);
        (await LogAsync(reason)).Should().Be("olga, read-only");
    }

    [Fact]
    public async Task Without_the_policy_nobody_becomes_admin()
    {
        var reason = $"curiosity {Guid.NewGuid()}";
        (await sample.Host.GetAsync("/admin/totals", token: null, (Reason, reason))).ShouldBeProblem(HttpStatusCode.Unauthorized);
        (await sample.Host.GetAsync("/admin/totals", sample.TokenOfA, (Reason, reason))).ShouldBeProblem(HttpStatusCode.Forbidden);
        (await sample.Host.DeleteAsync($"/admin/organizations/{sample.A.Id}", sample.TokenOfA, (Reason, reason))).ShouldBeProblem(HttpStatusCode.Forbidden);
        (await sample.Host.DeleteAsync($"/admin/organizations/{sample.B.Id}", sample.TokenOfA, (Reason, reason))).ShouldBeProblem(HttpStatusCode.Forbidden);
        (await LogAsync(reason)).Should().BeNull();
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("   ")]
    [InlineData("too long")]
    public async Task Without_a_reason_nothing_is_opened(string? reason)
    {
        var before = await sample.TruthAsync<long>("SELECT coalesce(max(id), 0) FROM app.admin_access_log WHERE actor = 'olga-without-reason'");
        var token = sample.Forge(claims => (claims["role"], claims["sub"]) = ("operator", "olga-without-reason"));
        (string, string)[] headers = reason switch { null => [], "too long" => [(Reason, new string('x', 1001))], _ => [(Reason, reason)] };
        (await sample.Host.GetAsync("/admin/totals", token, headers)).ShouldBeProblem(HttpStatusCode.BadRequest);
        (await sample.TruthAsync<long>("SELECT coalesce(max(id), 0) FROM app.admin_access_log WHERE actor = 'olga-without-reason'")).Should().Be(before);
    }

    [Fact]
    public async Task A_deleted_organization_is_gone_from_every_table_and_nobody_elses_rows_are()
    {
        var c = Tenant.New();
        await sample.AddAsync(c, invoices: 25);
        var asked = await sample.Host.PostAsync("/statements", sample.TokenOf(c.Id));
        await Eventually.HoldsAsync(async () => (await sample.Host.GetAsync(asked.Location!.ToString(), sample.TokenOf(c.Id))).Status == HttpStatusCode.OK);
        var before = await sample.FingerprintAsync(sample.Demo);
        var reason = $"erasure {Guid.NewGuid()}";

        var deleted = await sample.Host.DeleteAsync($"/admin/organizations/{c.Id}", sample.TokenOfOperator, (Reason, reason));

        deleted.Status.Should().Be(HttpStatusCode.OK, deleted.Text);
        deleted.Json.EnumerateArray().ToDictionary(table => table.GetProperty("tableName").GetString()!, table => table.GetProperty("count").GetInt64())
            .Should().Equal(new Dictionary<string, long> { ["public.organizations"] = 1, ["public.invoices"] = 25, ["public.statements"] = 1 });
        foreach (var table in new[] { "organizations WHERE id", "invoices WHERE org_id", "statements WHERE org_id" })
            (await sample.TruthAsync<long>($"SELECT count(*) FROM public.{table} = '{c.Id}'")).Should().Be(0);
        (await sample.FingerprintAsync(sample.Demo)).Should().Be(before);
        (await LogAsync(reason)).Should().Be("olga, read-write");

        // whoever still has a token of it finds nothing, and brings nothing back
        (await sample.Host.GetAsync("/invoices", sample.TokenOf(c.Id))).Json.GetProperty("items").GetArrayLength().Should().Be(0);
        ((int)(await sample.Host.PostAsync("/invoices", sample.TokenOf(c.Id), Body.Invoice("1"))).Status).Should().BeInRange(400, 499);
        (await sample.Host.DeleteAsync($"/admin/organizations/{c.Id}", sample.TokenOfOperator, (Reason, reason))).ShouldBeProblem(HttpStatusCode.NotFound);
    }

    /// <summary>Who is in the access log for this reason, and for what.</summary>
    private Task<string?> LogAsync(string reason) => sample.TruthAsync<string>(
        $"SELECT actor || CASE WHEN read_only THEN ', read-only' ELSE ', read-write' END FROM app.admin_access_log WHERE reason = '{reason}' LIMIT 1");
}
