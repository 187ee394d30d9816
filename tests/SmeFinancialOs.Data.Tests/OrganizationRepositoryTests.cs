using Npgsql;
using SmeFinancialOs.Data.Tests.Support;

namespace SmeFinancialOs.Data.Tests;

public sealed class OrganizationRepositoryTests(TenantDatabaseFixture fixture) : IClassFixture<TenantDatabaseFixture>
{
    private static string NewSlug => "s" + Guid.NewGuid().ToString("N");

    private OrganizationRepository Admin => new(fixture.Factory.CreateSession(TenantContext.ForAdmin("alice", "test").AsReadWrite()));

    [Fact]
    public async Task Sign_up_creates_the_organization_of_its_own_context()
    {
        var id = Guid.CreateVersion7();
        var own = For(id);
        var (slug, before) = (NewSlug, DateTime.UtcNow.AddMinutes(-1));
        var created = await own.CreateAsync("Acme é 😀", slug);

        created.Should().BeEquivalentTo(new { Id = id, Name = "Acme é 😀", Slug = slug });
        created.CreatedAt.Kind.Should().Be(DateTimeKind.Utc);
        created.CreatedAt.Should().BeAfter(before);
        (await own.GetAsync(id)).Should().Be(created);
        (await own.GetBySlugAsync(slug)).Should().Be(created);
    }

    [Fact]
    public async Task Organization_is_invisible_to_another()
    {
        var slug = NewSlug;
        var mine = await For(Guid.CreateVersion7()).CreateAsync("Mine", slug);
        var other = For(fixture.OrganizationA);
        (await other.GetAsync(mine.Id)).Should().BeNull();
        (await other.GetBySlugAsync(slug)).Should().BeNull();
        (await other.RenameAsync(mine.Id, "Theirs")).Should().BeNull();
        (await For(mine.Id).GetAsync(mine.Id)).Should().Be(mine);
    }

    [Fact]
    public async Task Tenant_cannot_create_another_organization_than_its_own() =>
        await For(fixture.OrganizationA).Invoking(r => r.CreateAsync("x", NewSlug, Guid.NewGuid())).Should().ThrowAsync<TenantAccessDeniedException>();

    [Fact]
    public async Task Slug_has_one_owner()
    {
        var slug = NewSlug;
        await For(Guid.CreateVersion7()).CreateAsync("x", slug);
        (await For(Guid.CreateVersion7()).Invoking(r => r.CreateAsync("x", slug)).Should().ThrowAsync<DuplicateKeyException>())
            .Which.ConstraintName.Should().Be("organizations_slug_key");
    }

    [Fact]
    public async Task Rename_changes_the_name_alone()
    {
        var created = await For(Guid.CreateVersion7()).CreateAsync("before", NewSlug);
        (await For(created.Id).RenameAsync(created.Id, "after")).Should().Be(created with { Name = "after" });
    }

    [Fact]
    public async Task Admin_lists_all_in_pages_and_creates_any()
    {
        var created = await Admin.CreateAsync("By admin", NewSlug);
        var seen = new List<Guid>();
        for (IReadOnlyList<Organization> page = await Admin.ListAsync(2); page.Count > 0; page = await Admin.ListAsync(2, page[^1].Id))
            seen.AddRange(page.Select(o => o.Id));
        seen.Should().OnlyHaveUniqueItems().And.Contain([created.Id, fixture.OrganizationA, fixture.OrganizationB]);
    }

    [Fact]
    public async Task List_is_for_admins() =>
        await For(fixture.OrganizationA).Invoking(r => r.ListAsync()).Should().ThrowAsync<InvalidOperationException>().WithMessage("*ForAdmin*");

    [Fact]
    public async Task Delete_takes_everything_and_counts_it()
    {
        var id = Guid.CreateVersion7();
        await For(id).CreateAsync("Leaving", NewSlug);
        var invoices = new InvoiceRepository(fixture.Factory.CreateSession(TenantContext.ForOrganization(id)));
        await invoices.InsertManyAsync([.. Enumerable.Range(0, 7).Select(i => Invoices.New($"N{i}"))]);

        (await Admin.DeleteAsync(id)).Should().BeEquivalentTo([new DeletedRows("public.organizations", 1), new DeletedRows("public.invoices", 7)]);
        (await For(id).GetAsync(id)).Should().BeNull();
        (await invoices.ListAsync()).Items.Should().BeEmpty();
        (await Admin.DeleteAsync(id)).Should().BeEmpty("there is nothing left");
    }

    [Fact]
    public async Task Delete_is_for_admins_and_nothing_is_sent_for_others()
    {
        // Nobody answers there: what is sent fails otherwise.
        await using var nowhere = NpgsqlDataSource.Create("Host=127.0.0.1;Port=1;Username=nobody;Database=none");
        var factory = new TenantConnectionFactory(nowhere);
        foreach (var context in new[] { fixture.ContextA, fixture.ContextA.AsReadOnly(), TenantContext.Demo })
        {
            await new OrganizationRepository(factory.CreateSession(context)).Invoking(r => r.DeleteAsync(fixture.OrganizationA))
                .Should().ThrowAsync<InvalidOperationException>().WithMessage("*an admin's act*on record*TenantContext.ForAdmin(actor, reason).AsReadWrite()*");
            await using var work = fixture.Factory.BeginTransaction(context);
            await new OrganizationRepository(work).Invoking(r => r.DeleteAsync(fixture.OrganizationA)).Should().ThrowAsync<InvalidOperationException>();
        }
    }

    [Fact]
    public async Task Delete_in_a_read_only_admin_context_is_refused()
    {
        var admin = new OrganizationRepository(fixture.Factory.CreateSession(TenantContext.ForAdmin("alice", "test")));
        await admin.Invoking(r => r.DeleteAsync(fixture.OrganizationA)).Should().ThrowAsync<TenantAccessDeniedException>();
    }

    [Fact]
    public async Task Demo_can_neither_create_nor_rename()
    {
        var demo = new OrganizationRepository(fixture.Factory.CreateSession(TenantContext.Demo));
        await demo.Invoking(r => r.CreateAsync("x", NewSlug)).Should().ThrowAsync<DemoReadOnlyException>();
        await demo.Invoking(r => r.RenameAsync(TenantContext.DemoOrganizationId, "x")).Should().ThrowAsync<DemoReadOnlyException>();
    }

    private OrganizationRepository For(Guid id) => new(fixture.Factory.CreateSession(TenantContext.ForOrganization(id)));
}
