namespace SmeFinancialOs.Data.Tests;

public sealed class AmbientTenantContextTests
{
    private static readonly TenantContext A = TenantContext.ForOrganization(Guid.NewGuid());
    private static readonly TenantContext B = TenantContext.ForOrganization(Guid.NewGuid());

    [Fact]
    public void Missing_ambient_context_throws_instead_of_guessing() =>
        FluentActions.Invoking(() => AmbientTenantContext.Required).Should().Throw<TenantContextMissingException>();

    [Fact]
    public void Nested_contexts_end_in_turn()
    {
        using (AmbientTenantContext.Use(A))
        {
            using (AmbientTenantContext.Use(B))
                AmbientTenantContext.Required.Should().Be(B);
            AmbientTenantContext.Required.Should().Be(A);
        }

        AmbientTenantContext.Current.Should().BeNull();
    }

    [Fact]
    public async Task Concurrent_flows_have_their_own()
    {
        await Task.WhenAll(Enumerable.Range(0, 100).Select(async _ =>
        {
            var own = TenantContext.ForOrganization(Guid.NewGuid());
            using (AmbientTenantContext.Use(own))
            {
                await Task.Yield();
                AmbientTenantContext.Required.Should().BeSameAs(own);
            }
        }));
    }

    [Fact]
    public async Task Work_that_outlives_the_scope_has_no_context()
    {
        var gate = new TaskCompletionSource();
        Task<TenantContext?> background;
        using (AmbientTenantContext.Use(A))
        {
            background = Task.Run(async () =>
            {
                await gate.Task;
                return AmbientTenantContext.Current;
            });
        }

        gate.SetResult();
        (await background).Should().BeNull();
    }

    [Fact]
    public void Disposing_twice_does_nothing()
    {
        using (AmbientTenantContext.Use(A))
        {
            var inner = AmbientTenantContext.Use(B);
            inner.Dispose();
            inner.Dispose();
            AmbientTenantContext.Current.Should().Be(A);
        }
    }

    [Fact]
    public void Disposing_out_of_order_is_refused_and_brings_nothing_back()
    {
        var outer = AmbientTenantContext.Use(A);
        var inner = AmbientTenantContext.Use(B);
        outer.Invoking(o => o.Dispose()).Should().Throw<InvalidOperationException>();
        AmbientTenantContext.Current.Should().BeNull("B was inside A");
        inner.Dispose();
        AmbientTenantContext.Current.Should().BeNull("A has ended already");
    }
}
