using SmeFinancialOs.Data.Audit.Catalog;
using SmeFinancialOs.Data.Audit.Fixes;
using SmeFinancialOs.Data.Audit.Judging;

namespace SmeFinancialOs.Data.Audit;

/// <summary>What an audit found.</summary>
public sealed class AuditReport
{
    internal AuditReport(IReadOnlyList<AuditFinding> findings, IReadOnlyList<AuditSuppression> suppressed, DatabaseModel model)
    {
        Findings = findings;
        Fixes = FixPlan.Of(findings);
        Suppressed = suppressed;
        ServerVersion = model.Catalog.ServerVersion;
        Judgements = model.Judgements;
        TableCount = model.Catalog.Relations.Values.Count(relation => relation.IsTable);
        TenantTableCount = model.TenantTables.Count;
        ChildTableCount = model.ChildTables.Count;
        Roles = [.. model.Identities.App.Select(role => role.Sql).Order(StringComparer.Ordinal)];
        Hint = SchemaGuess.For(model);
        Unread = model.Catalog.Unread;
    }

    /// <summary>The faults, the worst first; empty when there are none.</summary>
    public IReadOnlyList<AuditFinding> Findings { get; }

    /// <summary>
    /// The SQL that mends the findings, in an order in which it can run, without what only a person can decide. Several findings of one policy are one ALTER
    /// POLICY. A finding that is hidden behind another one comes to light when that one is mended.
    /// </summary>
    public IReadOnlyList<SchemaFix> Fixes { get; }

    /// <summary>What an allowance or the baseline left out.</summary>
    public IReadOnlyList<AuditSuppression> Suppressed { get; }

    /// <summary>What the policies of each tenant table and each child table do for each role of the app.</summary>
    public IReadOnlyList<PolicyJudgement> Judgements { get; }

    /// <summary>The tables of the schemas that were looked at.</summary>
    public int TableCount { get; }

    /// <summary>
    /// How many of them have a tenant column, which may be a foreign key of another name, or are the table of the tenants. Zero: nothing was
    /// judged, and <see cref="Hint"/> says what may have been
    /// meant.
    /// </summary>
    public int TenantTableCount { get; }

    /// <summary>
    /// How many more have no tenant column, and rows that belong to a tenant through a foreign key to a parent row. They are judged like tenant tables.
    /// </summary>
    public int ChildTableCount { get; }

    /// <summary>The roles of the app that were examined: its logins, and what they inherit or may SET ROLE to.</summary>
    public IReadOnlyList<string> Roles { get; }

    /// <summary>Where no table is a tenant table: which column and setting may have been meant. Else null.</summary>
    public string? Hint { get; }

    /// <summary>What the login of the audit was not allowed to read, and what that means for the findings.</summary>
    public IReadOnlyList<string> Unread { get; }

    /// <summary>How many rules were asked.</summary>
    public int RuleCount { get; } = SchemaAudit.Rules.Count;

    /// <summary>The version of the server, such as 18.4.</summary>
    public Version ServerVersion { get; }
}
