using FsCheck;
using FsCheck.Fluent;

namespace SmeFinancialOs.Data.Model.Tests;

/// <summary>What a host may call.</summary>
internal enum Way
{
    /// <summary>Each statement a transaction of its own.</summary>
    Session,

    /// <summary>Rows as they arrive.</summary>
    Stream,

    /// <summary>All in one round trip.</summary>
    Batch,

    /// <summary>A unit of work on a connection.</summary>
    UnitOfWork,

    /// <summary>A unit of work that opens with its first statement.</summary>
    Transaction,
}

/// <summary>A statement; a query answers with one text for each row.</summary>
internal sealed record Statement(string Sql, bool IsQuery);

/// <summary>What one tenant does at once.</summary>
/// <param name="Tenant">Its number; the last one is the demo.</param>
/// <param name="Way">How.</param>
/// <param name="IsReadOnly">In a read-only context.</param>
/// <param name="IsCommitted">Whether a unit of work is committed.</param>
/// <param name="SavepointAt">From which statement on a unit of work is taken back to a savepoint; null for none. Only a unit of work with
/// a connection has them.</param>
/// <param name="Statements">At least one.</param>
internal sealed record Step(int Tenant, Way Way, bool IsReadOnly, bool IsCommitted, int? SavepointAt, IReadOnlyList<Statement> Statements)
{
    public bool IsUnitOfWork => Way is Way.UnitOfWork or Way.Transaction;

    public override string ToString() =>
        $"tenant {Tenant}, {Way}{(IsReadOnly ? ", read-only" : "")}{(IsUnitOfWork ? IsCommitted ? ", committed" : ", rolled back" : "")}"
        + $"{(SavepointAt is { } at ? $", back to a savepoint before statement {at + 1}" : "")}:"
        + string.Concat(Statements.Select(statement => "\n    " + statement.Sql));
}

/// <summary>A sequence of steps of several tenants.</summary>
internal sealed record Case(IReadOnlyList<Step> Steps)
{
    public override string ToString() => string.Join("\n", Steps);

    public static Arbitrary<Case> Of(Schema schema) => Arb.From(Generator(schema), Shrink);

    private static Gen<Case> Generator(Schema schema)
    {
        var statements = new RandomStatements(schema);
        var step =
            from tenant in Gen.Frequency((8, Gen.Choose(0, Tenants.Count - 2)), (1, Gen.Constant(Tenants.Demo)))
            from way in Gen.Frequency((6, Gen.Constant(Way.Session)), (1, Gen.Constant(Way.Stream)), (2, Gen.Constant(Way.Batch)),
                (2, Gen.Constant(Way.UnitOfWork)), (2, Gen.Constant(Way.Transaction)))
            from readOnly in Gen.Frequency((9, Gen.Constant(false)), (1, Gen.Constant(true)))
            from committed in Gen.Frequency((3, Gen.Constant(true)), (1, Gen.Constant(false)))
            from savepoint in Gen.Choose(0, 4)
            from length in way is Way.Session or Way.Stream ? Gen.Constant(1) : Gen.Choose(1, 4)
            from list in (way == Way.Stream ? statements.Query(tenant) : statements.Any(tenant)).ArrayOf(length)
            select new Step(tenant, way, readOnly, committed, way == Way.UnitOfWork && savepoint < length ? savepoint : null, list);
        return
            from length in Gen.Choose(3, 14)
            from steps in step.ArrayOf(length)
            select new Case(steps);
    }

    /// <summary>Half of it, one step less, or a step with a statement less or in a simpler way.</summary>
    private static IEnumerable<Case> Shrink(Case value)
    {
        var steps = value.Steps;
        if (steps.Count > 2)
        {
            yield return new Case([.. steps.Take(steps.Count / 2)]);
            yield return new Case([.. steps.Skip(steps.Count / 2)]);
        }

        for (var i = 0; i < steps.Count && steps.Count > 1; i++)
            yield return new Case([.. steps.Where((_, index) => index != i)]);
        for (var i = 0; i < steps.Count; i++)
        {
            foreach (var smaller in Shrink(steps[i]))
                yield return new Case([.. steps.Select((step, index) => index == i ? smaller : step)]);
        }
    }

    private static IEnumerable<Step> Shrink(Step step)
    {
        for (var i = 0; i < step.Statements.Count && step.Statements.Count > 1; i++)
            yield return step with { Statements = [.. step.Statements.Where((_, index) => index != i)], SavepointAt = null };
        if (step.Statements.Count == 1 && step.Way != Way.Session && (step.IsCommitted || !step.IsUnitOfWork))
            yield return step with { Way = Way.Session, SavepointAt = null };
        if (step.IsReadOnly)
            yield return step with { IsReadOnly = false };
    }
}
