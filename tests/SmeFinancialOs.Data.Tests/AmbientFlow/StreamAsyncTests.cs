using System.Runtime.CompilerServices;
using SmeFinancialOs.Data.Tests.Support;

namespace SmeFinancialOs.Data.Tests.AmbientFlow;

/// <summary>The delegate form for sequences: each step of the producer has the context, and the consumer never does.</summary>
public sealed class StreamAsyncTests(TenantDatabaseFixture fixture) : IClassFixture<TenantDatabaseFixture>
{
    private readonly List<Guid> _seen = [];

    /// <summary>In force where the producer made its sequence, took a step and cleaned up.</summary>
    private readonly List<TenantContext?> _inProducer = [];

    private TenantContext A => fixture.ContextA;

    private TenantContext B => fixture.ContextB;

    [Fact]
    public async Task Every_step_has_the_tenant_and_the_loop_its_own()
    {
        using var ambient = AmbientTenantContext.Use(B);
        await foreach (var owner in AmbientTenantContext.StreamAsync(A, () => OwnersAsync(items: 3)))
        {
            _seen.Add(owner);
            (await fixture.OwnerAsync()).Should().Be(fixture.OrganizationB);
        }

        _seen.Should().Equal(fixture.OrganizationA, fixture.OrganizationA, fixture.OrganizationA);
        _inProducer.Should().Equal(A, A, A, A);
    }

    [Fact]
    public async Task A_consumer_without_a_tenant_stays_without()
    {
        await foreach (var owner in AmbientTenantContext.StreamAsync(A, () => OwnersAsync(items: 2)))
        {
            _seen.Add(owner);
            AmbientTenantContext.Current.Should().BeNull();
        }

        _seen.Should().Equal(fixture.OrganizationA, fixture.OrganizationA);
    }

    [Fact]
    public async Task A_consumer_that_changes_its_tenant_between_the_steps_changes_nothing()
    {
        await using var steps = AmbientTenantContext.StreamAsync(A, () => OwnersAsync(items: 4)).GetAsyncEnumerator();
        foreach (var around in new[] { B, TenantContext.Demo, A })
        {
            using (AmbientTenantContext.Use(around))
            {
                (await steps.MoveNextAsync()).Should().BeTrue();
                _seen.Add(steps.Current);
                AmbientTenantContext.Current.Should().Be(around);
            }
        }

        using (AmbientTenantContext.Suppress())
            (await Task.Run(async () => await steps.MoveNextAsync())).Should().BeTrue();
        _seen.Append(steps.Current).Should().OnlyContain(owner => owner == fixture.OrganizationA).And.HaveCount(4);
    }

    [Fact]
    public async Task Leaving_early_cleans_up_with_the_tenant()
    {
        using var ambient = AmbientTenantContext.Use(B);
        await foreach (var owner in AmbientTenantContext.StreamAsync(A, () => OwnersAsync(items: 3)))
        {
            _seen.Add(owner);
            break;
        }

        _inProducer.Should().Equal([A, A], "a step, and the finally block");
        AmbientTenantContext.Current.Should().Be(B);
    }

    [Fact]
    public async Task A_failure_of_either_side_cleans_up_with_the_tenant()
    {
        using var ambient = AmbientTenantContext.Use(B);
        var consume = async () =>
        {
            await foreach (var _ in AmbientTenantContext.StreamAsync(A, () => OwnersAsync(items: 3)))
                throw new FormatException("the consumer's");
        };
        await consume.Should().ThrowAsync<FormatException>();
        _inProducer.Should().Equal(A, A);
        _inProducer.Clear();

        var produce = async () =>
        {
            await foreach (var owner in AmbientTenantContext.StreamAsync(A, () => OwnersAsync(items: 3, failAfter: 1)))
                _seen.Add(owner);
        };
        await produce.Should().ThrowAsync<NotSupportedException>();
        _inProducer.Should().Equal(A, A, A);
        AmbientTenantContext.Current.Should().Be(B);
    }

    [Fact]
    public async Task A_session_for_the_ambient_context_streams_for_the_tenant()
    {
        using var ambient = AmbientTenantContext.Use(B);
        var stream = AmbientTenantContext.StreamAsync(A, () => fixture.Factory.CreateSession().QueryUnbufferedAsync<Guid>("SELECT org_id FROM invoices"));
        await foreach (var owner in stream)
        {
            _seen.Add(owner);
            (await fixture.OwnerAsync()).Should().Be(fixture.OrganizationB);
        }

        _seen.Should().NotBeEmpty().And.OnlyContain(owner => owner == fixture.OrganizationA);
    }

    [Fact]
    public async Task Two_enumerations_are_two_works_and_may_interleave()
    {
        var stream = AmbientTenantContext.StreamAsync(A, () => OwnersAsync(items: 2));
        using var ambient = AmbientTenantContext.Use(B);
        await foreach (var outer in stream)
        {
            _seen.Add(outer);
            await foreach (var inner in stream)
                _seen.Add(inner);
        }

        _seen.Should().HaveCount(6).And.OnlyContain(owner => owner == fixture.OrganizationA);
    }

