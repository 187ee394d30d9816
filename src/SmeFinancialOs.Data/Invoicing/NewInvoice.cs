using System.Runtime.CompilerServices;

namespace SmeFinancialOs.Data;

/// <summary>An invoice to be written. Its values are checked here, before anything is sent.</summary>
public sealed record NewInvoice
{
    internal const long MaxAmountCents = 1_000_000_000_000_000;

    /// <summary>Its id; a new one by default.</summary>
    /// <exception cref="ArgumentException"><see cref="Guid.Empty"/>.</exception>
    public Guid Id
    {
        get; init =>
        field = value != Guid.Empty ? value : throw new ArgumentException("An invoice id cannot be Guid.Empty.", nameof(Id));
    } = Guid.CreateVersion7();

    /// <summary>Its number, unique within the organization; 1 to 64 characters.</summary>
    /// <exception cref="ArgumentException">Blank, too long or not valid text.</exception>
    public required string Number { get; init => field = DatabaseText.Require(value, maxLength: 64, nameof(Number)); }

    /// <summary>The amount in cents, negative for a credit note; at most 10^15 either way, so that a sum of thousands stays exact.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Beyond 10^15 cents.</exception>
    public required long AmountCents { get; init => field = RequireAmount(value); }

    /// <summary>Who pays; 1 to 200 characters, or null where that is not known yet.</summary>
    /// <exception cref="ArgumentException">Blank, too long or not valid text.</exception>
    public string? CustomerName { get; init => field = value is null ? null : DatabaseText.Require(value, maxLength: 200, nameof(CustomerName)); }

    /// <summary>Where it stands.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Not a status.</exception>
    public InvoiceStatus Status { get; init => field = RequireStatus(value); }

    /// <summary>The date it bears.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The first or last date of <see cref="DateOnly"/>, which the driver takes for infinity.</exception>
    public required DateOnly IssuedAt { get; init => field = RequireDate(value); }

    /// <summary>Its id alone: what is in a row does not belong in a log.</summary>
    public override string ToString() => $"NewInvoice {Id}";

    internal static long RequireAmount(long cents, [CallerMemberName] string name = "") => cents is >= -MaxAmountCents and <= MaxAmountCents
        ? cents
        : throw new ArgumentOutOfRangeException(name, "An amount is between -10^15 and 10^15 cents.");

    internal static InvoiceStatus RequireStatus(InvoiceStatus status, [CallerMemberName] string name = "") => Enum.IsDefined(status)
        ? status
        : throw new ArgumentOutOfRangeException(name, status, "Not a status of an invoice.");

    internal static DateOnly RequireDate(DateOnly date, [CallerMemberName] string name = "") => date != DateOnly.MinValue && date != DateOnly.MaxValue
        ? date
        : throw new ArgumentOutOfRangeException(name, date,
            "The first and the last DateOnly mean minus and plus infinity in the database; an invoice has a real date.");
}
