using System.Text.RegularExpressions;
using SmeFinancialOs.Data.Audit.Catalog;

namespace SmeFinancialOs.Data.Audit.Linting;

/// <summary>One statement of a file, where it begins, whether it has a body with semicolons, and the lines of data that follow a COPY .. FROM stdin.</summary>
internal sealed partial record SqlStatement(string Text, int Offset, bool HasBody, string? CopyData)
{
    /// <summary>Why it cannot run; null where it can.</summary>
    public string? Fault { get; init; }

    /// <summary>The lint has a transaction of its own, and what only moves storage about changes nothing that is judged.</summary>
    public bool IsLeftOut => LeftOut().IsMatch(Text);

    /// <summary>Would end the lint's transaction, and what was done in it would outlive the lint or be lost.</summary>
    public bool EndsTransaction => TransactionEnd().IsMatch(Text);

    /// <summary>Works on savepoints, so that one around it would be in its way.</summary>
    public bool IsSavepoint => Savepoint().IsMatch(Text);

    /// <summary>15 and 16 let nobody use a new value before it is committed.</summary>
    public bool AddsEnumValue => AddValue().IsMatch(Text);

    /// <summary>
    /// Building an index concurrently takes transactions of its own, and gives the same index. The positions that errors name stay. Npgsql would cut a body
    /// at its semicolons.
    /// </summary>
    public string InTransaction => HasBody ? $"DO $sme_lint$ BEGIN EXECUTE {Identifier.Literal(Text)}; END $sme_lint$"
        : Concurrently().Replace(Text, match => match.Groups["before"].Value + new string(' ', "concurrently".Length), 1);

    [GeneratedRegex(@"^(BEGIN|START\s+TRANSACTION|SET\s+TRANSACTION|COMMIT|END|VACUUM|CHECKPOINT)\b(?!\s+PREPARED)", RegexOptions.IgnoreCase)]
    private static partial Regex LeftOut();

    [GeneratedRegex(@"^((ROLLBACK|ABORT)\b(?!\s+(WORK\s+|TRANSACTION\s+)?TO\b)|PREPARE\s+TRANSACTION\b)", RegexOptions.IgnoreCase)]
    private static partial Regex TransactionEnd();

    [GeneratedRegex(@"^(SAVEPOINT|RELEASE|ROLLBACK)\b", RegexOptions.IgnoreCase)]
    private static partial Regex Savepoint();

    [GeneratedRegex(@"^ALTER\s+TYPE\b[\s\S]*?\bADD\s+VALUE\b", RegexOptions.IgnoreCase)]
    private static partial Regex AddValue();

    [GeneratedRegex(
        @"^(?<before>(CREATE\s+(UNIQUE\s+)?INDEX|DROP\s+INDEX|REINDEX\b[\s\S]*?|ALTER\s+TABLE\b[\s\S]*?\bDETACH\s+PARTITION\b[\s\S]*?)\s+)CONCURRENTLY\b",
        RegexOptions.IgnoreCase)]
    private static partial Regex Concurrently();
}
