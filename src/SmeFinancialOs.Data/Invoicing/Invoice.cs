namespace SmeFinancialOs.Data;

/// <summary>An invoice as it was read.</summary>
public sealed record Invoice
{
    /// <summary>The organization that issued it.</summary>
    public required Guid OrganizationId { get; init; }

    /// <summary>Its id within the organization.</summary>
    public required Guid Id { get; init; }

    /// <summary>Its number, unique within the organization.</summary>
    public required string Number { get; init; }

    /// <summary>The amount in cents; negative for a credit note.</summary>
    public required long AmountCents { get; init; }

    /// <summary>Who pays; null where that is not known yet.</summary>
    public string? CustomerName { get; init; }

    /// <summary>Where it stands.</summary>
    public required InvoiceStatus Status { get; init; }

    /// <summary>The date it bears.</summary>
    public required DateOnly IssuedAt { get; init; }

    /// <summary>When the row was written, UTC.</summary>
    public required DateTime CreatedAt { get; init; }

    /// <summary>Changes with every write of the row: what an update compares (the row's <c>xmin</c>).</summary>
    /// <seealso href="https://www.postgresql.org/docs/current/ddl-system-columns.html">System columns</seealso>
    public required uint Version { get; init; }

    /// <summary>Its id alone: what is in a row does not belong in a log.</summary>
    public override string ToString() => $"Invoice {Id}";
}
