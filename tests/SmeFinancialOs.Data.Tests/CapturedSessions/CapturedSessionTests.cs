using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using SmeFinancialOs.Data.Tests.Support;

namespace SmeFinancialOs.Data.Tests.CapturedSessions;

/// <summary>Which context counts, for how long a session of a service scope lasts, and who may ask for one.</summary>
public sealed class CapturedSessionTests(TenantDatabaseFixture fixture) : IClassFixture<TenantDatabaseFixture>
{
    private const string Captured = nameof(CapturedSessionException);
    private const string Missing = nameof(TenantContextMissingException);

    private TenantContext A => fixture.ContextA;

    private TenantContext B => fixture.ContextB;

    [Fact]
    public async Task The_innermost_context_counts()
    {
        using var outer = AmbientTenantContext.Use(A);
        var ofA = fixture.Factory.CreateSession();
        using (AmbientTenantContext.Use(B))
        {
            var ofB = fixture.Factory.CreateSession();
            (await TryAsync(ofA)).Should().Be(Captured);
            (await TryAsync(ofB)).Should().Contain(Seed.SecretOfB);
            using (AmbientTenantContext.Use(A))
            {
                (await TryAsync(ofA)).Should().Contain(Seed.SecretOfA);
                (await TryAsync(ofB)).Should().Be(Captured);
            }

            using (AmbientTenantContext.Suppress())
                (await TryAsync(ofB)).Should().Be(Missing);
            (await TryAsync(ofB)).Should().Contain(Seed.SecretOfB);
        }

        (await TryAsync(ofA)).Should().Contain(Seed.SecretOfA);
    }

    [Fact]
    public async Task A_call_that_is_refused_takes_no_connection()
    {
        await using var nowhere = NpgsqlDataSource.Create("Host=127.0.0.1;Port=1;Username=app_user;Timeout=1");
        var factory = new TenantConnectionFactory(nowhere, new TenantConnectionOptions { AdminDataSource = nowhere });
        using var ambient = AmbientTenantContext.Use(TenantContext.ForAdmin("alice", "ticket 4711"));
        var (session, transaction) = (factory.CreateSession(), factory.BeginTransaction());
        foreach (var (name, call) in CapturedSessionCalls.All.Where(call => call.Key != nameof(InvoiceRepository)))
        {
            (await CapturedSessionCalls.UnderAsync(B, () => call(session))).Should().Be(Captured, name);
            (await CapturedSessionCalls.UnderAsync(B, () => call(transaction))).Should().Be(Captured, name);
        }
    }

    [Fact]
    public async Task A_session_that_outlived_its_service_scope_is_refused_under_its_own_context_too()
    {
        await using var provider = Build(validateScopes: true);
        using var ambient = AmbientTenantContext.Use(A);
        ITenantSession session;
        await using (var scope = provider.CreateAsyncScope())
        {
            session = scope.ServiceProvider.GetRequiredService<ITenantSession>();
            (await TryAsync(session)).Should().Contain(Seed.SecretOfA);
        }

        foreach (var (name, call) in CapturedSessionCalls.All)
        {
            (await CapturedSessionCalls.UnderAsync(A, () => call(session))).Should().Be(Captured, name);
            (await CapturedSessionCalls.UnderAsync(B, () => call(session))).Should().Be(Captured, name);
            (await CapturedSessionCalls.UnderAsync(null, () => call(session))).Should().Be(Missing, name);
        }
    }

    [Fact]
    public async Task A_session_of_the_caller_is_not_the_one_of_the_work_that_it_starts_for_another_tenant()
    {
        await using var provider = Build(validateScopes: true);
        using var ambient = AmbientTenantContext.Use(B);
        await using var scope = provider.CreateAsyncScope();
        var ofCaller = scope.ServiceProvider.GetRequiredService<ITenantSession>();
        var seen = new List<string>();
        await provider.GetRequiredService<TenantScopeRunner>().RunAsync(A, async (services, _) =>
        {
            seen.Add(await CapturedSessionCalls.All[nameof(ITenantSession.QueryAsync)](services.GetRequiredService<ITenantSession>()));
            seen.Add(await TryAsync(ofCaller));
        });
        seen[0].Should().Contain(Seed.SecretOfA).And.NotContain(Seed.SecretOfB);
        seen[1].Should().Be(Captured);
        (await TryAsync(ofCaller)).Should().Contain(Seed.SecretOfB);
    }

