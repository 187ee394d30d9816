namespace SmeFinancialOs.Data.Bulk;

/// <summary>Where the values of a column come from.</summary>
/// <param name="Column">The column.</param>
/// <param name="Property">The property, with its type, as it is told to a caller.</param>
/// <param name="Encoding">How its values are sent.</param>
internal sealed record ColumnSource(TableColumn Column, string Property, ColumnEncoding Encoding);