    [Fact]
    public async Task Streams_of_two_tenants_interleave_one_inside_the_other()
    {
        await foreach (var (own, others) in AmbientTenantContext.StreamAsync(A, PairsAsync))
            (own, others).Should().Be((fixture.OrganizationA, fixture.OrganizationB));

        async IAsyncEnumerable<(Guid, Guid)> PairsAsync()
        {
            await foreach (var others in AmbientTenantContext.StreamAsync(B, () => OwnersAsync(items: 2)))
                yield return (await fixture.OwnerAsync(), others);
        }
    }

    [Fact]
    public async Task Work_that_the_producer_left_running_has_no_tenant_after_the_end()
    {
        var isOver = new TaskCompletionSource();
        Task<Guid>? left = null;
        await foreach (var _ in AmbientTenantContext.StreamAsync(A, LeavingAsync))
            AmbientTenantContext.Current.Should().BeNull();
        isOver.SetResult();
        await left!.Invoking(task => task).Should().ThrowAsync<TenantContextMissingException>();

        async IAsyncEnumerable<int> LeavingAsync()
        {
            left = Task.Run(async () =>
            {
                await isOver.Task;
                return await fixture.OwnerAsync();
            });
            await Task.Yield();
            yield return 1;
        }
    }

    [Fact]
    public async Task A_scope_inside_a_step_ends_in_turn_and_one_across_steps_is_refused()
    {
        await foreach (var owner in AmbientTenantContext.StreamAsync(A, WithinAsync))
            _seen.Add(owner);
        _seen.Should().Equal(fixture.OrganizationB, fixture.OrganizationA);

        var across = async () =>
        {
            await foreach (var owner in AmbientTenantContext.StreamAsync(A, AcrossAsync))
                _seen.Add(owner);
        };
        await across.Should().ThrowAsync<InvalidOperationException>();

        async IAsyncEnumerable<Guid> WithinAsync()
        {
            yield return await AmbientTenantContext.RunAsync(B, fixture.OwnerAsync);
            yield return await fixture.OwnerAsync();
        }

        async IAsyncEnumerable<Guid> AcrossAsync()
        {
#pragma warning disable SFD0001 // What the rule reports is what is tested.
            using var _ = AmbientTenantContext.Use(B);
#pragma warning restore SFD0001
            yield return await fixture.OwnerAsync();
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Both_tokens_reach_the_producer(bool isConsumers)
    {
        using var given = new CancellationTokenSource();
        using var consumers = new CancellationTokenSource();
        CancellationToken inProducer = default;
        var consume = async () =>
        {
            var stream = AmbientTenantContext.StreamAsync(A, () => WaitingAsync(token => inProducer = token), given.Token);
            await foreach (var _ in stream.WithCancellation(consumers.Token))
                await (isConsumers ? consumers : given).CancelAsync();
        };
        await consume.Should().ThrowAsync<OperationCanceledException>();
        inProducer.IsCancellationRequested.Should().BeTrue();
    }

    [Fact]
    public async Task What_is_missing_is_named()
    {
        var withoutContext = () => AmbientTenantContext.StreamAsync(null!, AsyncEnumerable.Empty<int>);
        withoutContext.Should().Throw<ArgumentNullException>().WithParameterName("context");
        var withoutWork = () => AmbientTenantContext.StreamAsync<int>(A, null!);
        withoutWork.Should().Throw<ArgumentNullException>().WithParameterName("work");
        await using var steps = AmbientTenantContext.StreamAsync<int>(A, () => null!).GetAsyncEnumerator();
        await steps.Invoking(async s => await s.MoveNextAsync()).Should().ThrowAsync<ArgumentException>().WithParameterName("work");
        var cancelled = AmbientTenantContext.StreamAsync<int>(A, () => throw new NotSupportedException(), new CancellationToken(canceled: true));
        await cancelled.Invoking(async c => await c.AnyAsync()).Should().ThrowAsync<OperationCanceledException>("the work is not called");
    }

    private async IAsyncEnumerable<Guid> OwnersAsync(int items, int failAfter = int.MaxValue)
    {
        try
        {
            for (var i = 0; i < items; i++)
            {
                _inProducer.Add(AmbientTenantContext.Current);
                if (i == failAfter)
                    throw new NotSupportedException("the producer's");
                yield return await fixture.OwnerAsync();
            }
        }
        finally
        {
            await Task.Yield();
            _inProducer.Add(AmbientTenantContext.Current);
        }
    }

    private static async IAsyncEnumerable<int> WaitingAsync(
        Action<CancellationToken> tell, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        tell(cancellationToken);
        yield return 1;
        await Task.Delay(Timeout.InfiniteTimeSpan, cancellationToken);
    }
}
