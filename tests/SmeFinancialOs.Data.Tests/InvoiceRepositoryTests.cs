using System.Text;
using SmeFinancialOs.Data.Tests.Support;

namespace SmeFinancialOs.Data.Tests;

public sealed class InvoiceRepositoryTests(TenantDatabaseFixture fixture) : IClassFixture<TenantDatabaseFixture>, IAsyncLifetime
{
    private Guid _organization;

    private InvoiceRepository Own => new(fixture.Factory.CreateSession(TenantContext.ForOrganization(_organization)));

    private InvoiceRepository Other => new(fixture.Factory.CreateSession(TenantContext.ForOrganization(fixture.OrganizationB)));

    /// <summary>An organization for each test.</summary>
    public async ValueTask InitializeAsync()
    {
        _organization = Guid.CreateVersion7();
        await new OrganizationRepository(fixture.Factory.CreateSession(TenantContext.ForOrganization(_organization))).CreateAsync("Own",
            "s" + Guid.NewGuid().ToString("N"));
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    [Fact]
    public async Task Inserted_invoice_is_read_back()
    {
        var wanted = Invoices.New();
        var written = await Own.InsertAsync(wanted);
        written.Should().BeEquivalentTo(wanted);
        written.OrganizationId.Should().Be(_organization);
        written.CreatedAt.Kind.Should().Be(DateTimeKind.Utc);
        (await Own.GetAsync(wanted.Id)).Should().Be(written);
        (await Own.GetByNumberAsync(wanted.Number)).Should().Be(written);
        (await Own.GetAsync(Guid.NewGuid())).Should().BeNull();
        (await Own.GetByNumberAsync("no such number")).Should().BeNull();
    }

    [Fact]
    public async Task Everything_is_invisible_to_another_organization()
    {
        var mine = await Own.InsertAsync(Invoices.New());
        (await Other.GetAsync(mine.Id)).Should().BeNull();
        (await Other.GetByNumberAsync(mine.Number)).Should().BeNull();
        (await Other.ListAsync(10_000)).Items.Should().NotBeEmpty().And.OnlyContain(invoice => invoice.OrganizationId == fixture.OrganizationB);
        (await Other.ChangeStatusAsync(mine.Id, InvoiceStatus.Void)).Should().BeNull();
        (await Other.DeleteAsync(mine.Id)).Should().BeFalse();
        await Other.Invoking(r => r.UpdateAsync(mine with { AmountCents = 0 })).Should().ThrowAsync<ConcurrencyConflictException>();
        (await Own.GetAsync(mine.Id)).Should().Be(mine);
    }

    [Fact]
    public async Task Two_organizations_may_use_the_same_number_and_id()
    {
        var invoice = Invoices.New();
        await Own.InsertAsync(invoice);
        (await Other.InsertAsync(invoice)).OrganizationId.Should().Be(fixture.OrganizationB);
        await Other.DeleteAsync(invoice.Id);
        (await Own.GetAsync(invoice.Id)).Should().NotBeNull();
    }

    [Fact]
    public async Task Pages_give_every_invoice_once_newest_first()
    {
        var day = new DateOnly(2026, 1, 1);
        // several on each day, so that the cursor has to tell them apart
        await Own.InsertManyAsync(
            [.. Enumerable.Range(0, 53).Select(i => Invoices.New($"N{i}") with { IssuedAt = day.AddDays(i % 5), Status = (InvoiceStatus)(i % 2) })]);
        var seen = new List<Invoice>();
        InvoiceCursor? next = null;
        do
        {
            var page = await Own.ListAsync(10, next);
            page.Items.Should().HaveCountLessThanOrEqualTo(10);
            seen.AddRange(page.Items);
            next = page.Next;
        }
        while (next is not null);

        seen.Should().HaveCount(53).And.OnlyHaveUniqueItems(invoice => invoice.Id).And.BeInDescendingOrder(invoice => invoice.IssuedAt);
        (await Own.ListAsync(53)).Next.Should().BeNull("the last page is known to be the last");
    }

    [Fact]
    public async Task Page_by_status_has_no_other_status()
    {
        await Own.InsertManyAsync([.. Enumerable.Range(0, 20).Select(i => Invoices.New($"N{i}") with { Status = (InvoiceStatus)(i % 6) })]);
        var first = await Own.ListAsync(2, status: InvoiceStatus.Pending);
        var second = await Own.ListAsync(2, first.Next, InvoiceStatus.Pending);
        first.Items.Concat(second.Items).Should().HaveCount(4).And.OnlyContain(invoice => invoice.Status == InvoiceStatus.Pending)
            .And.OnlyHaveUniqueItems(i => i.Id);
        second.Next.Should().BeNull();
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    [InlineData(10_001)]
    public async Task Page_size_has_bounds(int size) => await Own.Invoking(r => r.ListAsync(size)).Should().ThrowAsync<ArgumentOutOfRangeException>();

    [Fact]
    public async Task Duplicate_number_is_refused_and_named()
    {
        await Own.InsertAsync(Invoices.New("A-1"));
        var fault = (await Own.Invoking(r => r.InsertAsync(Invoices.New("A-1"))).Should().ThrowAsync<DuplicateKeyException>()).Which;
        (fault.SqlState, fault.TableName, fault.ConstraintName).Should().Be(("23505", "invoices", "invoices_number_key"));
    }

    [Fact]
    public async Task Thousands_are_written_all_or_none()
    {
        var many = Enumerable.Range(0, 5000).Select(i => Invoices.New($"N{i}")).ToList();
        await Own.Invoking(r => r.InsertManyAsync([.. many, Invoices.New("N17")])).Should().ThrowAsync<DuplicateKeyException>();
        (await Own.GetTotalsByStatusAsync()).Should().BeEmpty();
        (await Own.InsertManyAsync(many)).Should().Be(5000);
        (await Own.InsertManyAsync([])).Should().Be(0);
        (await Own.GetTotalsByStatusAsync()).Should().Equal(new InvoiceStatusTotal(InvoiceStatus.Sent, 5000, 5000 * 12_345L));
    }

    [Fact]
    public async Task Update_of_what_somebody_else_changed_is_refused()
    {
        var read = await Own.InsertAsync(Invoices.New());
        var updated = await Own.UpdateAsync(
            read with { AmountCents = -5, CustomerName = "New", Status = InvoiceStatus.Paid, IssuedAt = new DateOnly(2025, 1, 1), Number = "new" });
        updated.Should().BeEquivalentTo(new { AmountCents = -5L, CustomerName = "New", Status = InvoiceStatus.Paid, Number = "new", read.Id, read.CreatedAt });
        await Own.Invoking(r => r.UpdateAsync(read with { AmountCents = 7 })).Should().ThrowAsync<ConcurrencyConflictException>();
        (await Own.GetAsync(read.Id)).Should().Be(updated);
        (await Own.UpdateAsync(updated with { AmountCents = 7 })).AmountCents.Should().Be(7);
    }

    [Fact]
    public async Task Status_changes_alone()
    {
        var read = await Own.InsertAsync(Invoices.New());
        var paid = await Own.ChangeStatusAsync(read.Id, InvoiceStatus.Paid);
        paid.Should().Be(read with { Status = InvoiceStatus.Paid, Version = paid!.Version });
        (await Own.ChangeStatusAsync(Guid.NewGuid(), InvoiceStatus.Paid)).Should().BeNull();
        await Own.Invoking(r => r.ChangeStatusAsync(read.Id, (InvoiceStatus)99)).Should().ThrowAsync<ArgumentOutOfRangeException>();
    }

    [Fact]
    public async Task Every_status_survives_the_way_there_and_back()
    {
        foreach (var status in Enum.GetValues<InvoiceStatus>())
            (await Own.InsertAsync(Invoices.New() with { Status = status })).Status.Should().Be(status);
        (await Own.GetTotalsByStatusAsync()).Select(total => total.Status).Should().Equal(Enum.GetValues<InvoiceStatus>());
    }

    [Fact]
    public async Task Deleted_invoice_is_gone()
    {
        var written = await Own.InsertAsync(Invoices.New());
        (await Own.DeleteAsync(written.Id)).Should().BeTrue();
        (await Own.DeleteAsync(written.Id)).Should().BeFalse();
    }

    [Fact]
    public async Task Admin_totals_name_every_organization()
    {
        await Own.InsertManyAsync([Invoices.New("1"), Invoices.New("2")]);
        var admin = new InvoiceRepository(fixture.Factory.CreateSession(TenantContext.ForAdmin("alice", "test")));
        (await admin.GetTotalsByOrganizationAsync()).Should().ContainEquivalentOf(new InvoiceOrganizationTotal(_organization, "Own", 2, 24_690))
            .And.Contain(total => total.OrganizationId == fixture.OrganizationB);
        await Own.Invoking(r => r.GetTotalsByOrganizationAsync()).Should().ThrowAsync<InvalidOperationException>();
    }

    [Fact]
    public async Task Export_has_the_own_rows_and_no_others()
    {
        await Own.InsertManyAsync([.. Enumerable.Range(0, 1000).Select(i => Invoices.New($"N{i}") with { CustomerName = "a,\"b\"\nc 😀" })]);
        using var csv = new MemoryStream();
        await Own.ExportCsvAsync(csv);
        var text = Encoding.UTF8.GetString(csv.ToArray());
        text.Should().StartWith("id,number,amount_cents,customer_name,status,issued_at,created_at\n");
        text.Split("\"a,\"\"b\"\"\nc 😀\"").Should().HaveCount(1001);
        csv.CanWrite.Should().BeTrue("the stream is the caller's");
    }

    [Fact]
    public async Task Repository_works_inside_a_unit_of_work()
    {
        await using (var work = await fixture.Factory.OpenConnectionAsync(TenantContext.ForOrganization(_organization)))
        {
            await new InvoiceRepository(work).InsertAsync(Invoices.New("rolled back"));
            using var csv = new MemoryStream();
            await new InvoiceRepository(work).ExportCsvAsync(csv);
            Encoding.UTF8.GetString(csv.ToArray()).Should().Contain("rolled back");
        }

        (await Own.GetByNumberAsync("rolled back")).Should().BeNull();
    }

    [Fact]
    public async Task Demo_reads_its_rows_and_writes_none()
    {
        var demo = new InvoiceRepository(fixture.Factory.CreateSession(TenantContext.Demo));
        (await demo.ListAsync()).Items.Should().NotBeEmpty().And.OnlyContain(invoice => invoice.OrganizationId == TenantContext.DemoOrganizationId);
        await demo.Invoking(r => r.InsertAsync(Invoices.New())).Should().ThrowAsync<DemoReadOnlyException>();
        await demo.Invoking(r => r.InsertManyAsync([Invoices.New()])).Should().ThrowAsync<DemoReadOnlyException>();
        await demo.Invoking(r => r.ChangeStatusAsync(Guid.NewGuid(), InvoiceStatus.Paid)).Should().ThrowAsync<DemoReadOnlyException>();
        await demo.Invoking(r => r.DeleteAsync(Guid.NewGuid())).Should().ThrowAsync<DemoReadOnlyException>();
    }
}
