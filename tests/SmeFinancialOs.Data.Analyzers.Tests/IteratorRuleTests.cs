namespace SmeFinancialOs.Data.Analyzers.Tests;

/// <summary>SFD0001: a context in the body of a method with yield.</summary>
public sealed class IteratorRuleTests
{
    private const string Use = "SFD0001 AmbientTenantContext.Use(A)";

    [Theory]
    [InlineData("async iterator", "async IAsyncEnumerable<int> M() { using var _ = AmbientTenantContext.Use(A); await WorkAsync(); yield return 1; }")]
    [InlineData("async iterator with a statement",
        "async IAsyncEnumerable<int> M() { using (AmbientTenantContext.Use(A)) { await WorkAsync(); yield return 1; } }")]
    [InlineData("async iterator of enumerators",
        "async IAsyncEnumerator<int> M() { using var _ = AmbientTenantContext.Use(A); await WorkAsync(); yield return 1; }")]
    [InlineData("synchronous iterator", "IEnumerable<int> M() { using var _ = AmbientTenantContext.Use(A); yield return 1; }")]
    [InlineData("untyped synchronous iterator", "System.Collections.IEnumerable M() { using var _ = AmbientTenantContext.Use(A); yield return 1; }")]
    [InlineData("yield break alone", "IEnumerable<int> M() { using var _ = AmbientTenantContext.Use(A); yield break; }")]
    [InlineData("yield deep inside",
        "IEnumerable<int> M() { using var _ = AmbientTenantContext.Use(A); foreach (var i in new int[1]) { try { if (i > 0) yield return i; } finally { } } }")]
    [InlineData("yield after the block", "IEnumerable<int> M() { using (AmbientTenantContext.Use(A)) { } yield return 1; }")]
    [InlineData("result thrown away", "IEnumerable<int> M() { AmbientTenantContext.Use(A); yield return 1; }")]
    [InlineData("local function", "void M() { _ = F(); IEnumerable<int> F() { using var _ = AmbientTenantContext.Use(A); yield return 1; } }")]
    [InlineData("async local function in an iterator",
        "IEnumerable<object> M() { yield return F(); async IAsyncEnumerable<int> F() { using var _ = AmbientTenantContext.Use(A); yield return 1; } }")]
    [InlineData("accessor of a property", "IEnumerable<int> P { get { using var _ = AmbientTenantContext.Use(A); yield return 1; } }")]
    [InlineData("accessor of an indexer", "IEnumerable<int> this[int i] { get { using var _ = AmbientTenantContext.Use(A); yield return i; } }")]
    [InlineData("iterator in a struct's GetEnumerator",
        "public IEnumerator<int> GetEnumerator() { using var _ = AmbientTenantContext.Use(A); yield return 1; }")]
    public async Task Context_in_an_iterator_is_reported(string form, string members) =>
        (await Snippet.ReportsOfMembersAsync(members)).Should().Equal([Use], form);

    [Theory]
    [InlineData("no context", "IEnumerable<int> M() { yield return 1; }")]
    [InlineData("no iterator", "int M() { using var _ = AmbientTenantContext.Use(A); return 1; }")]
    [InlineData("returns a sequence without yield", "IEnumerable<int> M() { using var _ = AmbientTenantContext.Use(A); return new[] { 1 }; }")]
    [InlineData("lambda in an iterator", "IEnumerable<Action> M() { yield return () => { using var _ = AmbientTenantContext.Use(A); }; }")]
    [InlineData("async lambda in an iterator",
        "IEnumerable<Func<Task>> M() { yield return async () => { using var _ = AmbientTenantContext.Use(A); await WorkAsync(); }; }")]
    [InlineData("local function in an iterator", "IEnumerable<int> M() { yield return F(); int F() { using var _ = AmbientTenantContext.Use(A); return 1; } }")]
    [InlineData("around a local iterator",
        "async Task M() { using var _ = AmbientTenantContext.Use(A); await WorkAsync(); F().ToList(); IEnumerable<int> F() { yield return 1; } }")]
    [InlineData("delegate form",
        "async IAsyncEnumerable<int> M() { yield return await AmbientTenantContext.RunAsync(A, async () => { await WorkAsync(); return 1; }); }")]
    [InlineData("stream",
        "IAsyncEnumerable<int> M() { return AmbientTenantContext.StreamAsync(A, F); async IAsyncEnumerable<int> F() { await WorkAsync(); yield return 1; } }")]
    [InlineData("reads the context", "IEnumerable<TenantContext?> M() { yield return AmbientTenantContext.Current; }")]
    [InlineData("suppressed by delegate", "async IAsyncEnumerable<int> M() { await AmbientTenantContext.SuppressAsync(WorkAsync); yield return 1; }")]
    [InlineData("a method of that name of the host",
        "IEnumerable<int> M() { using var _ = Mine.Use(A); yield return 1; } static class Mine { public static IDisposable? Use(object c) => null; }")]
    [InlineData("field", "IDisposable kept = AmbientTenantContext.Suppress(); IEnumerable<int> M() { yield return 1; }")]
    public async Task Context_outside_of_the_iterators_own_body_is_not(string form, string members) =>
        (await Snippet.ReportsOfMembersAsync(members)).Should().BeEmpty(form);

    [Theory]
    [InlineData("using static SmeFinancialOs.Data.AmbientTenantContext;", "Use(SmeFinancialOs.Data.TenantContext.Demo)")]
    [InlineData("using Current = SmeFinancialOs.Data.AmbientTenantContext;", "Current.Use(SmeFinancialOs.Data.TenantContext.Demo)")]
    [InlineData("using S = SmeFinancialOs.Data;", "S::AmbientTenantContext.Use(S::TenantContext.Demo)")]
    [InlineData("using S = SmeFinancialOs.Data;", "global::SmeFinancialOs.Data.AmbientTenantContext.Use(S::TenantContext.Demo)")]
    [InlineData("", "SmeFinancialOs.Data.AmbientTenantContext.Suppress()")]
    public async Task Other_ways_to_name_the_method_are_seen(string directive, string call) =>
        (await Snippet.ReportsOfFileAsync(
            $$"""{{directive}} class C { System.Collections.Generic.IEnumerable<int> M() { using var _ = {{call}}; yield return 1; } }"""))
            .Should().Equal($"SFD0001 {call}");

    [Fact]
    public async Task Messages_say_what_happens_and_what_to_write()
    {
        (await Snippet.MessagesOfMembersAsync("async IAsyncEnumerable<int> M() { AmbientTenantContext.Use(A); await WorkAsync(); yield return 1; }"))
            .Should().Equal("AmbientTenantContext.Use in a method with 'yield' lasts one step: later rows are read for the tenant of whoever consumes them; "
                + "write AmbientTenantContext.StreamAsync(context, () => ..) where the sequence is made, or RunAsync(context, () => ..) "
                + "around each piece of work");
        (await Snippet.MessagesOfMembersAsync("IEnumerable<int> M() { using var _ = AmbientTenantContext.Use(A); yield return 1; }")).Single()
            .Should().Contain("makes the loop that consumes it run for this tenant").And.Contain("RunAsync").And.Contain("StreamAsync");
        (await Snippet.MessagesOfMembersAsync("async IAsyncEnumerable<int> M() { AmbientTenantContext.Suppress(); await WorkAsync(); yield return 1; }"))
            .Single().Should().Contain("AmbientTenantContext.Suppress ").And.Contain("SuppressAsync");
    }
}
