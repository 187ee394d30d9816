using System.Collections.Concurrent;
using Npgsql;
using SmeFinancialOs.Data.Tests.Support;

namespace SmeFinancialOs.Data.Tests;

/// <summary>Many tasks, few connections, everything that goes wrong in between: no row of another tenant, ever, and a pool that still works.</summary>
public sealed class IsolationUnderLoadTests(TenantDatabaseFixture fixture) : IClassFixture<TenantDatabaseFixture>
{
    private const int Tasks = 200;
    private const int Reads = 200_000;
    private const int Tenants = 12;
    private const int RowsOfATenant = 40;

    [Theory]
    [InlineData("")] // prepared statements, connections reset by this library
    [InlineData(";No Reset On Close=false;Max Auto Prepare=0")]
    public async Task No_foreign_row_in_200000_reads_over_a_pool_of_10(string settings)
    {
        await using var source = new NpgsqlDataSourceBuilder(fixture.Database.AppConnectionString + ";Maximum Pool Size=10;Timeout=120"
            + settings).UseTenantDefaults().Build();
        var factory = new TenantConnectionFactory(source);
        var contexts = Enumerable.Range(0, Tenants).Select(_ => TenantContext.ForOrganization(Guid.CreateVersion7())).ToArray();
        foreach (var context in contexts)
            await SeedAsync(factory.CreateSession(context));

        var run = new Run(factory, contexts);
        await Task.WhenAll(Enumerable.Range(0, Tasks).Select(seed => Task.Run(() => run.WorkAsync(new Random(seed)))));

        run.ForeignRows.Should().BeEmpty();
        run.UnexpectedFaults.Should().BeEmpty();
        run.RowsRead.Should().BeGreaterThanOrEqualTo(Reads);
        new[] { run.Cancellations, run.Rollbacks, run.Faults }
            .Should().AllSatisfy(count => count.Should().BeGreaterThan(100), "a run without trouble proves little");

        // The pool is healthy: all ten connections can be had at once, and every tenant finds exactly what it had.
        var all = await Task.WhenAll(Enumerable.Range(0, 10).Select(i => factory.OpenConnectionAsync(contexts[i % Tenants]).AsTask()));
        foreach (var work in all)
            await work.DisposeAsync();
        foreach (var context in contexts)
            (await factory.CreateSession(context).ExecuteScalarAsync<long>("SELECT count(*) FROM invoices")).Should().Be(RowsOfATenant);
    }

    private static async Task SeedAsync(ITenantSession session)
    {
        await new OrganizationRepository(session).CreateAsync("Tenant", "t" + Guid.NewGuid().ToString("N"));
        await new InvoiceRepository(session).InsertManyAsync([.. Enumerable.Range(0, RowsOfATenant)
            .Select(i => new NewInvoice { Number = $"N{i}", AmountCents = i, CustomerName = "x", IssuedAt = new DateOnly(2026, 1, 1).AddDays(i) })]);
    }

    private sealed class Run(TenantConnectionFactory factory, TenantContext[] contexts)
    {
        private int _reads;
        private int _cancellations;
        private int _rollbacks;
        private int _faults;

        public ConcurrentBag<string> ForeignRows { get; } = [];

        public ConcurrentBag<Exception> UnexpectedFaults { get; } = [];

        public int RowsRead => _reads;

        public int Cancellations => _cancellations;

        public int Rollbacks => _rollbacks;

        public int Faults => _faults;

        public async Task WorkAsync(Random random)
        {
            while (Volatile.Read(ref _reads) < Reads && UnexpectedFaults.IsEmpty)
            {
                var context = contexts[random.Next(Tenants)];
                try
                {
                    await (random.Next(60) switch
                    {
                        0 => RollBackAsync(context),
                        1 => FailAsync(context),
                        2 => CancelAsync(context, random),
                        < 8 => ReadInUnitOfWorkAsync(context),
                        _ => ReadAsync(factory.CreateSession(context)),
                    });
                }
                catch (OperationCanceledException)
                {
                    Interlocked.Increment(ref _cancellations);
                }
                catch (InvalidValueException)
                {
                    Interlocked.Increment(ref _faults);
                }
                catch (Exception fault)
                {
                    UnexpectedFaults.Add(fault);
                }
            }
        }

        private async Task ReadAsync(ITenantSession session, CancellationToken cancellationToken = default)
        {
            // No WHERE: everything the database lets through is looked at.
            var rows = await session.QueryAsync<Guid>("SELECT org_id FROM invoices LIMIT 50", null, cancellationToken);
            foreach (var row in rows)
            {
                if (row != session.Context.OrganizationId)
                    ForeignRows.Add($"{session.Context} saw a row of {row}");
            }

            Interlocked.Add(ref _reads, rows.Count == 0 ? 0 : 1);
        }

        private async Task ReadInUnitOfWorkAsync(TenantContext context)
        {
            await using var work = await factory.OpenConnectionAsync(context);
            await ReadAsync(work);
            await ReadAsync(work);
            await work.CommitAsync();
        }

        private async Task RollBackAsync(TenantContext context)
        {
            await using var work = await factory.OpenConnectionAsync(context);
            await work.ExecuteAsync("DELETE FROM invoices");
            await ReadAsync(work);
            Interlocked.Increment(ref _rollbacks);
        }

        private async Task FailAsync(TenantContext context)
        {
            await using var work = await factory.OpenConnectionAsync(context);
            await work.ExecuteAsync("UPDATE invoices SET customer_name = 'never'; SELECT 1 / 0");
        }

        private async Task CancelAsync(TenantContext context, Random random)
        {
            using var cancellation = new CancellationTokenSource(TimeSpan.FromMilliseconds(random.Next(1, 10)));
            var session = factory.CreateSession(context);
            await session.ExecuteAsync("UPDATE invoices SET customer_name = 'never' WHERE pg_sleep(0.02) IS NOT NULL", null, cancellation.Token);
            await ReadAsync(session, cancellation.Token);
        }
    }
}
