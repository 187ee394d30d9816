using System.Runtime.CompilerServices;

namespace SmeFinancialOs.Data.TestSupport;

/// <summary>A long test that, where the tests are taken in parts, runs in one of them alone; by its line, which is as good as any order.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class PartFactAttribute : FactAttribute
{
    public PartFactAttribute([CallerFilePath] string? file = null, [CallerLineNumber] int line = -1)
        : base(file, line) => Skip = TestPart.SkippedAt(line);
}

/// <summary>The same for a test with data: all of them in one part.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class PartTheoryAttribute : TheoryAttribute
{
    public PartTheoryAttribute([CallerFilePath] string? file = null, [CallerLineNumber] int line = -1)
        : base(file, line) => Skip = TestPart.SkippedAt(line);
}
