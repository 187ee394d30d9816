namespace SmeFinancialOs.Data.Rows;

/// <summary>Columns that fit no member of a type, while the type has members that no column fills: a name is wrong, most likely.</summary>
/// <param name="Type">The type of the rows.</param>
/// <param name="Columns">The columns.</param>
/// <param name="Members">The members.</param>
internal sealed record UnmatchedColumns(Type Type, string Columns, string Members);
