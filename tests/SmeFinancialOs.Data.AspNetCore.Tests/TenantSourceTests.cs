using System.Security.Claims;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using SmeFinancialOs.Data.AspNetCore.Tests.Support;

namespace SmeFinancialOs.Data.AspNetCore.Tests;

/// <summary>Whose request it is: decided before any database work, so none of these apps has a database.</summary>
public sealed class TenantSourceTests
{
    private static readonly Guid A = Guid.CreateVersion7();
    private static readonly Guid B = Guid.CreateVersion7();

    [Fact]
    public async Task A_claim_names_the_organization()
    {
        await using var app = await App.StartAsync(Whose);
        (await (await app.GetAsync("/", TestUsers.User(A))).ShouldBeOkAsync()).Should().Be($"organization {A}");
        (await (await app.GetAsync("/", TestUsers.User(B))).ShouldBeOkAsync()).Should().Be($"organization {B}");
    }

    [Fact]
    public async Task The_demo_organization_in_a_claim_is_the_read_only_demo()
    {
        await using var app = await App.StartAsync(Whose);
        (await (await app.GetAsync("/", TestUsers.User(TenantContext.DemoOrganizationId))).ShouldBeOkAsync()).Should().Be("demo (read-only)");
    }

    [Fact]
    public async Task Anonymous_request_is_401()
    {
        await using var app = await App.StartAsync(Whose);
        (await (await app.GetAsync("/")).ShouldBeProblemAsync(401)).Code.Should().Be("sign_in_required");
    }

    [Theory]
    [InlineData("alice")]
    [InlineData("alice; org_id=acme")]
    [InlineData("alice; org_id=00000000-0000-0000-0000-000000000000")]
    [InlineData("alice; org_id=01890a5d-ac96-774b-bcce-b302099a8057; org_id=01890a5d-ac96-774b-bcce-b302099a8058")]
    public async Task A_user_without_one_clear_organization_is_refused(string user)
    {
        await using var app = await App.StartAsync(Whose);
        (await (await app.GetAsync("/", user)).ShouldBeProblemAsync(403)).Code.Should().Be("no_tenant");
    }

    [Fact]
    public async Task A_claim_that_nobody_authenticated_is_no_claim()
    {
        await using var app = await App.StartAsync(Whose);
        (await app.GetAsync("/", $"alice | org_id={A}")).StatusCode.Should().Be(System.Net.HttpStatusCode.Forbidden);
        (await (await app.GetAsync("/", $"alice; org_id={A} | org_id={B}")).ShouldBeOkAsync()).Should().Be($"organization {A}");
    }

    [Fact]
    public async Task Where_the_claim_counts_everything_else_in_the_request_is_ignored()
    {
        await using var app = await App.StartAsync(map => map.MapGet("/{organization}", () => AmbientTenantContext.Current!.ToString()));
        var response = await app.GetAsync($"/{B}?org_id={B}", TestUsers.User(A), ("X-Organization", B.ToString()), ("Host", "b.example.com"),
            ("org_id", B.ToString()));
        (await response.ShouldBeOkAsync()).Should().Be($"organization {A}");
    }

    [Theory]
    [InlineData("sub=ann; duty=clerk; duty=auditor; duty=clerk", "ann clerk,auditor")]
    [InlineData("sub=ann", "ann ")]
    [InlineData("sub=ann; sub=ann; duty=a,b", "ann a,b")]
    public async Task Claims_say_who_acts_and_in_which_roles(string claims, string expected)
    {
        await using var app = await App.StartAsync(WhoActs, configure: o => o.FromClaim().UserFromClaim("sub").RolesFromClaim("duty"));
        (await (await app.GetAsync("/", $"{TestUsers.User(A)}; {claims}")).ShouldBeOkAsync()).Should().Be($"organization {A} {expected}");
    }

