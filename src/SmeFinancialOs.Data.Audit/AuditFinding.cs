using System.Security.Cryptography;
using System.Text;
using SmeFinancialOs.Data.Audit.Fixes;

namespace SmeFinancialOs.Data.Audit;

/// <summary>One fault of one object.</summary>
public sealed class AuditFinding
{
    internal AuditFinding(AuditRule rule, string objectName, string message, Fix fix)
    {
        Rule = rule;
        ObjectName = objectName;
        Message = message;
        Fix = fix.Sql;
        IsFixSafe = fix.IsSafe;
        Rewrite = fix.Rewrite;
        Fingerprint = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"{rule.Id}\n{objectName}")).AsSpan(0, 8));
    }

    /// <summary>The rule that found it.</summary>
    public AuditRule Rule { get; }

    /// <summary>The rule's stable name.</summary>
    public string RuleId => Rule.Id;

    /// <summary>How much it matters.</summary>
    public AuditSeverity Severity => Rule.Severity;

    /// <summary>The object as PostgreSQL writes it, such as <c>public.invoices</c> or <c>tenant_isolation on public.invoices</c>.</summary>
    public string ObjectName { get; }

    /// <summary>What is wrong with it.</summary>
    public string Message { get; }

    /// <summary>SQL that mends it. Where only a person can decide it is a comment: a line that starts with <c>--</c>.</summary>
    public string Fix { get; }

    /// <summary>
    /// Whether the fix can be applied without asking anybody: it is complete, changes no row, and takes nothing from an app that keeps to its own tenant.
    /// The rule decides it. A fix that is not safe may still be complete: it takes a privilege, a policy or a key that somebody may count on.
    /// </summary>
    public bool IsFixSafe { get; }

    /// <summary>
    /// A row of another tenant that was seen to pass, with the role and the settings; null where nothing was evaluated or the message has it.
    /// </summary>
    public string? Witness { get; internal set; }

    internal PolicyRewrite? Rewrite { get; }

    /// <summary>Of a table: the policies that it is about, as SQL.</summary>
    internal IReadOnlyList<string> Policies { get; private set; } = [];

    internal AuditFinding About(IEnumerable<string> policies)
    {
        Policies = [.. policies];
        return this;
    }

    /// <summary>The same for the same rule and object in every run, whatever the message says: what a baseline keeps.</summary>
    public string Fingerprint { get; }
}
