namespace SmeFinancialOs.Data.Analyzers.Tests;

/// <summary>SFD0002: a context that the asynchronous function which begins it never ends.</summary>
public sealed class NeverEndsRuleTests
{
    private const string Use = "SFD0002 AmbientTenantContext.Use(A)";

    [Theory]
    [InlineData("result thrown away", "async Task M() { AmbientTenantContext.Use(A); await WorkAsync(); }")]
    [InlineData("discarded", "async Task M() { _ = AmbientTenantContext.Use(A); await WorkAsync(); }")]
    [InlineData("local that nobody disposes", "async Task M() { var scope = AmbientTenantContext.Use(A); await WorkAsync(); }")]
    [InlineData("local named like a discard", "async Task M() { var _ = AmbientTenantContext.Use(A); await WorkAsync(); }")]
    [InlineData("local that is only looked at",
        "async Task M() { var scope = AmbientTenantContext.Use(A); await WorkAsync(); Console.WriteLine(scope.ToString()); }")]
    [InlineData("field", "async Task M() { field = AmbientTenantContext.Use(A); await WorkAsync(); }")]
    [InlineData("field, if it is null", "async Task M() { field ??= AmbientTenantContext.Use(A); await WorkAsync(); }")]
    [InlineData("returned from an async method", "async Task<IDisposable> M() { await WorkAsync(); return AmbientTenantContext.Use(A); }")]
    [InlineData("returned from an async expression", "async Task<IDisposable> M() => AmbientTenantContext.Use(A);")]
    [InlineData("local that is returned", "async Task<IDisposable> M() { var scope = AmbientTenantContext.Use(A); await WorkAsync(); return scope; }")]
    [InlineData("value task", "async ValueTask<IDisposable> M() { await WorkAsync(); return AmbientTenantContext.Use(A); }")]
    [InlineData("async void", "async void M() { AmbientTenantContext.Use(A); await WorkAsync(); }")]
    [InlineData("a task without async", "Task M() { AmbientTenantContext.Use(A); return WorkAsync(); }")]
    [InlineData("a value task without async", "ValueTask M() { AmbientTenantContext.Use(A); return default; }")]
    [InlineData("wrapped in a task", "Task<IDisposable> M() => Task.FromResult(AmbientTenantContext.Use(A));")]
    [InlineData("wrapped in a value task", "ValueTask<IDisposable> M() => new(AmbientTenantContext.Use(A));")]
    [InlineData("given away", "async Task M(Stack<IDisposable> open) { open.Push(AmbientTenantContext.Use(A)); await WorkAsync(); }")]
    [InlineData("async lambda", "Func<Task> M() => async () => { AmbientTenantContext.Use(A); await WorkAsync(); };")]
    [InlineData("lambda that returns a task", "Func<Task> M() => () => { AmbientTenantContext.Use(A); return WorkAsync(); };")]
    [InlineData("async local function", "void M() { _ = F(); async Task F() { AmbientTenantContext.Use(A); await WorkAsync(); } }")]
    [InlineData("accessor of a task", "Task P { get { AmbientTenantContext.Use(A); return WorkAsync(); } }")]
    [InlineData("local of the function around",
        "async Task M() { IDisposable? s = null; await F(); s?.Dispose(); async Task F() { s = AmbientTenantContext.Use(A); await WorkAsync(); } }")]
    [InlineData("another local is disposed",
        "async Task M() { var scope = AmbientTenantContext.Use(A); var other = Track(scope); await WorkAsync(); field?.Dispose(); }")]
    public async Task Context_that_never_ends_is_reported(string form, string members) =>
        (await Snippet.ReportsOfMembersAsync(members)).Should().Equal([Use], form);

