using System.Text;
using SmeFinancialOs.Data.Tests.Support;

namespace SmeFinancialOs.Data.Tests;

/// <summary>An invoice may have no customer yet: null goes to the database and comes back, and is never an empty text.</summary>
public sealed class InvoicesWithoutCustomerTests(TenantDatabaseFixture fixture) : IClassFixture<TenantDatabaseFixture>, IAsyncLifetime
{
    private readonly Guid _organization = Guid.CreateVersion7();

    private ITenantSession Session => fixture.Factory.CreateSession(TenantContext.ForOrganization(_organization));

    private InvoiceRepository Own => new(Session);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() =>
        await new OrganizationRepository(Session).CreateAsync("Own", "s" + _organization.ToString("N"), cancellationToken: Token);

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    [Fact]
    public async Task Invoice_without_a_customer_is_written_and_read_back()
    {
        var invoice = new NewInvoice { Number = "1", AmountCents = 1, IssuedAt = new(2026, 1, 1) };
        var written = await Own.InsertAsync(invoice, Token);
        written.CustomerName.Should().BeNull();
        (await Own.GetAsync(invoice.Id, Token)).Should().Be(written);
        (await Own.GetByNumberAsync("1", Token)).Should().Be(written);
        (await Own.ListAsync(cancellationToken: Token)).Items.Should().Equal(written);
        (await Own.ChangeStatusAsync(invoice.Id, InvoiceStatus.Paid, Token))!.CustomerName.Should().BeNull();
        (await StoredAsync()).Should().Equal([null]);
    }

    [Fact]
    public async Task An_update_takes_the_customer_away_and_gives_it_back()
    {
        var written = await Own.InsertAsync(Invoices.New(), Token);
        var without = await Own.UpdateAsync(written with { CustomerName = null }, Token);
        without.CustomerName.Should().BeNull();
        (await StoredAsync()).Should().Equal([null]);
        (await Own.UpdateAsync(without with { CustomerName = "Globex" }, Token)).CustomerName.Should().Be("Globex");
        await Own.Invoking(r => r.UpdateAsync(without with { CustomerName = " " }, Token)).Should().ThrowAsync<ArgumentException>();
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(5000)]
    public async Task Many_are_written_with_and_without(int every)
    {
        NewInvoice[] invoices = [.. Enumerable.Range(0, 5000).Select(i => Invoices.New($"N{i}") with { CustomerName = i % every == 0 ? null : "x" })];
        (await Own.InsertManyAsync(invoices, Token)).Should().Be(5000);
        (await StoredAsync()).Count(name => name is null).Should().Be((5000 + every - 1) / every);
        (await Own.GetAsync(invoices[0].Id, Token))!.CustomerName.Should().BeNull();
    }

    [Fact]
    public async Task Missing_customer_is_empty_in_the_export()
    {
        await Own.InsertAsync(Invoices.New("1") with { CustomerName = null }, Token);
        using var csv = new MemoryStream();
        await Own.ExportCsvAsync(csv, Token);
        Encoding.UTF8.GetString(csv.ToArray()).Should().Contain(",1,12345,,sent,2026-03-31,");
    }

    [Theory]
    [InlineData("''")]
    [InlineData("repeat('x', 201)")]
    public async Task The_database_goes_on_refusing_what_is_too_short_or_too_long(string customer) =>
        await Session.Invoking(s => s.ExecuteAsync(
            $"INSERT INTO invoices (number, amount_cents, customer_name, issued_at) VALUES ('1', 1, {customer}, now())", cancellationToken: Token))
            .Should().ThrowAsync<InvalidValueException>().Where(e => e.ConstraintName == "invoices_customer_name_length");

    [Fact]
    public async Task An_organization_that_is_inserted_without_an_id_gets_one() =>
        (await fixture.TruthAsync<Guid>("INSERT INTO public.organizations (name, slug) VALUES ('x', 'without-id') RETURNING id")).Should().NotBeEmpty();

    private Task<IReadOnlyList<string?>> StoredAsync() => Session.QueryAsync<string?>("SELECT customer_name FROM invoices", cancellationToken: Token);
}