    [Theory]
    [InlineData("")]
    [InlineData("; sub=ann; sub=bob")]
    [InlineData("; sub= ")]
    [InlineData("; sub=ann; duty= ")]
    [InlineData(" | sub=ann")]
    public async Task A_user_without_one_clear_id_is_refused_where_the_app_asks_for_one(string claims)
    {
        await using var app = await App.StartAsync(WhoActs, configure: o => o.FromClaim().UserFromClaim("sub").RolesFromClaim("duty"));
        (await (await app.GetAsync("/", TestUsers.User(A) + claims)).ShouldBeProblemAsync(403)).Code.Should().Be("no_user");
    }

    [Fact]
    public async Task Without_the_option_nobody_acts()
    {
        await using var app = await App.StartAsync(WhoActs);
        (await (await app.GetAsync("/", $"{TestUsers.User(A)}; sub=ann; duty=clerk")).ShouldBeOkAsync()).Should().Be($"organization {A}  ");
    }

    [Fact]
    public void Roles_without_a_user_and_blank_claims_are_refused_at_start()
    {
        new TenantContextOptions().Invoking(o => o.RolesFromClaim("duty")).Should().Throw<InvalidOperationException>().WithMessage("*UserFromClaim*");
        new TenantContextOptions().Invoking(o => o.UserFromClaim(" ")).Should().Throw<ArgumentException>();
        new TenantContextOptions().UserFromClaim("sub").Invoking(o => o.RolesFromClaim("")).Should().Throw<ArgumentException>();
    }

    public static TheoryData<string, string, string?> OtherSources => new()
    {
        { "route", "/a", null }, { "host", "/", "a.example.com" }, { "header", "/", null },
    };

    [Theory]
    [MemberData(nameof(OtherSources))]
    public async Task Route_host_and_header_count_for_members_alone(string source, string path, string? host)
    {
        await using var app = await StartAsync(source);
        (string, string)[] headers = source switch { "host" => [("Host", host!)], "header" => [("X-Organization", "a")], _ => [] };

        (await (await app.GetAsync(path, "alice", headers)).ShouldBeOkAsync()).Should().Be($"organization {A}");
        var other = await (await app.GetAsync(path, "mallory", headers)).ShouldBeProblemAsync(403);
        (await app.GetAsync(path, user: null, headers)).StatusCode.Should().Be(System.Net.HttpStatusCode.Unauthorized);
        // The claim of a token is not the chosen source.
        (await app.GetAsync(path, $"mallory; org_id={A}", headers)).StatusCode.Should().Be(System.Net.HttpStatusCode.Forbidden);

        // Nobody learns which organizations exist.
        (string, string)[] unknown = source switch { "host" => [("Host", "z.example.com")], "header" => [("X-Organization", "z")], _ => [] };
        (await (await app.GetAsync(source == "route" ? "/z" : path, "mallory", unknown)).ShouldBeProblemAsync(403)).Should().Be(other);
    }

    [Theory]
    [InlineData("example.com")]
    [InlineData("a.example.com.evil.test")]
    [InlineData("a.b.example.com")]
    [InlineData("aexample.com")]
    [InlineData(".example.com")]
    public async Task A_host_name_that_is_not_one_label_below_the_domain_names_nobody(string host)
    {
        await using var app = await StartAsync("host");
        (await (await app.GetAsync("/", "alice", ("Host", host))).ShouldBeProblemAsync(403)).Code.Should().Be("no_tenant");
    }

    [Fact]
    public async Task Two_headers_name_nobody()
    {
        await using var app = await StartAsync("header");
        (await (await app.GetAsync("/", "alice", ("X-Organization", "a"), ("X-Organization", "b"))).ShouldBeProblemAsync(403)).Code.Should().Be("no_tenant");
    }

    [Theory]
    [InlineData("route")]
    [InlineData("host")]
    [InlineData("header")]
    public async Task Without_a_membership_check_the_host_does_not_start(string source) =>
        await FluentActions.Awaiting(() => App.StartAsync(Whose, configure: o => Choose(o, source)))
            .Should().ThrowAsync<OptionsValidationException>().WithMessage("*ITenantMembership*");

