using SmeFinancialOs.Data.Tests.Support;

namespace SmeFinancialOs.Data.Tests.AmbientFlow;

/// <summary>The delegate form: the context is in force for the work, for the whole of it and for nothing else.</summary>
public sealed class RunAsyncTests(TenantDatabaseFixture fixture) : IClassFixture<TenantDatabaseFixture>
{
    private TenantContext A => fixture.ContextA;

    private TenantContext B => fixture.ContextB;

    [Fact]
    public async Task Work_has_its_tenant_and_the_caller_keeps_its_own()
    {
        using var ambient = AmbientTenantContext.Use(B);
        (await AmbientTenantContext.RunAsync(A, fixture.OwnerAsync)).Should().Be(fixture.OrganizationA);
        (await fixture.OwnerAsync()).Should().Be(fixture.OrganizationB);
        var running = AmbientTenantContext.RunAsync(A, async () => (await fixture.OwnerAsync()).Should().Be(fixture.OrganizationA));
        (await fixture.OwnerAsync()).Should().Be(fixture.OrganizationB, "while it runs, too");
        await running;
        (await fixture.OwnerAsync()).Should().Be(fixture.OrganizationB);
    }

    [Fact]
    public async Task Helper_that_names_the_tenant_has_its_effect_inside_alone()
    {
        using var ambient = AmbientTenantContext.Use(B);
        await WithTenantAsync(async () => (await fixture.OwnerAsync()).Should().Be(fixture.OrganizationA));
        (await fixture.OwnerAsync()).Should().Be(fixture.OrganizationB);

        Task WithTenantAsync(Func<Task> work) => AmbientTenantContext.RunAsync(A, work);
    }

    [Fact]
    public async Task Works_in_parallel_each_have_their_own()
    {
        using var ambient = AmbientTenantContext.Use(TenantContext.Demo);
        await Parallel.ForEachAsync(Enumerable.Range(0, 64), async (i, _) =>
        {
            var (own, organization) = i % 2 == 0 ? (A, fixture.OrganizationA) : (B, fixture.OrganizationB);
            (await AmbientTenantContext.RunAsync(own, async () =>
            {
                await Task.Yield();
                return await fixture.OwnerAsync();
            })).Should().Be(organization);
        });
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Context_ends_with_the_work_however_it_ends(bool isFaulty)
    {
        var isOver = new TaskCompletionSource();
        Task<Guid>? left = null;
        var run = () => AmbientTenantContext.RunAsync(A, () =>
        {
            left = Task.Run(async () =>
            {
                await isOver.Task;
                return await fixture.OwnerAsync();
            });
            return isFaulty ? throw new FormatException("the work's own") : Task.CompletedTask;
        });
        if (isFaulty)
            await run.Should().ThrowAsync<FormatException>();
        else
            await run();
        isOver.SetResult();
        await left!.Invoking(task => task).Should().ThrowAsync<TenantContextMissingException>();
        AmbientTenantContext.Current.Should().BeNull();
    }

    [Fact]
    public async Task Scope_that_the_work_left_open_touches_nobody_else()
    {
        using var ambient = AmbientTenantContext.Use(B);
        await AmbientTenantContext.RunAsync(A, () =>
        {
#pragma warning disable SFD0002 // That it is never disposed is what is tested.
            AmbientTenantContext.Use(TenantContext.Demo);
#pragma warning restore SFD0002
            return Task.CompletedTask;
        });
        (await fixture.OwnerAsync()).Should().Be(fixture.OrganizationB);
    }

    [Fact]
    public async Task Scope_around_the_work_cannot_be_ended_inside_it_unseen()
    {
#pragma warning disable SFD0002 // It is disposed in the delegate.
        var around = AmbientTenantContext.Use(B);
#pragma warning restore SFD0002
        await AmbientTenantContext.RunAsync(A, async () =>
        {
            around.Invoking(a => a.Dispose()).Should().Throw<InvalidOperationException>();
            (await fixture.OwnerAsync()).Should().Be(fixture.OrganizationA);
        });
        await fixture.Invoking(f => f.OwnerAsync()).Should().ThrowAsync<TenantContextMissingException>();
    }

    [Fact]
    public async Task Suppressed_work_has_no_tenant_and_the_caller_keeps_its_own()
    {
        using var ambient = AmbientTenantContext.Use(B);
        await AmbientTenantContext.SuppressAsync(async () =>
        {
            await fixture.Invoking(f => f.OwnerAsync()).Should().ThrowAsync<TenantContextMissingException>();
            (await AmbientTenantContext.RunAsync(A, fixture.OwnerAsync)).Should().Be(fixture.OrganizationA);
            await fixture.Invoking(f => f.OwnerAsync()).Should().ThrowAsync<TenantContextMissingException>();
        });
        (await fixture.OwnerAsync()).Should().Be(fixture.OrganizationB);
    }

    [Fact]
    public async Task What_is_missing_is_named()
    {
        Func<Task> work = () => Task.CompletedTask;
        await ShouldName<ArgumentNullException>("context", () => AmbientTenantContext.RunAsync(null!, work));
        await ShouldName<ArgumentNullException>("work", () => AmbientTenantContext.RunAsync(A, (Func<Task>)null!));
        await ShouldName<ArgumentNullException>("work", () => AmbientTenantContext.RunAsync(A, (Func<Task<int>>)null!));
        await ShouldName<ArgumentException>("work", () => AmbientTenantContext.RunAsync(A, Task () => null!));
        await ShouldName<ArgumentException>("work", () => AmbientTenantContext.RunAsync(A, Task<int> () => null!));
        await ShouldName<ArgumentNullException>("work", () => AmbientTenantContext.SuppressAsync(null!));
        await ShouldName<ArgumentException>("work", () => AmbientTenantContext.SuppressAsync(() => null!));

        static async Task ShouldName<T>(string name, Func<Task> call)
            where T : ArgumentException => (await call.Should().ThrowAsync<T>()).WithParameterName(name);
    }
}
