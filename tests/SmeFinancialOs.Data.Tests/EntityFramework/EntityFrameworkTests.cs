using Microsoft.EntityFrameworkCore;
using Npgsql;
using SmeFinancialOs.Data.Tests.Readme;
using SmeFinancialOs.Data.Tests.Support;

namespace SmeFinancialOs.Data.Tests.EntityFramework;

/// <summary>A DbContext on the connection of a unit of work is bound as everything else there is.</summary>
public sealed class EntityFrameworkTests(TenantDatabaseFixture fixture) : IClassFixture<TenantDatabaseFixture>
{
    private static readonly Func<BillingContext, IAsyncEnumerable<BillingInvoice>> CompiledQuery =
        EF.CompileAsyncQuery((BillingContext billing) => billing.Invoices);

    [Fact]
    public async Task A_query_without_a_filter_sees_the_own_rows_alone()
    {
        await using var work = await fixture.Factory.OpenConnectionAsync(fixture.ContextA);
        await using var billing = await work.CreateBillingContextAsync();
        (await billing.Invoices.Select(i => i.OrganizationId).Distinct().ToListAsync()).Should().Equal(fixture.OrganizationA);
        (await billing.Invoices.IgnoreQueryFilters().CountAsync(i => i.OrganizationId == fixture.OrganizationB)).Should().Be(0);
        (await billing.Invoices.FromSqlRaw("SELECT * FROM invoices").Select(i => i.OrganizationId).Distinct().ToListAsync())
            .Should().Equal(fixture.OrganizationA);
        (await billing.Database.SqlQueryRaw<Guid>("SELECT id AS \"Value\" FROM organizations").ToListAsync()).Should().Equal(fixture.OrganizationA);
    }

    [Fact]
    public async Task Bulk_writes_without_a_filter_reach_the_own_rows_alone()
    {
        var before = await TheirsAsync();
        await using (var work = await fixture.Factory.OpenConnectionAsync(fixture.ContextA))
        {
            await using var billing = await work.CreateBillingContextAsync();
            (await billing.Invoices.ExecuteUpdateAsync(set => set.SetProperty(i => i.CustomerName, "taken"))).Should().BePositive();
            await billing.Database.ExecuteSqlRawAsync("UPDATE invoices SET amount_cents = 1");
            (await billing.Invoices.ExecuteDeleteAsync()).Should().BePositive();
            await work.CommitAsync();
        }

        (await TheirsAsync()).Should().Equal(before).And.NotBeEmpty();
        await fixture.SeedAsync();

        async Task<IReadOnlyList<(Guid, string, long)>> TheirsAsync() =>
            await fixture.Factory.CreateSession(fixture.ContextB)
                .QueryAsync<(Guid, string, long)>("SELECT id, customer_name, amount_cents FROM invoices ORDER BY id");
    }

    [Fact]
    public async Task A_row_of_another_tenant_can_be_neither_added_nor_changed_nor_taken_over()
    {
        var theirs = await fixture.Factory.CreateSession(fixture.ContextB).ExecuteScalarAsync<Guid>("SELECT id FROM invoices LIMIT 1");
        await RefusedAsync<DbUpdateException>(billing =>
        {
            billing.Invoices.Add(New(fixture.OrganizationB));
            return billing.SaveChangesAsync();
        });
        // Not there: the update finds no row.
        await RefusedAsync<DbUpdateConcurrencyException>(billing =>
        {
            var invoice = New(fixture.OrganizationB);
            invoice.Id = theirs;
            billing.Attach(invoice).Property(i => i.CustomerName).IsModified = true;
            return billing.SaveChangesAsync();
        });
        await RefusedAsync<PostgresException>(billing =>
            billing.Invoices.ExecuteUpdateAsync(set => set.SetProperty(i => i.OrganizationId, fixture.OrganizationB)));

        async Task RefusedAsync<T>(Func<BillingContext, Task> attack)
            where T : Exception
        {
            await using var work = await fixture.Factory.OpenConnectionAsync(fixture.ContextA);
            await using var billing = await work.CreateBillingContextAsync();
            await billing.Invoking(attack).Should().ThrowAsync<T>();
        }
    }

    [Fact]
    public async Task What_was_saved_is_there_after_the_unit_of_work_commits_and_not_before()
    {
        var number = Guid.NewGuid().ToString();
        await SaveAsync(commits: false);
        (await CountAsync()).Should().Be(0);
        await SaveAsync(commits: true);
        (await CountAsync()).Should().Be(1);

        async Task SaveAsync(bool commits)
        {
            await using var work = await fixture.Factory.OpenConnectionAsync(fixture.ContextA);
            await using var billing = await work.CreateBillingContextAsync();
            billing.Invoices.Add(New(default, number));
            await billing.SaveChangesAsync();
            if (commits)
                await work.CommitAsync();
        }

        async Task<long> CountAsync() =>
            await fixture.Factory.CreateSession(fixture.ContextA)
                .ExecuteScalarAsync<long>("SELECT count(*) FROM invoices WHERE number = @number", new { number });
    }

    [Fact]
    public async Task The_page_does_what_it_says()
    {
        (await EntityFrameworkSnippets.SaveAsync(fixture.Factory, fixture.ContextA)).Should().BePositive();
        (await fixture.Factory.CreateSession(fixture.ContextA).ExecuteScalarAsync<long>("SELECT count(*) FROM invoices WHERE number = '2026-002'"))
            .Should().Be(1);
        await fixture.SeedAsync();
    }

    [Fact]
    public async Task A_context_after_the_commit_reads_nothing()
    {
        await using var work = await fixture.Factory.OpenConnectionAsync(fixture.ContextA);
        await using var billing = await work.CreateBillingContextAsync();
        await work.CommitAsync();
        await billing.Invoking(b => b.Invoices.ToListAsync()).Should().ThrowAsync<Exception>();
    }

