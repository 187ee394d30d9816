namespace SmeFinancialOs.Data;

/// <summary>An organization: a tenant.</summary>
public sealed record Organization
{
    /// <summary>Its id, the tenant of all its rows.</summary>
    public required Guid Id { get; init; }

    /// <summary>Its display name.</summary>
    public required string Name { get; init; }

    /// <summary>Its name in addresses; unique across all organizations.</summary>
    public required string Slug { get; init; }

    /// <summary>When the row was written, UTC.</summary>
    public required DateTime CreatedAt { get; init; }

    /// <summary>Its id alone: what is in a row does not belong in a log.</summary>
    public override string ToString() => $"Organization {Id}";
}
