namespace SmeFinancialOs.Data;

/// <summary>Who the database should believe is asking. Immutable.</summary>
public sealed record TenantContext
{
    /// <summary>The public demo organization; the value of <c>app.demo_org_id()</c> in the database.</summary>
    public static readonly Guid DemoOrganizationId = new("de300000-0000-4000-8000-000000000001");

    private const int MaxLength = 1000;

    private TenantContext(TenantAccess access, Guid? organizationId, bool isReadOnly, string? actor = null, string? reason = null)
    {
        (Access, OrganizationId, IsReadOnly, Actor, Reason) = (access, organizationId, isReadOnly, actor, reason);
        // An admin context clears the setting, so that nothing left on the login or the database can become its tenant.
        OrganizationSetting = organizationId?.ToString() ?? "";
    }

    /// <summary>The read-only public demo.</summary>
    public static TenantContext Demo { get; } = new(TenantAccess.Demo, DemoOrganizationId, isReadOnly: true);

    /// <summary>The role this context acts as.</summary>
    public TenantAccess Access { get; }

    /// <summary>The organization; null for an admin context.</summary>
    public Guid? OrganizationId { get; }

    /// <summary>Whether the transaction is read-only: every write then fails with SQLSTATE 25006.</summary>
    public bool IsReadOnly { get; }

    /// <summary>Who acts as admin; null for other contexts.</summary>
    public string? Actor { get; }

    /// <summary>Why an admin context was opened; null for other contexts.</summary>
    public string? Reason { get; }

    /// <summary>The text value of <c>app.current_org_id</c>.</summary>
    internal string OrganizationSetting { get; }

    /// <summary>One organization. The demo organization's id gives <see cref="Demo"/>.</summary>
    /// <param name="organizationId">The organization whose rows are visible.</param>
    /// <exception cref="ArgumentException">The id is <see cref="Guid.Empty"/>.</exception>
    public static TenantContext ForOrganization(Guid organizationId)
    {
        if (organizationId == Guid.Empty)
            throw new ArgumentException("An organization id cannot be Guid.Empty. Pass the id of the organization that is asking.", nameof(organizationId));
        return organizationId == DemoOrganizationId ? Demo : new(TenantAccess.Tenant, organizationId, isReadOnly: false);
    }

    /// <summary>An operator across all organizations, read-only unless <see cref="AsReadWrite"/> asks for writes.</summary>
    /// <param name="actor">Who acts; at most 1000 characters, written to the access log.</param>
    /// <param name="reason">Why, for instance a ticket number; at most 1000 characters, written to the access log.</param>
    /// <exception cref="ArgumentException">Actor or reason is blank, too long or not valid text.</exception>
    public static TenantContext ForAdmin(string actor, string reason) => new(
        TenantAccess.Admin, organizationId: null, isReadOnly: true, DatabaseText.Require(actor, MaxLength), DatabaseText.Require(reason, MaxLength));

    /// <summary>The same context in a read-only transaction.</summary>
    public TenantContext AsReadOnly() => IsReadOnly ? this : new(Access, OrganizationId, isReadOnly: true, Actor, Reason);

    /// <summary>The same context with writes allowed.</summary>
    /// <exception cref="DemoReadOnlyException">The demo is read-only, always.</exception>
    public TenantContext AsReadWrite() => Access == TenantAccess.Demo
        ? throw new DemoReadOnlyException("The demo organization is read-only and cannot be opened for writes.")
        : IsReadOnly ? new(Access, OrganizationId, isReadOnly: false, Actor, Reason) : this;

    /// <summary>The context in words, without actor and reason.</summary>
    public override string ToString() =>
        (Access switch { TenantAccess.Tenant => $"organization {OrganizationId}", TenantAccess.Demo => "demo", _ => "admin" })
            + (IsReadOnly ? " (read-only)" : "");
}
