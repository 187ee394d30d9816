namespace SmeFinancialOs.Data;

/// <summary>What a repository method asks of its context before anything is sent.</summary>
internal static class TenantContextRequirements
{
    public static Guid RequireOrganizationId(this TenantContext context) => context.OrganizationId?.ToGuid() ?? throw new InvalidOperationException(
        "An admin context has no organization of its own. Use TenantContext.ForOrganization(id) for the work of one organization.");

    /// <exception cref="ArgumentException">The id of the organization is of another type than those of the database.</exception>
    public static void RequireType(this TenantContext context, TenantKeyType type)
    {
        if (context.OrganizationId is { } id && id.Type != type)
        {
            throw new ArgumentException($"The organization's id is of type {id.Type}, and TenantConnectionOptions.TenantType is {type}. "
                + (id == TenantContext.DemoOrganizationId
                    ? "Where ids are no uuids, TenantContext.ForDemo(id) is the demo."
                    : "Convert the id, or set the option."), nameof(context));
        }
    }

    public static void RequireAdmin(
        this TenantContext context, string message = "This reads across organizations: it needs a context from TenantContext.ForAdmin(actor, reason).")
    {
        if (context.Access != TenantAccess.Admin)
            throw new InvalidOperationException(message);
    }
}
