using System.Security.Claims;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using SmeFinancialOs.Data.AspNetCore.Sources;

namespace SmeFinancialOs.Data.AspNetCore;

/// <summary>
/// Where the tenant of a request comes from, and how refusals look. Sources are asked in the order in which they were chosen: the first one that the request
/// says something for decides, and everything else in the request is ignored.
/// </summary>
public sealed class TenantContextOptions
{
    /// <summary>The claim that names the organization unless a source is chosen.</summary>
    public const string DefaultClaimType = "org_id";

    private readonly List<TenantSource> _sources = [];
    private readonly ClaimSource _default = new(DefaultClaimType);
    private readonly ResolverCache _cache;

    /// <summary>Options without a source, which take the claim <c>org_id</c>.</summary>
    public TenantContextOptions() => _cache = new(this);

    /// <summary>The header that an admin request gives its reason in; it is written to the access log.</summary>
    public string AdminReasonHeader { get; set; } = "X-Admin-Reason";

    /// <summary>
    /// Who the access log says was admin; by default the name of the user, else the claim <c>sub</c>. Null or blank refuses the request.
    /// </summary>
    public Func<ClaimsPrincipal, string?> AdminActor { get; set; } = user =>
        user.Identity?.Name ?? user.FindFirstValue("sub") ?? user.FindFirstValue(ClaimTypes.NameIdentifier);

    /// <summary>
    /// The status of what the database denied: 404, so that nobody learns what exists, or 403. A missing privilege is 403 in any case: it is no row.
    /// </summary>
    public int AccessDeniedStatusCode { get; set; } = StatusCodes.Status404NotFound;

    /// <summary>
    /// The context of the public demo: <see cref="TenantContext.Demo"/>, or what <see cref="TenantContext.ForDemo"/> makes of the id of a demo of one's own.
    /// </summary>
    /// <exception cref="ArgumentException">It is the context of a tenant or an admin.</exception>
    public TenantContext Demo
    {
        get;
        set
        {
            ArgumentNullException.ThrowIfNull(value, nameof(Demo));
            field = value.Access == TenantAccess.Demo ? value : throw new ArgumentException("It is no context of a demo.", nameof(Demo));
        }
    } = TenantContext.Demo;

    /// <summary>
    /// How long a tenant that a resolver has found is remembered in this process, at most an hour: so long a revoked key or membership stays in force. Zero,
    /// the default, asks the database for each request.
    /// </summary>
    public TimeSpan ResolverCacheDuration { get; set; }

    internal IReadOnlyList<TenantSource> Sources => _sources.Count > 0 ? _sources : [_default];

    internal ResolverMembership? Membership { get; private set; }

    internal UserClaims? User { get; private set; }