    [Fact]
    public async Task A_context_that_was_not_told_of_the_transaction_is_bound_all_the_same()
    {
        await using var work = await fixture.Factory.OpenConnectionAsync(fixture.ContextA);
        await using var billing = new BillingContext(new DbContextOptionsBuilder<BillingContext>().UseNpgsql(work.Connection).Options);
        (await billing.Invoices.Select(i => i.OrganizationId).Distinct().ToListAsync()).Should().Equal(fixture.OrganizationA);
    }

    [Fact]
    public async Task The_tenant_stays_after_a_save_that_failed()
    {
        await using var work = await fixture.Factory.OpenConnectionAsync(fixture.ContextA);
        await using var billing = await work.CreateBillingContextAsync();
        var taken = await billing.Invoices.Select(i => i.Number).FirstAsync();
        billing.Invoices.Add(New(default, taken));
        // Back to the savepoint that SaveChanges sets in a transaction it was given.
        await billing.Invoking(b => b.SaveChangesAsync()).Should().ThrowAsync<DbUpdateException>();
        billing.ChangeTracker.Clear();
        (await billing.Invoices.Select(i => i.OrganizationId).Distinct().ToListAsync()).Should().Equal(fixture.OrganizationA);
        await work.CommitAsync();
    }

    [Fact]
    public async Task Sql_that_changes_the_tenant_is_not_committed()
    {
        await using var work = await fixture.Factory.OpenConnectionAsync(fixture.ContextA);
        await using var billing = await work.CreateBillingContextAsync();
        await billing.Database.ExecuteSqlAsync($"SELECT set_config('app.current_org_id', {fixture.OrganizationB.ToString()}, true)");
        await billing.Invoices.ExecuteDeleteAsync();
        await work.Invoking(w => w.CommitAsync()).Should().ThrowAsync<TenantContextChangedException>();
    }

    [Fact]
    public async Task A_compiled_query_serves_each_tenant_its_own_rows_also_at_once()
    {
        await Parallel.ForEachAsync(Enumerable.Range(0, 40), new ParallelOptions { MaxDegreeOfParallelism = 8 }, async (i, cancellationToken) =>
        {
            var context = i % 2 == 0 ? fixture.ContextA : fixture.ContextB;
            await using var work = await fixture.Factory.OpenConnectionAsync(context, cancellationToken);
            await using var billing = await work.CreateBillingContextAsync(cancellationToken);
            var seen = new List<Guid>();
            await foreach (var invoice in CompiledQuery(billing))
                seen.Add(invoice.OrganizationId);
            seen.Should().NotBeEmpty().And.OnlyContain(id => id == context.OrganizationId);
        });
    }

    [Fact]
    public async Task A_context_that_skipped_the_factory_reads_nothing()
    {
        await using var billing = new BillingContext(new DbContextOptionsBuilder<BillingContext>().UseNpgsql(fixture.Database.AppConnectionString).Options);
        (await billing.Invoking(b => b.Invoices.ToListAsync()).Should().ThrowAsync<PostgresException>()).Which.SqlState.Should().Be("42501");
    }

    [Fact]
    public async Task A_context_that_outlives_its_unit_of_work_reads_nothing()
    {
        BillingContext billing;
        await using (var work = await fixture.Factory.OpenConnectionAsync(fixture.ContextA))
            billing = await work.CreateBillingContextAsync();
        await using var _ = billing;
        await using var next = await fixture.Factory.OpenConnectionAsync(fixture.ContextB);
        await billing.Invoking(b => b.Invoices.ToListAsync()).Should().ThrowAsync<ObjectDisposedException>();
    }

    [Fact]
    public async Task A_context_that_retries_is_refused_in_the_transaction_of_a_unit_of_work()
    {
        await using var work = await fixture.Factory.OpenConnectionAsync(fixture.ContextA);
        await using var billing = new BillingContext(
            new DbContextOptionsBuilder<BillingContext>().UseNpgsql(work.Connection, npgsql => npgsql.EnableRetryOnFailure()).Options);
        await billing.Invoking(async b =>
        {
            await b.Database.UseTransactionAsync(work.Transaction);
            await b.Invoices.ToListAsync();
        }).Should().ThrowAsync<InvalidOperationException>().WithMessage("*does not support user-initiated transactions*");
    }

    /// <summary>Why docs/ef-core.md says: no pool of contexts. This is Entity Framework's doing; should it change, this test says so.</summary>
    [Fact]
    public async Task A_pooled_context_would_stand_in_the_transaction_of_the_tenant_before()
    {
        var pool = new Microsoft.EntityFrameworkCore.Infrastructure.PooledDbContextFactory<BillingContext>(
            new DbContextOptionsBuilder<BillingContext>().UseNpgsql(fixture.Database.AppConnectionString).Options, poolSize: 1);
        await using var workA = await fixture.Factory.OpenConnectionAsync(fixture.ContextA);
        await using (var billing = await pool.CreateDbContextAsync())
        {
            billing.Database.SetDbConnection(workA.Connection);
            await billing.Database.UseTransactionAsync(workA.Transaction);
            (await billing.Invoices.CountAsync()).Should().BePositive();
        }

        await using var rented = await pool.CreateDbContextAsync();
        rented.Database.GetDbConnection().Should().BeSameAs(workA.Connection);
    }

    private static BillingInvoice New(Guid organizationId, string? number = null) => new()
    {
        OrganizationId = organizationId,
        Number = number ?? Guid.NewGuid().ToString(),
        AmountCents = 1,
        CustomerName = "attack",
        IssuedAt = new DateOnly(2026, 1, 1),
    };
}
