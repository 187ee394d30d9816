// What the rules of the analyzer report is what is attacked here.
#pragma warning disable SFD0001, SFD0002

using SmeFinancialOs.Data.Tests.Support;

namespace SmeFinancialOs.Data.Tests.AmbientFlow;

/// <summary>Scopes that end in another flow or in another order than they began: the end is an exception, and no tenant stays in force or comes back.</summary>
public sealed class ScopeAttackTests(TenantDatabaseFixture fixture) : IClassFixture<TenantDatabaseFixture>
{
    private TenantContext A => fixture.ContextA;

    private TenantContext B => fixture.ContextB;

    [Fact]
    public async Task Use_without_an_end_in_an_async_helper_has_no_effect()
    {
        using var ambient = AmbientTenantContext.Use(B);
        await SetTenantAsync();
        (await fixture.OwnerAsync()).Should().Be(fixture.OrganizationB, "nothing ends, so nothing is detected at run time: the analyzer reports the helper");

        async Task SetTenantAsync()
        {
            await Task.Yield();
            AmbientTenantContext.Use(A);
        }
    }

    [Fact]
    public async Task Scope_from_an_async_helper_ends_with_an_exception()
    {
        var owner = Guid.Empty;
        using var ambient = AmbientTenantContext.Use(B);
        var act = async () =>
        {
            using (await EnterAsync())
                owner = await fixture.OwnerAsync();
        };
        (await act.Should().ThrowAsync<InvalidOperationException>()).WithMessage("*RunAsync*");
        owner.Should().Be(fixture.OrganizationB, "the helper's context did not flow out of it");
        (await fixture.OwnerAsync()).Should().Be(fixture.OrganizationB);

        async Task<IDisposable> EnterAsync()
        {
            await Task.Yield();
            return AmbientTenantContext.Use(A);
        }
    }

    [Fact]
    public async Task Scope_of_a_field_that_one_method_opens_and_another_ends_is_refused()
    {
        IDisposable? field = null;
        using var ambient = AmbientTenantContext.Use(B);
        await InitializeAsync();
        (await fixture.OwnerAsync()).Should().Be(fixture.OrganizationB);
        field.Should().NotBeNull();
        field!.Invoking(f => f.Dispose()).Should().Throw<InvalidOperationException>();
        (await fixture.OwnerAsync()).Should().Be(fixture.OrganizationB);

        async Task InitializeAsync()
        {
            field = AmbientTenantContext.Use(A);
            await Task.Yield();
        }
    }

    [Fact]
    public async Task Tenant_that_a_helper_left_in_force_does_not_stay_after_the_block_around_it()
    {
        FluentActions.Invoking(Block).Should().Throw<InvalidOperationException>();
        AmbientTenantContext.Current.Should().BeNull();
        await fixture.Invoking(f => f.OwnerAsync()).Should().ThrowAsync<TenantContextMissingException>();

        void Block()
        {
            using var around = AmbientTenantContext.Use(B);
            SetTenant();
        }

        void SetTenant() => AmbientTenantContext.Use(A);
    }

    [Fact]
    public async Task Scope_that_another_task_ends_is_over_for_all_and_nothing_comes_back()
    {
        using (AmbientTenantContext.Use(B))
        {
            var scope = AmbientTenantContext.Use(A);
            await Task.Run(scope.Dispose);
            AmbientTenantContext.Current.Should().BeNull("neither A, which has ended, nor B, which is not the innermost");
            await fixture.Invoking(f => f.OwnerAsync()).Should().ThrowAsync<TenantContextMissingException>();
            scope.Dispose();
            AmbientTenantContext.Current.Should().BeNull();
        }

        AmbientTenantContext.Current.Should().BeNull();
    }

    [Fact]
    public async Task Scope_that_a_thread_without_the_flow_ends_is_refused()
    {
        using var ambient = AmbientTenantContext.Use(B);
        var scope = AmbientTenantContext.Use(A);
        Task ending;
        using (ExecutionContext.SuppressFlow())
            ending = Task.Run(scope.Dispose);
        await ending.Invoking(task => task).Should().ThrowAsync<InvalidOperationException>();
        await fixture.Invoking(f => f.OwnerAsync()).Should().ThrowAsync<TenantContextMissingException>();
    }

