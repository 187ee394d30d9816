namespace SmeFinancialOs.Data.Audit.Tests.Mutations;

/// <summary>
/// One change of what protects a table, and what takes it back. Kind: which sort of change; Name: the change itself, alike for tables with the same policies.
/// A change of a function is of no one table.
/// </summary>
internal sealed record Mutation(string? Table, string Kind, string Name, string Sql, string Undo)
{
    public override string ToString() => $"{Table ?? "all tables"}: {Kind}: {Name}";
}