    [Theory]
    [InlineData("using statement", "async Task M() { using (AmbientTenantContext.Use(A)) await WorkAsync(); }")]
    [InlineData("using declaration", "async Task M() { using var scope = AmbientTenantContext.Use(A); await WorkAsync(); }")]
    [InlineData("using statement with a local", "async Task M() { using (var scope = AmbientTenantContext.Use(A)) await WorkAsync(); }")]
    [InlineData("using declaration of two",
        "async Task M() { using IDisposable a = AmbientTenantContext.Use(A), b = AmbientTenantContext.Suppress(); await WorkAsync(); }")]
    [InlineData("disposed in finally", "async Task M() { var scope = AmbientTenantContext.Use(A); try { await WorkAsync(); } finally { scope.Dispose(); } }")]
    [InlineData("disposed where it is not null",
        "async Task M() { IDisposable? scope = null; try { scope = AmbientTenantContext.Use(A); await WorkAsync(); } finally { scope?.Dispose(); } }")]
    [InlineData("disposed without finally", "async Task M() { var scope = AmbientTenantContext.Use(A); await WorkAsync(); scope.Dispose(); }")]
    [InlineData("local in a using statement", "async Task M() { var scope = AmbientTenantContext.Use(A); using (scope) await WorkAsync(); }")]
    [InlineData("alias of the local", "async Task M() { var scope = AmbientTenantContext.Use(A); using var same = scope; await WorkAsync(); }")]
    [InlineData("with a cast", "async Task M() { object scope = AmbientTenantContext.Use(A); await WorkAsync(); ((IDisposable)scope).Dispose(); }")]
    [InlineData("chosen", "async Task M(bool own) { using var scope = own ? AmbientTenantContext.Use(A) : null; await WorkAsync(); }")]
    [InlineData("chosen by a switch", "async Task M(int i) { using var scope = i switch { 0 => AmbientTenantContext.Use(A), _ => null }; await WorkAsync(); }")]
    [InlineData("field in a using statement", "async Task M() { using (field = AmbientTenantContext.Use(A)) await WorkAsync(); }")]
    [InlineData("wrapper in a using declaration", "async Task M() { using var scope = Track(AmbientTenantContext.Use(A)); await WorkAsync(); }")]
    [InlineData("disposed in a local function",
        "async Task M() { var scope = AmbientTenantContext.Use(A); try { await WorkAsync(); } finally { End(); } void End() => scope.Dispose(); }")]
    [InlineData("Dispose as a delegate", "async Task M() { var scope = AmbientTenantContext.Use(A); await WorkAsync(); Action end = scope.Dispose; end(); }")]
    [InlineData("a task without async, disposed", "Task M() { using var _ = AmbientTenantContext.Use(A); return WorkAsync(); }")]
    [InlineData("returned from a synchronous method", "IDisposable M() => AmbientTenantContext.Use(A);")]
    [InlineData("synchronous method with a field", "void M() => field = AmbientTenantContext.Use(A);")]
    [InlineData("constructor", "public Host() => field = AmbientTenantContext.Use(A);")]
    [InlineData("synchronous lambda in an async method",
        "async Task M() { Func<IDisposable> enter = () => AmbientTenantContext.Use(A); using var _ = enter(); await WorkAsync(); }")]
    [InlineData("delegate form", "async Task M() { await AmbientTenantContext.RunAsync(A, WorkAsync); }")]
    [InlineData("delegate form of a lambda", "Task<int> M() => AmbientTenantContext.RunAsync(A, async () => { await WorkAsync(); return 1; });")]
    [InlineData("initializer of a field", "private readonly IDisposable kept = AmbientTenantContext.Suppress();")]
    [InlineData("a method of that name of the host",
        "async Task M() { Mine.Use(A); await WorkAsync(); } private static class Mine { public static IDisposable? Use(TenantContext c) => null; }")]
    public async Task Context_that_ends_or_is_nobodys_here_is_not(string form, string members) =>
        (await Snippet.ReportsOfMembersAsync(members)).Should().BeEmpty(form);

    [Fact]
    public async Task Statements_at_the_top_of_a_program_are_an_async_method() =>
        (await Snippet.ReportsOfFileAsync("""
            using static SmeFinancialOs.Data.AmbientTenantContext;

            Use(SmeFinancialOs.Data.TenantContext.Demo);
            await System.Threading.Tasks.Task.Yield();
            """)).Should().Equal("SFD0002 Use(SmeFinancialOs.Data.TenantContext.Demo)");

    [Fact]
    public async Task Each_call_is_reported_once() =>
        (await Snippet.ReportsOfMembersAsync(
            "async Task M() { AmbientTenantContext.Use(A); AmbientTenantContext.Suppress(); using var _ = AmbientTenantContext.Use(A); await WorkAsync(); }"))
            .Should().Equal("SFD0002 AmbientTenantContext.Suppress()", Use);

    [Fact]
    public async Task Messages_say_what_happens_and_what_to_write()
    {
        (await Snippet.MessagesOfMembersAsync("async Task M() { AmbientTenantContext.Use(A); await WorkAsync(); }"))
            .Should().Equal("AmbientTenantContext.Use is not disposed in the asynchronous method that calls it, so its caller never sees the context; write "
                + "AmbientTenantContext.RunAsync(context, () => ..) around the work, or 'using' here");
        (await Snippet.MessagesOfMembersAsync("Task M() { AmbientTenantContext.Suppress(); return WorkAsync(); }")).Single()
            .Should().Contain("the context stays in force in its caller").And.Contain("SuppressAsync");
    }

    [Fact]
    public async Task A_type_of_that_name_of_the_host_is_left_alone() =>
        (await Snippet.ReportsOfFileAsync("""
            using System.Threading.Tasks;

            class C { static class AmbientTenantContext { public static void Use() { } } async Task M() { AmbientTenantContext.Use(); await Task.Yield(); } }
            """)).Should().BeEmpty();
}
