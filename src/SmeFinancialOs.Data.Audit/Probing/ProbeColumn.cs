using SmeFinancialOs.Data.Audit.Catalog;

namespace SmeFinancialOs.Data.Audit.Probing;

/// <summary>Type is written as a cast needs it, length and precision included.</summary>
internal sealed record ProbeColumn(uint Relation, string Name, uint TypeOid, string Type, bool NotNull, char Identity, char Generated, string? Default)
{
    public string Sql => Identifier.Quote(Name);

    /// <summary>What a statement may give a value.</summary>
    public bool Writable => Generated == ' ' && Identity != 'a';

    /// <summary>A number drawn from a sequence is best drawn again.</summary>
    public bool Draws => Identity != ' ' || Default?.StartsWith("nextval(", StringComparison.Ordinal) == true;

    public string Value(string? text) => text is null ? $"CAST(NULL AS {Type})" : $"CAST({Text(text)} AS {Type})";

    /// <summary>A backslash means itself, whatever the session's settings.</summary>
    internal static string Text(string text) => Identifier.Literal(text);
}
