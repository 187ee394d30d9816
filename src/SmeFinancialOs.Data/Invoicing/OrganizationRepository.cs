using System.Text.RegularExpressions;

namespace SmeFinancialOs.Data;

/// <summary>The organizations a context may see: its own, or with an admin context all of them.</summary>
/// <param name="session">A session, or a unit of work.</param>
public sealed partial class OrganizationRepository(ITenantSession session)
{
    private const string Columns = """id, name, slug, created_at AS "CreatedAt" """;

    private readonly ITenantSession _session = session ?? throw new ArgumentNullException(nameof(session));

    /// <summary>
    /// Creates an organization: the context's own, so that sign-up needs no admin, only <c>TenantContext.ForOrganization(Guid.CreateVersion7())</c>;
    /// or any with an admin context opened for writes.
    /// </summary>
    /// <param name="name">The display name, 1 to 200 characters.</param>
    /// <param name="slug">The name in addresses: 1 to 63 lower-case letters, digits and hyphens, no hyphen at either end.</param>
    /// <param name="organizationId">Null for the context's own id, or in an admin context for a new one.</param>
    /// <param name="cancellationToken">Cancels the statement; nothing of it remains.</param>
    /// <exception cref="ArgumentException">Name or slug is not of the form above, or the id is <see cref="Guid.Empty"/>.</exception>
    /// <exception cref="DuplicateKeyException">The organization exists, or another one has the slug.</exception>
    /// <exception cref="TenantAccessDeniedException">The id is not the context's own.</exception>
    /// <exception cref="DemoReadOnlyException">The context is the demo.</exception>
    public async Task<Organization> CreateAsync(string name, string slug, Guid? organizationId = null, CancellationToken cancellationToken = default)
    {
        if (organizationId == Guid.Empty)
            throw new ArgumentException("An organization id cannot be Guid.Empty.", nameof(organizationId));
        RequireName(name);
        if (!SlugForm().IsMatch(DatabaseText.Require(slug, maxLength: 63)))
            throw new ArgumentException("A slug has lower-case letters, digits and hyphens only, and no hyphen at either end.", nameof(slug));
        return (await _session.QuerySingleOrDefaultAsync<Organization>(
            $"INSERT INTO public.organizations (id, name, slug) VALUES (@organizationId, @name, @slug) RETURNING {Columns}",
            new { organizationId = organizationId ?? _session.Context.OrganizationId?.ToGuid() ?? Guid.CreateVersion7(), name, slug }, cancellationToken)
            .ConfigureAwait(false))!;
    }

    /// <summary>An organization by its id, or null where there is none that the context may see.</summary>
    public Task<Organization?> GetAsync(Guid organizationId, CancellationToken cancellationToken = default) =>
        _session.QuerySingleOrDefaultAsync<Organization>($"SELECT {Columns} FROM public.organizations WHERE id = @organizationId",
            new { organizationId }, cancellationToken);

    /// <summary>An organization by its slug, or null where there is none that the context may see.</summary>
    /// <exception cref="ArgumentException">The slug is blank, longer than 63 characters or not valid text.</exception>
    public Task<Organization?> GetBySlugAsync(string slug, CancellationToken cancellationToken = default)
    {
        DatabaseText.Require(slug, maxLength: 63);
        return _session.QuerySingleOrDefaultAsync<Organization>($"SELECT {Columns} FROM public.organizations WHERE slug = @slug",
            new { slug }, cancellationToken);
    }

    /// <summary>Gives an organization another display name; null where there is none that the context may see.</summary>
    /// <exception cref="ArgumentException">The name is blank, longer than 200 characters or not valid text.</exception>
    /// <exception cref="DemoReadOnlyException">The context is the demo.</exception>
    public Task<Organization?> RenameAsync(Guid organizationId, string name, CancellationToken cancellationToken = default)
    {
        RequireName(name);
        return _session.QuerySingleOrDefaultAsync<Organization>(
            $"UPDATE public.organizations SET name = @name WHERE id = @organizationId RETURNING {Columns}", new { organizationId, name }, cancellationToken);
    }

    /// <summary>All organizations in the order of their ids, a page at a time. For an admin context.</summary>
    /// <param name="pageSize">How many at most, 1 to 10000.</param>
    /// <param name="after">The id of the last one of the page before; null for the first page.</param>
    /// <param name="cancellationToken">Cancels the statement.</param>
    /// <exception cref="InvalidOperationException">The context is not an admin's.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The page size is not 1 to 10000.</exception>
    public Task<IReadOnlyList<Organization>> ListAsync(int pageSize = 100, Guid? after = null, CancellationToken cancellationToken = default)
    {
        PageSize.Require(pageSize);
        _session.Context.RequireAdmin();
        return _session.QueryAsync<Organization>(
            $"SELECT {Columns} FROM public.organizations WHERE id > COALESCE(@after, '00000000-0000-0000-0000-000000000000') ORDER BY id LIMIT @pageSize",
            new { after, pageSize }, cancellationToken);
    }

    /// <summary>
    /// Deletes an organization with everything it owns, for good, and says how many rows of which table that was (the right to erasure).
    /// For an admin context that is opened for writes; empty where there is no such organization.
    /// </summary>
    /// <exception cref="InvalidOperationException">The context is not an admin's; nothing was sent.</exception>
    /// <exception cref="TenantAccessDeniedException">The admin context is read-only.</exception>
    public Task<IReadOnlyList<DeletedRows>> DeleteAsync(Guid organizationId, CancellationToken cancellationToken = default)
    {
        _session.Context.RequireAdmin(
            "Erasing an organization is an admin's act, with a reason on record: it needs a context from TenantContext.ForAdmin(actor, reason).AsReadWrite().");
        return _session.QueryAsync<DeletedRows>(
            """SELECT table_name AS "TableName", deleted_rows AS "Count" FROM app.delete_tenant(@organizationId)""",
            new { organizationId }, cancellationToken);
    }

    [GeneratedRegex("^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\\z")]
    private static partial Regex SlugForm();

    private static void RequireName(string name) => DatabaseText.Require(name, maxLength: 200);
}
