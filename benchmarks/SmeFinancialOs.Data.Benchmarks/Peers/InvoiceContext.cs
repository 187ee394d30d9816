using Microsoft.EntityFrameworkCore;
using SmeFinancialOs.Data.Benchmarks.Tables;

namespace SmeFinancialOs.Data.Benchmarks.Peers;

/// <summary>EF Core's model of the invoices. EF Core keeps one model for each type of context, so the two sets of tables have one each.</summary>
internal abstract class InvoiceContext(DbContextOptions options, string schema) : DbContext(options)
{
    public DbSet<InvoiceRow> Invoices => Set<InvoiceRow>();

    protected override void OnModelCreating(ModelBuilder modelBuilder) => modelBuilder.Entity<InvoiceRow>(invoice =>
    {
        invoice.ToTable("invoices", schema).HasKey(row => new { row.OrgId, row.Id });
        invoice.Property(row => row.OrgId).HasColumnName("org_id");
        invoice.Property(row => row.Id).HasColumnName("id");
        invoice.Property(row => row.Number).HasColumnName("number");
        invoice.Property(row => row.AmountCents).HasColumnName("amount_cents");
        invoice.Property(row => row.CustomerName).HasColumnName("customer_name");
        invoice.Property(row => row.Status).HasColumnName("status");
        invoice.Property(row => row.IssuedAt).HasColumnName("issued_at");
        invoice.Property(row => row.CreatedAt).HasColumnName("created_at");
    });
}

/// <inheritdoc />
internal sealed class UnprotectedContext(DbContextOptions<UnprotectedContext> options) : InvoiceContext(options, TwinTables.Schema);

/// <inheritdoc />
internal sealed class ProtectedContext(DbContextOptions<ProtectedContext> options) : InvoiceContext(options, TableSets.Protected);