    [Fact]
    public async Task Outer_scope_that_ends_first_leaves_nothing_in_force()
    {
        var outermost = AmbientTenantContext.Use(TenantContext.Demo);
        var outer = AmbientTenantContext.Use(A);
        var inner = AmbientTenantContext.Use(B);
        outer.Invoking(o => o.Dispose()).Should().Throw<InvalidOperationException>();
        AmbientTenantContext.Current.Should().BeNull();
        await fixture.Invoking(f => f.OwnerAsync()).Should().ThrowAsync<TenantContextMissingException>();
        inner.Dispose();
        outer.Dispose();
        AmbientTenantContext.Current.Should().BeNull("the demo is not the innermost that was opened");
        outermost.Dispose();
        AmbientTenantContext.Current.Should().BeNull();
    }

    [Fact]
    public async Task Scope_that_a_child_task_ends_out_of_order_is_over_where_it_began()
    {
        var isOver = new TaskCompletionSource();
        using var ambient = AmbientTenantContext.Use(B);
        var outer = AmbientTenantContext.Use(A);
        var child = Task.Run(() =>
        {
            using var own = AmbientTenantContext.Use(B);
            outer.Dispose();
        });
        await child.Invoking(task => task).Should().ThrowAsync<InvalidOperationException>();
        await fixture.Invoking(f => f.OwnerAsync()).Should().ThrowAsync<TenantContextMissingException>();
    }

    [Fact]
    public async Task Suppress_ends_in_turn_and_is_refused_out_of_turn()
    {
        using (AmbientTenantContext.Use(A))
        {
            using (AmbientTenantContext.Suppress())
                await fixture.Invoking(f => f.OwnerAsync()).Should().ThrowAsync<TenantContextMissingException>();
            (await fixture.OwnerAsync()).Should().Be(fixture.OrganizationA);
        }

        var suppressed = AmbientTenantContext.Suppress();
        var inner = AmbientTenantContext.Use(A);
        suppressed.Invoking(s => s.Dispose()).Should().Throw<InvalidOperationException>();
        AmbientTenantContext.Current.Should().BeNull();
        inner.Dispose();
        AmbientTenantContext.Current.Should().BeNull();
    }

    [Fact]
    public async Task Suppress_that_ends_around_an_open_scope_does_not_bring_back_what_it_hid()
    {
        using var ambient = AmbientTenantContext.Use(A);
        var suppressed = AmbientTenantContext.Suppress();
        AmbientTenantContext.Use(B);
        suppressed.Invoking(s => s.Dispose()).Should().Throw<InvalidOperationException>();
        await fixture.Invoking(f => f.OwnerAsync()).Should().ThrowAsync<TenantContextMissingException>();
    }

    [Fact]
    public async Task Scope_that_many_threads_end_at_once_ends_once()
    {
        using var ambient = AmbientTenantContext.Use(B);
        var scope = AmbientTenantContext.Use(A);
        Parallel.For(0, 64, _ => scope.Dispose());
        (AmbientTenantContext.Current?.OrganizationId).Should().NotBe(fixture.OrganizationA);
        await Parallel.ForEachAsync(Enumerable.Range(0, 64), async (i, _) =>
        {
            var (own, organization) = i % 2 == 0 ? (A, fixture.OrganizationA) : (B, fixture.OrganizationB);
            using (AmbientTenantContext.Use(own))
                (await fixture.OwnerAsync()).Should().Be(organization);
        });
    }

    [Fact]
    public async Task Task_that_captured_the_flow_has_no_tenant_after_the_scope_even_inside_another()
    {
        var isOver = new TaskCompletionSource();
        Task<Guid> left;
        using (AmbientTenantContext.Use(B))
        {
            using (AmbientTenantContext.Use(A))
            {
                left = Task.Run(async () =>
                {
                    await isOver.Task;
                    return await fixture.OwnerAsync();
                });
            }

            isOver.SetResult();
            await left.Invoking(task => task).Should().ThrowAsync<TenantContextMissingException>();
        }
    }

    [Fact]
    public async Task Task_that_is_returned_out_of_the_block_loses_its_tenant()
    {
        var isStarted = new TaskCompletionSource();
        using var ambient = AmbientTenantContext.Use(B);
        var work = Start();
        isStarted.SetResult();
        await work.Invoking(task => task).Should().ThrowAsync<TenantContextMissingException>();

        Task<Guid> Start()
        {
            using var _ = AmbientTenantContext.Use(A);
            return WorkAsync();
        }

        async Task<Guid> WorkAsync()
        {
            await isStarted.Task;
            return await fixture.OwnerAsync();
        }
    }
}
