using System.Threading.Channels;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using SmeFinancialOs.Data.Tests.Support;

namespace SmeFinancialOs.Data.Tests.DependencyInjection;

/// <summary>Work outside of a request has the tenant that it was given, or none.</summary>
public sealed class BackgroundWorkTests(TenantDatabaseFixture fixture) : IClassFixture<TenantDatabaseFixture>
{
    private TenantContext A => TenantContext.ForOrganization(fixture.OrganizationA);

    private TenantContext B => TenantContext.ForOrganization(fixture.OrganizationB);

    [Fact]
    public async Task Work_acts_for_the_tenant_it_was_given_whoever_is_ambient_where_it_starts()
    {
        await using var provider = Build();
        var seen = new List<Guid>();
        using (AmbientTenantContext.Use(B))
        {
            await provider.GetRequiredService<TenantScopeRunner>().RunAsync(A, async (services, cancellationToken) =>
                seen.AddRange(await services.GetRequiredService<ITenantSession>()
                    .QueryAsync<Guid>("SELECT id FROM organizations", cancellationToken: cancellationToken)));
            AmbientTenantContext.Current.Should().Be(B);
        }

        seen.Should().Equal(fixture.OrganizationA);
        AmbientTenantContext.Current.Should().BeNull();
    }

    [Fact]
    public async Task Jobs_of_a_queue_each_act_for_their_own_tenant()
    {
        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Services.AddTenantData(fixture.Database.AppConnectionString);
        builder.Services.AddSingleton(Channel.CreateUnbounded<Job>());
        builder.Services.AddHostedService<Worker>();
        using var host = builder.Build();
        await host.StartAsync();

        var jobs = Enumerable.Range(0, 40).Select(i => new Job(i % 2 == 0 ? A : B, new())).ToArray();
        foreach (var job in jobs)
            await host.Services.GetRequiredService<Channel<Job>>().Writer.WriteAsync(job);
        foreach (var job in jobs)
            (await job.Seen.Task.WaitAsync(TimeSpan.FromSeconds(30))).Should().Equal(job.Tenant.OrganizationId!.Value.ToGuid());
        await host.StopAsync();
    }

    [Fact]
    public async Task Work_that_outlives_its_request_has_no_tenant_even_while_the_next_request_has_one()
    {
        await using var provider = Build();
        var isNextRunning = new TaskCompletionSource();
        Task<Guid?> left;
        using (AmbientTenantContext.Use(A))
        {
            // Fire and forget, as in a request: it captured the flow of A.
            left = Task.Run(async () =>
            {
                await isNextRunning.Task;
                await using var scope = provider.CreateAsyncScope();
                return await scope.ServiceProvider.GetRequiredService<ITenantSession>().ExecuteScalarAsync<Guid?>("SELECT id FROM organizations");
            });
        }

        using (AmbientTenantContext.Use(B))
        {
            isNextRunning.SetResult();
            await left.Invoking(task => task).Should().ThrowAsync<TenantContextMissingException>();
        }
    }

    [Fact]
    public async Task What_the_work_leaves_running_has_no_tenant_any_more()
    {
        await using var provider = Build();
        var isOver = new TaskCompletionSource();
        Task left = Task.CompletedTask;
        await provider.GetRequiredService<TenantScopeRunner>().RunAsync(A, (_, _) =>
        {
            left = Task.Run(async () =>
            {
                await isOver.Task;
                _ = AmbientTenantContext.Required;
            }, CancellationToken.None);
            return Task.CompletedTask;
        });
        isOver.SetResult();
        await left.Invoking(task => task).Should().ThrowAsync<TenantContextMissingException>();
    }

    [Fact]
    public async Task Work_with_no_tenant_never_starts()
    {
        await using var provider = Build();
        var scopes = provider.GetRequiredService<TenantScopeRunner>();
        var isStarted = false;
        await scopes.Invoking(s => s.RunAsync(AmbientTenantContext.Required, Work)).Should().ThrowAsync<TenantContextMissingException>();
        await scopes.Invoking(s => s.RunAsync(null!, Work)).Should().ThrowAsync<ArgumentNullException>();
        await scopes.Invoking(s => s.RunAsync(A, null!)).Should().ThrowAsync<ArgumentNullException>();
        await scopes.Invoking(s => s.RunAsync(A, Work, new CancellationToken(canceled: true))).Should().ThrowAsync<OperationCanceledException>();
        isStarted.Should().BeFalse();

        Task Work(IServiceProvider services, CancellationToken cancellationToken)
        {
            isStarted = true;
            return Task.CompletedTask;
        }
    }

    private ServiceProvider Build() => new ServiceCollection().AddTenantData(fixture.Database.AppConnectionString)
        .BuildServiceProvider(new ServiceProviderOptions { ValidateScopes = true });

    private sealed record Job(TenantContext Tenant, TaskCompletionSource<IReadOnlyList<Guid>> Seen);

    private sealed class Worker(Channel<Job> jobs, TenantScopeRunner scopes) : BackgroundService
    {
        protected override async Task ExecuteAsync(CancellationToken stoppingToken)
        {
            await foreach (var job in jobs.Reader.ReadAllAsync(stoppingToken))
            {
                await scopes.RunAsync(job.Tenant, async (services, cancellationToken) =>
                    job.Seen.SetResult(await services.GetRequiredService<ITenantSession>()
                        .QueryAsync<Guid>("SELECT id FROM organizations", cancellationToken: cancellationToken)), stoppingToken);
            }
        }
    }
}
