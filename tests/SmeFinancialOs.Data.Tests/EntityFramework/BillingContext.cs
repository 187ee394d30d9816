using Microsoft.EntityFrameworkCore;

namespace SmeFinancialOs.Data.Tests.EntityFramework;

// <snippet>
internal sealed class BillingContext(DbContextOptions<BillingContext> options) : DbContext(options)
{
    public DbSet<BillingInvoice> Invoices => Set<BillingInvoice>();

    protected override void OnModelCreating(ModelBuilder modelBuilder) => modelBuilder.Entity<BillingInvoice>(invoice =>
    {
        invoice.ToTable("invoices").HasKey(i => new { i.OrganizationId, i.Id });
        // The database fills in both: the organization in force, and a random id.
        invoice.Property(i => i.OrganizationId).HasColumnName("org_id").HasDefaultValueSql("app.current_org_id()");
        invoice.Property(i => i.Id).HasColumnName("id").HasDefaultValueSql("gen_random_uuid()");
        invoice.Property(i => i.Number).HasColumnName("number");
        invoice.Property(i => i.AmountCents).HasColumnName("amount_cents");
        invoice.Property(i => i.CustomerName).HasColumnName("customer_name");
        invoice.Property(i => i.IssuedAt).HasColumnName("issued_at");
    });
}
// </snippet>

internal sealed class BillingInvoice
{
    public Guid OrganizationId { get; set; }

    public Guid Id { get; set; }

    public required string Number { get; set; }

    public long AmountCents { get; set; }

    public string? CustomerName { get; set; }

    public DateOnly IssuedAt { get; set; }
}
