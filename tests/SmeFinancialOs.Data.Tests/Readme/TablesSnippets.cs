namespace SmeFinancialOs.Data.Tests.Readme;

/// <summary>The C# of docs/your-tables.md and docs/users.md, word for word.</summary>
internal static class TablesSnippets
{
    public static TenantConnectionOptions OfBigint()
    {
        // <snippet>
        var options = new TenantConnectionOptions { TenantType = TenantKeyType.Bigint };
        // </snippet>
        return options;
    }

    public static async Task<bool> AcceptAsync(TenantConnectionFactory factory, Guid organizationId, Guid userId)
    {
        // <snippet>
        bool accepted = await factory.AcceptInvitationAsync(organizationId, userId);
        // </snippet>
        return accepted;
    }
}