    /// <summary>Two sources, a claim, else a header: the first one that the request says something for decides.</summary>
    [Fact]
    public async Task Of_two_sources_the_first_that_names_an_organization_decides()
    {
        await using var app = await App.StartAsync(Whose, configure: o => o.FromClaim().FromHeader("X-Organization"),
            services: s => s.AddSingleton<ITenantMembership, MembershipOfAlice>());

        (await (await app.GetAsync("/", $"alice; org_id={B}", ("X-Organization", "a"))).ShouldBeOkAsync()).Should().Be($"organization {B}");
        (await (await app.GetAsync("/", "alice", ("X-Organization", "a"))).ShouldBeOkAsync()).Should().Be($"organization {A}");
        // What is named and refused ends it: a bad claim does not open the way to the header, nor a header to the claim.
        (await (await app.GetAsync("/", "alice; org_id=acme", ("X-Organization", "a"))).ShouldBeProblemAsync(403)).Code.Should().Be("no_tenant");
        (await (await app.GetAsync("/", "mallory", ("X-Organization", "a"))).ShouldBeProblemAsync(403)).Code.Should().Be("no_tenant");
        (await (await app.GetAsync("/", "alice")).ShouldBeProblemAsync(403)).Code.Should().Be("no_tenant");
        (await (await app.GetAsync("/", user: null, ("X-Organization", "a"))).ShouldBeProblemAsync(401)).Code.Should().Be("sign_in_required");
    }

    [Fact]
    public async Task A_header_in_front_of_a_claim_decides_for_members_alone()
    {
        await using var app = await App.StartAsync(Whose, configure: o => o.FromHeader("X-Organization").FromClaim(),
            services: s => s.AddSingleton<ITenantMembership, MembershipOfAlice>());

        (await (await app.GetAsync("/", $"alice; org_id={B}", ("X-Organization", "a"))).ShouldBeOkAsync()).Should().Be($"organization {A}");
        (await (await app.GetAsync("/", $"mallory; org_id={B}", ("X-Organization", "a"))).ShouldBeProblemAsync(403)).Code.Should().Be("no_tenant");
        (await (await app.GetAsync("/", $"mallory; org_id={B}")).ShouldBeOkAsync()).Should().Be($"organization {B}");
    }

    [Theory]
    [InlineData(200)]
    [InlineData(500)]
    public async Task A_denied_access_is_404_or_403(int status) =>
        await FluentActions.Awaiting(() => App.StartAsync(Whose, configure: o => o.AccessDeniedStatusCode = status))
            .Should().ThrowAsync<OptionsValidationException>().WithMessage("*404 or 403*");

    [Theory]
    [InlineData(".")]
    [InlineData(" ")]
    public void Domain_of_dots_alone_is_refused(string domain) =>
        new TenantContextOptions().Invoking(o => o.FromHost(domain)).Should().Throw<ArgumentException>();

    [Fact]
    public void UseTenantContext_needs_its_services()
    {
        var app = WebApplication.CreateSlimBuilder().Build();
        app.Invoking(a => a.UseTenantContext()).Should().Throw<InvalidOperationException>().WithMessage("*AddTenantContext*");
    }

    private static void WhoActs(WebApplication app) => app.MapGet("/", () =>
        $"{AmbientTenantContext.Current!} {AmbientTenantContext.Current!.UserId} {string.Join(',', AmbientTenantContext.Current!.Roles)}");

    private static void Whose(WebApplication app) => app.MapGet("/{organization?}", () => AmbientTenantContext.Current!.ToString());

    private static Task<App> StartAsync(string source) =>
        App.StartAsync(Whose, configure: o => Choose(o, source), services: s => s.AddSingleton<ITenantMembership, MembershipOfAlice>());

    private static void Choose(TenantContextOptions options, string source) => _ = source switch
    {
        "route" => options.FromRoute("organization"),
        "host" => options.FromHost("example.com"),
        _ => options.FromHeader("X-Organization"),
    };

    private sealed class MembershipOfAlice : ITenantMembership
    {
        public ValueTask<TenantKey?> FindOrganizationAsync(ClaimsPrincipal user, string value, CancellationToken cancellationToken) =>
            new(user.Identity!.Name == "alice" && value == "a" ? A : null);
    }
}