    [Fact]
    public async Task What_the_scope_of_the_work_disposes_still_has_its_session()
    {
        await using var provider = Build(validateScopes: true, services => services.AddScoped<WritingDisposable>());
        var seen = new List<string>();
        await provider.GetRequiredService<TenantScopeRunner>().RunAsync(A, (services, _) =>
        {
            services.GetRequiredService<WritingDisposable>().Seen = seen;
            return Task.CompletedTask;
        });
        seen.Should().ContainSingle().Which.Should().Contain(Seed.SecretOfA);
    }

    [Theory]
    [InlineData(typeof(ITenantSession))]
    [InlineData(typeof(InvoiceRepository))]
    [InlineData(typeof(OrganizationRepository))]
    [InlineData(typeof(Singleton<ITenantSession>))]
    [InlineData(typeof(Singleton<InvoiceRepository>))]
    [InlineData(typeof(Singleton<IEnumerable<ITenantSession>>))]
    [InlineData(typeof(Singleton<Singleton<OrganizationRepository>>))]
    [InlineData(typeof(Singleton<Scoped<ITenantSession>>))]
    [InlineData(typeof(Singleton<Transient<ITenantSession>>))]
    public async Task The_root_provider_gives_no_session_from_within_a_scope_either(Type service)
    {
        await using var provider = Build(validateScopes: false, services => services
            .AddSingleton(typeof(Singleton<>)).AddScoped(typeof(Scoped<>)).AddTransient(typeof(Transient<>)));
        using var ambient = AmbientTenantContext.Use(A);
        // Several times: Microsoft's container compiles what is asked for often.
        for (var time = 0; time < 4; time++)
        {
            provider.Invoking(p => p.GetRequiredService(service)).Should().Throw<CapturedSessionException>().WithMessage("*TenantScopeRunner*");
            await using var scope = provider.CreateAsyncScope();
            if (service.Name.StartsWith(nameof(Singleton<>), StringComparison.Ordinal))
                scope.ServiceProvider.Invoking(p => p.GetRequiredService(service)).Should().Throw<CapturedSessionException>();
            else
                scope.ServiceProvider.GetRequiredService(service).Should().NotBeNull();
            await Task.Yield();
        }
    }

    [Fact]
    public async Task The_root_provider_gives_no_session_of_a_database_with_a_key_either()
    {
        await using var provider = new ServiceCollection().AddTenantData(fixture.Database.AppConnectionString, serviceKey: "invoices").AddInvoicing("invoices")
            .BuildServiceProvider();
        using var ambient = AmbientTenantContext.Use(A);
        provider.Invoking(p => p.GetRequiredKeyedService<ITenantSession>("invoices")).Should().Throw<CapturedSessionException>();
        provider.Invoking(p => p.GetRequiredKeyedService<InvoiceRepository>("invoices")).Should().Throw<CapturedSessionException>();
        await using var scope = provider.CreateAsyncScope();
        (await TryAsync(scope.ServiceProvider.GetRequiredKeyedService<ITenantSession>("invoices"))).Should().Contain(Seed.SecretOfA);
    }

    private static Task<string> TryAsync(ITenantSession session) => TryAsync(() => CapturedSessionCalls.All[nameof(ITenantSession.QueryAsync)](session));

    private static async Task<string> TryAsync(Func<Task<string>> call)
    {
        try
        {
            return await call();
        }
        catch (TenantDataException fault)
        {
            return fault.GetType().Name;
        }
    }

    private ServiceProvider Build(bool validateScopes, Action<IServiceCollection>? configure = null)
    {
        var services = new ServiceCollection().AddTenantData(fixture.Database.AppConnectionString).AddInvoicing();
        configure?.Invoke(services);
        return services.BuildServiceProvider(validateScopes);
    }

    private sealed record Singleton<T>(T Held);

    private sealed record Scoped<T>(T Held);

    private sealed record Transient<T>(T Held);

    private sealed class WritingDisposable(ITenantSession session) : IAsyncDisposable
    {
        public List<string> Seen { get; set; } = [];

        public async ValueTask DisposeAsync() => Seen.Add(await TryAsync(session));
    }
}
