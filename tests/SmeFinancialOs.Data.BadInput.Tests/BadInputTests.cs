namespace SmeFinancialOs.Data.BadInput.Tests;

/// <summary>Every public member with everything that it should not be given. What must hold is in <see cref="Rules"/>.</summary>
[Collection<BadInputTestGroup>]
public sealed class BadInputTests(BadInputDatabase world)
{
    private readonly ValidArguments _good = new(world);
    private readonly BadCallCheck _examination = new(world);

    public static TheoryData<string> Members => [.. PublicApi.Members.Keys];

    public static TheoryData<string> MembersWithToken => [.. PublicApi.Members.Values.Where(member => member.Token is not null).Select(member => member.Name)];

    public static TheoryData<string> MembersOfDisposables =>
        [.. PublicApi.Members.Values.Where(member => IsDisposable(member) && !IsDispose(member)).Select(member => member.Name)];

    public static TheoryData<string> MembersOfUnitsOfWork =>
        [.. PublicApi.Members.Values.Where(member => IsUnitOfWork(member) && member.Token is not null).Select(member => member.Name)];

    [Theory]
    [MemberData(nameof(Members))]
    public async Task Bad_arguments_are_refused_and_nothing_is_left_behind(string name)
    {
        var member = PublicApi.Members[name];
        var complaints = new List<string>();
        // Without bad arguments once: on something that is fit to be used, no member fails in a way of its own.
        if (!member.IsSetter)
            complaints.AddRange(await _examination.CallAsync(member, parameter: null, bad: null));
        foreach (var parameter in member.Parameters)
        {
            foreach (var bad in InvalidArgument.For(member, parameter))
                complaints.AddRange((await _examination.CallAsync(member, parameter, bad))
                    .Select(complaint => $"{bad.Name} for {member.NameOf(parameter)} {complaint}"));
        }

        Assert.True(complaints.Count == 0, string.Join(Environment.NewLine, complaints));
    }

    [Theory]
    [MemberData(nameof(MembersWithToken))]
    public async Task Cancelled_before_its_start_a_call_does_nothing(string name)
    {
        var member = PublicApi.Members[name];
        foreach (var (_, create) in _good.ReceiversOf(member))
        {
            var before = await world.TracesAsync();
            var arguments = _good.ArgumentsOf(member, except: null);
            arguments[member.Token!.Position] = new CancellationToken(canceled: true);
            var receiver = await create();

            var fault = await AwaitedCall.RunAsync(member, receiver, arguments);

            // What would be refused anyway may be refused first.
            if (fault is not OperationCanceledException)
                fault
                    .Should().BeOfType((await AwaitedCall.RunAsync(member, receiver, _good.ArgumentsOf(member, except: null)))?.GetType()
                        ?? typeof(OperationCanceledException));
            await AwaitedCall.DisposeAsync(receiver);
            (await world.TracesAsync()).Should().Be(before);
            await world.RequireHealthAsync();
        }
    }

    [Theory]
    [MemberData(nameof(MembersOfDisposables))]
    public async Task What_is_disposed_says_so_or_still_answers(string name)
    {
        var member = PublicApi.Members[name];
        foreach (var (_, create) in _good.ReceiversOf(member))
        {
            var before = await world.TracesAsync();
            var receiver = await create();
            await AwaitedCall.DisposeAsync(receiver);
            await AwaitedCall.DisposeAsync(receiver);

            var fault = await AwaitedCall.RunAsync(member, receiver, _good.ArgumentsOf(member, except: null));

            // What it is called, and what it was made for, it may still say; what needs a connection, never.
            if (fault is not null || member.Token is not null)
                fault.Should().BeAssignableTo<InvalidOperationException>()
                    .And.Match<Exception>(refusal => refusal is ObjectDisposedException || member.Token == null);
            await AwaitedCall.DisposeAsync(receiver);
            (await world.TracesAsync()).Should().Be(before);
            await world.RequireHealthAsync();
        }
    }

    [Theory]
    [MemberData(nameof(MembersOfUnitsOfWork))]
    public async Task Beside_another_call_of_the_same_unit_of_work_a_call_is_refused_and_the_other_one_goes_on(string name)
    {
        var member = PublicApi.Members[name];
        var receiver = await _good.ReceiversOf(member).First().Create();
        var work = (ITenantSession)receiver!;
        await work.ExecuteAsync("SELECT 1");
        var before = await world.TracesAsync();
        var other = work.ExecuteScalarAsync<int>("SELECT 42 FROM pg_sleep(0.3)");

        var fault = await AwaitedCall.RunAsync(member, receiver, _good.ArgumentsOf(member, except: null));

        fault.Should().BeOfType<InvalidOperationException>().Which.Message.Should().Contain("one caller at a time");
        (await other).Should().Be(42);
        (await work.ExecuteScalarAsync<int>("SELECT 43")).Should().Be(43);
        await AwaitedCall.DisposeAsync(receiver);
        (await world.TracesAsync()).Should().Be(before);
        await world.RequireHealthAsync();
    }

    private static bool IsDisposable(Member member) => member.NeedsReceiver
        && (typeof(IAsyncDisposable).IsAssignableFrom(member.Method.DeclaringType) || member.Method.DeclaringType == typeof(TenantSessionBase));

    private static bool IsDispose(Member member) => member.Method.Name == nameof(IAsyncDisposable.DisposeAsync);

    private static bool IsUnitOfWork(Member member) =>
        member.Method.DeclaringType == typeof(TenantConnection) || member.Method.DeclaringType == typeof(TenantTransaction)
            || member.Method.DeclaringType == typeof(TenantSessionBase);
}
