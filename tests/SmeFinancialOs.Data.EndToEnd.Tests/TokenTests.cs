using System.Net;
using System.Security.Cryptography;
using SmeFinancialOs.Data.EndToEnd.Tests.Support;

namespace SmeFinancialOs.Data.EndToEnd.Tests;

public sealed class TokenTests(SampleFixture sample)
{
    private const string Credentials = """{"name":"alice","password":"correct horse"}""";

    [Fact]
    public async Task A_sign_in_gives_a_token_for_ones_own_organization()
    {
        var signedIn = (await sample.Host.PostAsync("/sign-in", token: null, Credentials)).Json;
        signedIn.GetProperty("expiresIn").GetInt32().Should().Be(300);
        var list = await sample.Host.GetAsync("/invoices", signedIn.GetProperty("accessToken").GetString());
        list.Status.Should().Be(HttpStatusCode.OK);
        list.Text.Should().Contain(sample.A.Secret).And.NotContain(sample.B.Secret);
    }

    [Theory]
    [InlineData("""{"name":"alice","password":"wrong"}""")]
    [InlineData("""{"name":"nobody","password":"correct horse"}""")]
    [InlineData("""{"name":"alice"}""")]
    [InlineData("""{"name":"alice' OR '1'='1","password":"' OR '1'='1"}""")]
    [InlineData("{}")]
    public async Task A_sign_in_needs_name_and_password(string credentials) =>
        (await sample.Host.PostAsync("/sign-in", token: null, credentials)).ShouldBeProblem(HttpStatusCode.Unauthorized);

    public static TheoryData<string> NoGoodTokens =>
    [
        "none", "not a token", "unsigned", "unsigned, NONE", "another key", "empty key", "another algorithm", "expired", "without end", "not yet",
        "another issuer", "another audience",
        "tenant changed", "role added", "signature cut",
    ];

    [Theory]
    [MemberData(nameof(NoGoodTokens))]
    public async Task Only_a_token_of_the_hosts_own_making_counts(string fault)
    {
        var good = sample.TokenOfA.Split('.');
        var claims = Jwt.Claims(sample.A.Id);
        var inAnHour = DateTimeOffset.UtcNow.AddHours(1).ToUnixTimeSeconds();
        var token = fault switch
        {
            "none" => null,
            "not a token" => "x.y.z",
            "unsigned" => Jwt.Sign(claims, [], "none"),
            "unsigned, NONE" => Jwt.Sign(claims, [], "nOnE"),
            "another key" => Jwt.Sign(claims, RandomNumberGenerator.GetBytes(32)),
            "empty key" => Jwt.Sign(claims, []),
            "another algorithm" => sample.Forge(c => c["org_id"] = sample.A.Id, "HS512"),
            "expired" => sample.Forge(c => (c["org_id"], c["exp"]) = (sample.A.Id, DateTimeOffset.UtcNow.AddSeconds(-5).ToUnixTimeSeconds())),
            "without end" => sample.Forge(c => { c["org_id"] = sample.A.Id; c.Remove("exp"); }),
            "not yet" => sample.Forge(c => (c["org_id"], c["nbf"], c["exp"]) = (sample.A.Id, inAnHour, inAnHour + 60)),
            "another issuer" => sample.Forge(c => (c["org_id"], c["iss"]) = (sample.A.Id, "elsewhere")),
            "another audience" => sample.Forge(c => (c["org_id"], c["aud"]) = (sample.A.Id, "elsewhere")),
            "tenant changed" => $"{good[0]}.{Jwt.Part(Jwt.Claims(sample.B.Id))}.{good[2]}",
            "role added" => $"{good[0]}.{Jwt.Part(new Dictionary<string, object>(claims) { ["role"] = "operator" })}.{good[2]}",
            _ => $"{good[0]}.{good[1]}.",
        };

        (await sample.Host.GetAsync("/invoices", token)).ShouldBeProblem(HttpStatusCode.Unauthorized);
        (await sample.Host.GetAsync("/admin/totals", token, ("X-Admin-Reason", "none"))).ShouldBeProblem(HttpStatusCode.Unauthorized);
    }

    [Fact]
    public async Task Unchanged_token_is_accepted() =>
        (await sample.Host.GetAsync("/invoices", sample.Forge(c => c["org_id"] = sample.A.Id))).Status.Should().Be(HttpStatusCode.OK);

    public static TheoryData<string> NoTenants => ["missing", "two", "not an id", "no id at all", "empty", "a list of SQL"];

    [Theory]
    [MemberData(nameof(NoTenants))]
    public async Task A_token_without_exactly_one_tenant_is_refused(string fault)
    {
        var token = sample.Forge(claims =>
        {
            if (fault == "missing")
                return;
            claims["org_id"] = fault switch
            {
                "two" => new[] { sample.A.Id, sample.B.Id },
                "not an id" => "acme",
                "no id at all" => Guid.Empty,
                "empty" => "",
                _ => $"{sample.A.Id}' OR org_id = '{sample.B.Id}",
            };
        });
        (await sample.Host.GetAsync("/invoices", token)).ShouldBeProblem(HttpStatusCode.Forbidden);
    }

    public static TheoryData<string> Places => ["header", "query", "body", "cookie"];

    [Theory]
    [MemberData(nameof(Places))]
    public async Task Only_the_token_names_the_tenant(string place)
    {
        var (c, foreign) = (Tenant.New(), sample.B.Id.ToString());
        await sample.AddAsync(c, invoices: 0);
        var before = await sample.FingerprintAsync(sample.B);

        var query = place == "query" ? $"?org_id={foreign}&organization={foreign}&organizationId={foreign}&app.current_org_id={foreign}" : "";
        var body = Body.Invoice("S-1", organization: place == "body" ? sample.B.Id : null);
        (string, string)[] headers = place switch
        {
            "header" => [("X-Organization", foreign), ("X-Org-Id", foreign), ("org_id", foreign), ("X-Tenant", foreign)],
            "cookie" => [("Cookie", $"org_id={foreign}; X-Organization={foreign}")],
            _ => [],
        };

        (await sample.Host.PostAsync("/invoices" + query, sample.TokenOf(c.Id), body, headers)).Status.Should().Be(HttpStatusCode.Created);
        var list = await sample.Host.GetAsync("/invoices" + query, sample.TokenOf(c.Id), headers);
        list.Json.GetProperty("items").GetArrayLength().Should().Be(1);
        list.Text.Should().Contain(c.Id.ToString()).And.NotContainAny(sample.B.Secret, foreign);
        (await sample.FingerprintAsync(sample.B)).Should().Be(before);
    }

    [Fact]
    public async Task Request_with_two_tokens_is_refused() =>
        (await sample.Host.GetAsync("/invoices", token: null, ("Authorization", "Bearer " + sample.TokenOfA), ("Authorization", "Bearer " + sample.TokenOfB)))
            .ShouldBeProblem(HttpStatusCode.Unauthorized);
}