    /// <summary>Takes the id of the organization from a claim of the authenticated user: whoever issued the token vouches for it.</summary>
    /// <param name="claimType">The type of the claim.</param>
    /// <exception cref="ArgumentException">The type is blank.</exception>
    public TenantContextOptions FromClaim(string claimType = DefaultClaimType)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(claimType);
        return From(new ClaimSource(claimType));
    }

    /// <summary>
    /// Says who acts inside the organization (<see cref="TenantContext.As"/>): the value of a claim of the authenticated user. A user of an organization with
    /// no such claim, or with more than one, is refused.
    /// </summary>
    /// <param name="claimType">The type of the claim, such as <c>sub</c>.</param>
    /// <exception cref="ArgumentException">The type is blank.</exception>
    public TenantContextOptions UserFromClaim(string claimType)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(claimType);
        User = new(claimType, User?.RoleType);
        return this;
    }

    /// <summary>
    /// Takes the roles that the user has inside the organization from the claims of a type, in their order. After <see cref="UserFromClaim"/>.
    /// </summary>
    /// <param name="claimType">The type of the claims, such as <c>role</c>.</param>
    /// <exception cref="ArgumentException">The type is blank.</exception>
    /// <exception cref="InvalidOperationException">No claim says who the user is.</exception>
    public TenantContextOptions RolesFromClaim(string claimType)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(claimType);
        User = User is { } user ? user with { RoleType = claimType } : throw new InvalidOperationException("Roles belong to a user: call UserFromClaim first.");
        return this;
    }

    /// <summary>Takes the organization from a parameter of the route, after <see cref="ITenantMembership"/> has agreed.</summary>
    /// <param name="parameter">The name in the route pattern, as in <c>/{organization}/invoices</c>.</param>
    /// <exception cref="ArgumentException">The name is blank.</exception>
    public TenantContextOptions FromRoute(string parameter)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(parameter);
        return From(new MembershipSource(http => http.GetRouteValue(parameter) as string, this));
    }

    /// <summary>Takes the organization from the host name, after <see cref="ITenantMembership"/> has agreed: <c>acme</c> of <c>acme.example.com</c>.</summary>
    /// <param name="domain">The domain that organizations are one label below, as <c>example.com</c>.</param>
    /// <exception cref="ArgumentException">The domain is blank, or has nothing but dots.</exception>
    public TenantContextOptions FromHost(string domain)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(domain);
        var suffix = "." + domain.Trim('.');
        ArgumentOutOfRangeException.ThrowIfEqual(suffix, ".", nameof(domain));
        return From(new MembershipSource(http => http.Request.Host.Host is var host && host.EndsWith(suffix, StringComparison.OrdinalIgnoreCase)
            && !host[..^suffix.Length].Contains('.', StringComparison.Ordinal) ? host[..^suffix.Length] : null, this));
    }

    /// <summary>Takes the organization from a header, after <see cref="ITenantMembership"/> has agreed.</summary>
    /// <param name="name">The name of the header. A request with more than one of it has none.</param>
    /// <exception cref="ArgumentException">The name is blank.</exception>
    public TenantContextOptions FromHeader(string name)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(name);
        return From(new MembershipSource(http => http.Request.Headers[name] is { Count: 1 } values ? values[0] : null, this));
    }

    /// <summary>
    /// Takes the organization from a key in the request, by a resolver of the database (<c>app.create_resolver</c>). The key is the proof: nobody has to be
    /// signed in, and there is no user.
    /// </summary>
    /// <param name="resolver">The name of the resolver.</param>
    /// <param name="key">
    /// The key of a request as the resolver takes it, usually the hash of a secret; null where the request has none. A request whose key no row has is refused.
    /// </param>
    /// <exception cref="ArgumentException">The name is blank.</exception>
    public TenantContextOptions FromResolver(string resolver, Func<HttpContext, object?> key)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(resolver);
        ArgumentNullException.ThrowIfNull(key);
        return From(new KeySource(resolver, key, _cache));
    }

    /// <summary>Takes the organization from a key in a header, such as an API key, by a resolver of the database.</summary>
    /// <param name="resolver">The name of the resolver.</param>
    /// <param name="header">The name of the header, such as <c>X-Api-Key</c>. A request with more than one of it has none.</param>
    /// <param name="hash">Makes of the header's value what the database stores, such as its SHA-256.</param>
    /// <exception cref="ArgumentException">A name is blank.</exception>
    public TenantContextOptions FromKeyHeader(string resolver, string header, Func<string, object> hash)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(header);
        ArgumentNullException.ThrowIfNull(hash);
        return FromResolver(resolver, http => http.Request.Headers[header] is { Count: 1 } values && values[0] is { Length: > 0 } text ? hash(text) : null);
    }

    /// <summary>
    /// Confirms what a route, a host name or a header names by a resolver of memberships, whose columns are user and organization; instead of
    /// <see cref="ITenantMembership"/>. The request has to name the id of the organization.
    /// </summary>
    /// <param name="resolver">The name of the resolver.</param>
    /// <param name="userClaimType">The claim of the authenticated user with the user's id, such as <c>sub</c>. A user without exactly one is no member.</param>
    /// <exception cref="ArgumentException">A name is blank.</exception>
    public TenantContextOptions MembershipFromResolver(string resolver, string userClaimType)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(resolver);
        ArgumentException.ThrowIfNullOrWhiteSpace(userClaimType);
        Membership = new(resolver, userClaimType, _cache);
        return this;
    }

    private TenantContextOptions From(TenantSource source)
    {
        _sources.Add(source);
        return this;
    }
}
