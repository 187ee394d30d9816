using SmeFinancialOs.Data.Sessions;

namespace SmeFinancialOs.Data;

/// <content>Before the tenant is known.</content>
public sealed partial class TenantConnectionFactory
{
    /// <summary>
    /// The tenant that a key belongs to, before any tenant is in force: an API key, a webhook, a membership. One round trip, in a read-only transaction.
    /// </summary>
    /// <param name="resolver">The name that <c>app.create_resolver</c> was given.</param>
    /// <param name="key">
    /// The value to look for; for a resolver of several columns an <c>object[]</c> with a value for each, in their order. Values that can be guessed are not
    /// safe here: SQL that an attacker gets into a tenant's request can ask a resolver, too.
    /// </param>
    /// <param name="cancellationToken">Ends the attempt.</param>
    /// <returns>The tenant; null where no row has the key.</returns>
    /// <exception cref="ResolverNotFoundException">The database has no such resolver.</exception>
    /// <exception cref="ArgumentException">The name is none of a resolver, or the key is not of the resolver's columns and types.</exception>
    /// <exception cref="InvalidValueException">The text of a key is no value of its column's type.</exception>
    /// <exception cref="DatabaseUnavailableException">No connection could be opened.</exception>
    public async Task<TenantKey?> ResolveTenantAsync(string resolver, object key, CancellationToken cancellationToken = default) =>
        await ResolverCalls.RunAsync(this, ResolverCalls.Single, resolver, key, cancellationToken).ConfigureAwait(false) is [var tenant]
            ? tenant
            : default(TenantKey?); // null would be converted: to a key of no text

    /// <summary>All tenants of a user, before any is in force: of a resolver that has the tenant among its columns, such as the one of memberships.</summary>
    /// <param name="resolver">The name that <c>app.create_resolver</c> was given.</param>
    /// <param name="key">The user: the value of the other column; where there are several, an <c>object[]</c> with a value for each, in their order.</param>
    /// <param name="cancellationToken">Ends the attempt.</param>
    /// <returns>The tenants in their order; none where no row has the key.</returns>
    /// <inheritdoc cref="ResolveTenantAsync"/>
    public Task<IReadOnlyList<TenantKey>> ResolveTenantsAsync(string resolver, object key, CancellationToken cancellationToken = default) =>
        ResolverCalls.RunAsync(this, ResolverCalls.List, resolver, key, cancellationToken);

    /// <summary>
    /// Makes a user a member of an organization that has invited the user's e-mail address: takes the invitation back and adds the membership, in one round
    /// trip. <c>app.create_acceptance</c> says which tables these are.
    /// </summary>
    /// <param name="organizationId">The organization.</param>
    /// <param name="userId">The id of the signed-in user, of the type that the table of users has. The host vouches for this user's e-mail address.</param>
    /// <param name="cancellationToken">Ends the attempt.</param>
    /// <returns>Whether there was such an invitation.</returns>
    /// <exception cref="ResolverNotFoundException">The database has no <c>app.accept_invitation</c>.</exception>
    /// <exception cref="ArgumentException">The organization or the user is null or no id, or the user is not of the type of the users' ids.</exception>
    /// <exception cref="InvalidValueException">The text of an id is no value of its column's type.</exception>
    /// <exception cref="DatabaseUnavailableException">No connection could be opened.</exception>
    public async Task<bool> AcceptInvitationAsync(TenantKey organizationId, object userId, CancellationToken cancellationToken = default)
    {
        TenantContext.ForOrganization(organizationId).RequireType(TenantType);
        ArgumentNullException.ThrowIfNull(userId);
        return await ResolverCalls.RunAsync(this, ResolverCalls.Acceptance, "invitation", new object[] { organizationId, userId }, cancellationToken)
            .ConfigureAwait(false) is [_];
    }
}
