namespace SmeFinancialOs.Data.Tests.Values;

#pragma warning disable IDE0044, IDE0051, CA1823, CS0649 // Dapper writes them

public enum Level
{
    None,
    First,
    Second,
}

public enum SmallLevel : byte
{
    None,
    First,
    Second,
}

/// <summary>What a PostgreSQL enum of the same name is read as.</summary>
public enum Mood
{
    Sad,
    Happy,
}

public sealed record Positional(int Id, string Name);

public sealed record PositionalWithId(Guid Id);

public record struct OrderId(Guid Value);

public readonly record struct Count(int Value);

public record struct IdAndName(int Id, string? Name);

public sealed class Members
{
    public int Id { get; set; }

    public string? Name { get; set; }
}

public sealed class MembersReversed
{
    public string? Name { get; init; }

    public int Id { get; init; }
}

public sealed class MoreMembers
{
    public int Id { get; set; } = 42;

    public string Name { get; set; } = "unset";

    public DateOnly? Day { get; set; }

    public Level Level { get; set; } = Level.Second;

    public string Extra { get; set; } = "kept";
}

public sealed class FewerMembers
{
    public int Id { get; set; }
}

public sealed class ValueMember
{
    public string? Value { get; set; }
}

public sealed class NumberMember
{
    public long? Value { get; set; }
}

public sealed class EnumMember
{
    public Level Value { get; set; }
}

public sealed class DateMember
{
    public DateTime Value { get; set; }
}

public sealed class OtherMembers
{
    public int Quantity { get; set; } = 7;
}

public sealed class PrivateConstructor
{
    private PrivateConstructor()
    {
    }

    public int Id { get; private set; }

    public string? Name { get; private set; }
}

public sealed class GetOnly
{
    public int Id { get; }

    public string? Name { get; }
}

public sealed class PublicFields
{
#pragma warning disable CA1051 // that is what is tried
    public int Id;
    public string? Name;
#pragma warning restore CA1051
}

public sealed class WithoutMatchingConstructor(int quantity)
{
    public int Quantity { get; } = quantity;
}

public abstract class AbstractShape
{
    public int Id { get; set; }
}

/// <summary>A type that a host has told Dapper how to read.</summary>
public sealed record Handled(string Text);

/// <summary>The same of a value type.</summary>
public readonly record struct HandledStruct(string Text);
