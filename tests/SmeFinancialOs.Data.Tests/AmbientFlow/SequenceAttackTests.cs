// What the rules of the analyzer report is what is attacked here.
#pragma warning disable SFD0001, SFD0002

using SmeFinancialOs.Data.Tests.Support;

namespace SmeFinancialOs.Data.Tests.AmbientFlow;

/// <summary>
/// <c>Use</c> inside a method with <c>yield</c>: the steps of an async one start in the flow of the consumer, and those of a synchronous one leave their
/// context there. The end of the scope finds out, and no context stays behind.
/// </summary>
public sealed class SequenceAttackTests(TenantDatabaseFixture fixture) : IClassFixture<TenantDatabaseFixture>
{
    private readonly List<Guid> _seen = [];

    private TenantContext A => fixture.ContextA;

    private TenantContext B => fixture.ContextB;

    [Fact]
    public async Task Async_iterator_consumed_under_another_tenant_ends_with_an_exception()
    {
        using (AmbientTenantContext.Use(B))
        {
            await ShouldSayWhatToDo(async () =>
            {
                await foreach (var owner in OwnersAsync(items: 2))
                    _seen.Add(owner);
            });
            (await fixture.OwnerAsync()).Should().Be(fixture.OrganizationB, "the consumer's own context is still open");
        }

        _seen.Should().Equal([fixture.OrganizationA, fixture.OrganizationB], "a step cannot know whose it should be: the analyzer reports the method");
        AmbientTenantContext.Current.Should().BeNull();
    }

    [Fact]
    public async Task Async_iterator_left_early_ends_with_an_exception()
    {
        using var ambient = AmbientTenantContext.Use(B);
        await ShouldSayWhatToDo(async () =>
        {
            await foreach (var owner in OwnersAsync(items: 2))
            {
                _seen.Add(owner);
                break;
            }
        });
        _seen.Should().Equal(fixture.OrganizationA);
    }

    [Fact]
    public async Task Async_iterator_of_one_item_ends_with_an_exception()
    {
        using var ambient = AmbientTenantContext.Use(B);
        await ShouldSayWhatToDo(async () =>
        {
            await foreach (var owner in OwnersAsync(items: 1))
                _seen.Add(owner);
        });
        _seen.Should().Equal(fixture.OrganizationA);
    }

    [Fact]
    public async Task Async_iterator_consumed_without_a_tenant_ends_with_an_exception()
    {
        await ShouldSayWhatToDo(async () =>
        {
            await foreach (var owner in OwnersAsync(items: 2))
                _seen.Add(owner);
        });
        _seen.Should().Equal(fixture.OrganizationA);
    }

    [Fact]
    public async Task Async_iterator_that_suppresses_ends_with_an_exception()
    {
        using var ambient = AmbientTenantContext.Use(B);
        await ShouldSayWhatToDo(async () =>
        {
            await foreach (var context in WithoutTenantAsync())
                _seen.Add(context?.OrganizationId?.ToGuid() ?? Guid.Empty);
        });
        _seen.Should().Equal(Guid.Empty, fixture.OrganizationB);
    }

    [Fact]
    public async Task Work_that_the_iterator_left_running_has_no_tenant_after_the_exception()
    {
        var isOver = new TaskCompletionSource();
        Task<Guid>? left = null;
        using var ambient = AmbientTenantContext.Use(B);
        await ShouldSayWhatToDo(async () =>
        {
            await foreach (var item in LeavingAsync())
                _seen.Add(item);
        });
        isOver.SetResult();
        await left!.Invoking(task => task).Should().ThrowAsync<TenantContextMissingException>();

        async IAsyncEnumerable<Guid> LeavingAsync()
        {
            using var ambient = AmbientTenantContext.Use(A);
            left = Task.Run(async () =>
            {
                await isOver.Task;
                return await fixture.OwnerAsync();
            });
            await Task.Yield();
            yield return Guid.Empty;
        }
    }

    [Fact]
    public async Task Synchronous_iterator_gives_its_tenant_to_the_loop_and_takes_it_away_at_the_end()
    {
        using var ambient = AmbientTenantContext.Use(B);
        foreach (var _ in Items())
            _seen.Add(await fixture.OwnerAsync());
        _seen.Should().Equal([fixture.OrganizationA, fixture.OrganizationA], "this is not detected at run time: the analyzer reports the method");
        (await fixture.OwnerAsync()).Should().Be(fixture.OrganizationB);
    }

    [Fact]
    public async Task Synchronous_iterator_advanced_elsewhere_ends_with_an_exception()
    {
        using var ambient = AmbientTenantContext.Use(B);
        using var items = Items().GetEnumerator();
        await AdvanceAsync();
        (await fixture.OwnerAsync()).Should().Be(fixture.OrganizationB);
        items.MoveNext().Should().BeTrue();
        FluentActions.Invoking(() => items.MoveNext()).Should().Throw<InvalidOperationException>();
        (await fixture.OwnerAsync()).Should().Be(fixture.OrganizationB);

        async Task AdvanceAsync()
        {
            await Task.CompletedTask;
            items.MoveNext();
        }
    }

    [Fact]
    public async Task Tenant_of_an_iterator_that_outlives_the_block_around_it_does_not_stay_behind()
    {
        FluentActions.Invoking(OpenInside).Should().Throw<InvalidOperationException>();
        AmbientTenantContext.Current.Should().BeNull();
        await fixture.Invoking(f => f.OwnerAsync()).Should().ThrowAsync<TenantContextMissingException>();

        void OpenInside()
        {
            using var opened = Items().GetEnumerator();
            var around = AmbientTenantContext.Use(B);
            opened.MoveNext();
            around.Dispose();
        }
    }

    private async IAsyncEnumerable<Guid> OwnersAsync(int items)
    {
        using var _ = AmbientTenantContext.Use(A);
        for (var i = 0; i < items; i++)
            yield return await fixture.OwnerAsync();
    }

    private IEnumerable<int> Items()
    {
        using var _ = AmbientTenantContext.Use(A);
        yield return 1;
        yield return 2;
    }

    private static async IAsyncEnumerable<TenantContext?> WithoutTenantAsync()
    {
        using var _ = AmbientTenantContext.Suppress();
        yield return AmbientTenantContext.Current;
        await Task.Yield();
        yield return AmbientTenantContext.Current;
    }

    private static async Task ShouldSayWhatToDo(Func<Task> consume) =>
        (await consume.Should().ThrowAsync<InvalidOperationException>()).WithMessage("*AmbientTenantContext.RunAsync*StreamAsync*");
}
