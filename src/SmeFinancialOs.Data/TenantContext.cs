using SmeFinancialOs.Data.Sessions;

namespace SmeFinancialOs.Data;

/// <summary>Who the database should believe is asking. Immutable.</summary>
public sealed record TenantContext
{
    /// <summary>The public demo organization where ids are uuids; the value of <c>app.demo_org_id()</c> in the database.</summary>
    public static readonly Guid DemoOrganizationId = new("de300000-0000-4000-8000-000000000001");

    /// <summary>The role of resolvers, which is no one's context: nothing public makes it.</summary>
    internal const TenantAccess ResolverAccess = (TenantAccess)3;

    private const int MaxLength = 1000;
    private const int MaxRoles = 1000;

    private TenantContext(TenantAccess access, TenantKey? organizationId, bool isReadOnly) =>
        (Access, OrganizationId, IsReadOnly) = (access, organizationId, isReadOnly);

    /// <summary>Copies all but <see cref="Identity"/>, which is of the original alone.</summary>
    private TenantContext(TenantContext original)
    {
        (Access, OrganizationId, IsReadOnly) = (original.Access, original.OrganizationId, original.IsReadOnly);
        (Actor, Reason, UserId, Roles) = (original.Actor, original.Reason, original.UserId, original.Roles);
    }

    /// <summary>The read-only public demo, where ids are uuids. <see cref="ForDemo"/> is for other types.</summary>
    public static TenantContext Demo { get; } = ForDemo(DemoOrganizationId);

    /// <summary>Nobody yet: what a resolver runs in. It has a role and no tenant, reads nothing by itself, and is never signed.</summary>
    internal static TenantContext Resolver { get; } = new(ResolverAccess, organizationId: null, isReadOnly: true);

    /// <summary>Before a user is a member of an organization: the same role, which accepts an invitation.</summary>
    internal static TenantContext Acceptance { get; } = new(ResolverAccess, organizationId: null, isReadOnly: false);

    /// <summary>The role this context acts as.</summary>
    public TenantAccess Access { get; }

    /// <summary>The organization; null for an admin context.</summary>
    public TenantKey? OrganizationId { get; }

    /// <summary>Whether the transaction is read-only: every write then fails with SQLSTATE 25006.</summary>
    public bool IsReadOnly { get; private init; }

    /// <summary>Who acts as admin; null for other contexts.</summary>
    public string? Actor { get; private init; }

    /// <summary>Why an admin context was opened; null for other contexts.</summary>
    public string? Reason { get; private init; }

    /// <summary>Who acts inside the organization, <c>app.current_user_id()</c>: what <see cref="As"/> was given, or null.</summary>
    public string? UserId { get; private init; }

    /// <summary>The roles of the user inside the organization, <c>app.current_roles()</c>, in the order they were given. No database roles.</summary>
    public IReadOnlyList<string> Roles { get; private init; } = [];

    /// <summary>Who the settings and the seal say this is.</summary>
    internal ContextIdentity Identity => field ??= new(this);

    /// <summary>One organization. The demo organization's id gives <see cref="Demo"/>.</summary>
    /// <param name="organizationId">The organization whose rows are visible: a <see cref="Guid"/>, a <see cref="long"/> or a <see cref="string"/>.</param>
    /// <exception cref="ArgumentException">It is no id: <see cref="Guid.Empty"/>, 0, or text that is blank, too long or not valid.</exception>
    public static TenantContext ForOrganization(TenantKey organizationId)
    {
        RequireKey(organizationId);
        return organizationId == DemoOrganizationId ? Demo : new(TenantAccess.Tenant, organizationId, isReadOnly: false);
    }

    /// <summary>The read-only public demo of a database with a demo of its own: the id that <c>app.use_demo</c> was given.</summary>
    /// <param name="organizationId">The organization that <c>app.demo_org_id()</c> returns. With another id nothing is visible.</param>
    /// <exception cref="ArgumentException">It is no id: <see cref="Guid.Empty"/>, 0, or text that is blank, too long or not valid.</exception>
    public static TenantContext ForDemo(TenantKey organizationId)
    {
        RequireKey(organizationId);
        return new(TenantAccess.Demo, organizationId, isReadOnly: true);
    }

    /// <summary>An operator across all organizations, read-only unless <see cref="AsReadWrite"/> asks for writes.</summary>
    /// <param name="actor">Who acts; at most 1000 characters, written to the access log. <c>app.current_user_id()</c> returns it.</param>
    /// <param name="reason">Why, for instance a ticket number; at most 1000 characters, written to the access log.</param>
    /// <exception cref="ArgumentException">Actor or reason is blank, too long or not valid text.</exception>
    public static TenantContext ForAdmin(string actor, string reason) => new(TenantAccess.Admin, organizationId: null, isReadOnly: true)
    {
        Actor = DatabaseText.Require(actor, MaxLength),
        Reason = DatabaseText.Require(reason, MaxLength),
    };

    /// <summary>The same context, for a user of the organization.</summary>
    /// <param name="userId">Who acts, as the host knows the user; at most 1000 characters.</param>
    /// <param name="roles">The user's roles inside the organization, in the host's own words; at most 1000, each of at most 1000 characters.</param>
    /// <exception cref="ArgumentException">The user or a role is blank, too long or not valid text, or there are too many roles.</exception>
    /// <exception cref="InvalidOperationException">An admin context: it names its actor.</exception>
    public TenantContext As(string userId, params string[] roles)
    {
        DatabaseText.Require(userId, MaxLength);
        ArgumentNullException.ThrowIfNull(roles);
        if (Access == TenantAccess.Admin)
            throw new InvalidOperationException("An admin context has no user besides its actor: pass who acts to TenantContext.ForAdmin(actor, reason).");
        if (roles.Length > MaxRoles)
            throw new ArgumentException($"There are {roles.Length} roles; at most {MaxRoles} are taken.", nameof(roles));
        return this with { UserId = userId, Roles = Array.AsReadOnly(Array.ConvertAll(roles, role => DatabaseText.Require(role, MaxLength, nameof(roles)))) };
    }

    /// <summary>The same context in a read-only transaction.</summary>
    public TenantContext AsReadOnly() => IsReadOnly ? this : this with { IsReadOnly = true };

    /// <summary>The same context with writes allowed.</summary>
    /// <exception cref="DemoReadOnlyException">The demo is read-only, always.</exception>
    public TenantContext AsReadWrite() => Access == TenantAccess.Demo
        ? throw new DemoReadOnlyException("The demo organization is read-only and cannot be opened for writes.")
        : IsReadOnly ? this with { IsReadOnly = false } : this;

    /// <inheritdoc/>
    public bool Equals(TenantContext? other) => other is not null && (Access, OrganizationId, IsReadOnly, Actor, Reason, UserId)
        == (other.Access, other.OrganizationId, other.IsReadOnly, other.Actor, other.Reason, other.UserId) && Roles.SequenceEqual(other.Roles);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Access, OrganizationId, IsReadOnly, Actor, Reason, UserId, Roles.Count);

    /// <summary>The context in words, without actor, reason, user and roles.</summary>
    public override string ToString() =>
        (Access switch { TenantAccess.Tenant => $"organization {OrganizationId}", TenantAccess.Demo => "demo", ResolverAccess => "resolver", _ => "admin" })
            + (IsReadOnly ? " (read-only)" : "");

    private static void RequireKey(TenantKey organizationId)
    {
        if (organizationId.Fault is { } fault)
            throw new ArgumentException(fault, nameof(organizationId));
    }
}
