namespace SmeFinancialOs.Data.SampleHost;

/// <summary>A user of the sample. A real host asks its identity provider.</summary>
internal sealed record User
{
    public required string Name { get; init; }

    public required string Password { get; init; }

    /// <summary>Null for an operator, who belongs to no organization.</summary>
    public Guid? OrganizationId { get; init; }
}
