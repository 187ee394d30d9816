namespace SmeFinancialOs.Data.Audit.Catalog;

/// <summary>Command is the letter of pg_policy: r SELECT, a INSERT, w UPDATE, d DELETE, * all of them.</summary>
internal sealed record Policy(uint Relation, string Name, bool Permissive, char Command, uint[] Roles, string? Using, string? Check, uint[] Functions,
    uint[] Reads)
{
    public bool Covers(char command) => Command == '*' || Command == command;
}
