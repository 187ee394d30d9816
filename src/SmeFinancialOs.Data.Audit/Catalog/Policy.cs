namespace SmeFinancialOs.Data.Audit.Catalog;

/// <summary>Command is the letter of pg_policy: r SELECT, a INSERT, w UPDATE, d DELETE, * all of them.</summary>
internal sealed record Policy(uint Relation, string Name, bool Permissive, char Command, uint[] Roles, string? Using, string? Check, uint[] Functions,
    uint[] Reads)
{
    /// <summary>What SECURITY DEFINER functions read, whose queries stand in the expressions: tables, and the owner who reads each.</summary>
    public IReadOnlyList<(uint Table, uint Owner)> DefinerReads { get; init; } = [];

    /// <summary>Functions whose queries stand in the expressions, called with the rights of whoever asks.</summary>
    public IReadOnlyList<Function> Inlined { get; init; } = [];

    public bool Covers(char command) => Command == '*' || Command == command;
}
