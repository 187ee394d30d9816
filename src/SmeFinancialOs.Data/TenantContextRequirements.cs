namespace SmeFinancialOs.Data;

/// <summary>What a repository method asks of its context before anything is sent.</summary>
internal static class TenantContextRequirements
{
    public static Guid RequireOrganizationId(this TenantContext context) => context.OrganizationId?.ToGuid() ?? throw new InvalidOperationException(
        "An admin context has no organization of its own. Use TenantContext.ForOrganization(id) for the work of one organization.");

    public static void RequireAdmin(
        this TenantContext context, string message = "This reads across organizations: it needs a context from TenantContext.ForAdmin(actor, reason).")
    {
        if (context.Access != TenantAccess.Admin)
            throw new InvalidOperationException(message);
    }
}
