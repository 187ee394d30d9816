namespace SmeFinancialOs.Data.Audit;

/// <summary>What a rule of the audit looks for, and why. <see cref="SchemaAudit.Rules"/> lists them all.</summary>
public sealed class AuditRule
{
    internal AuditRule(string id, AuditSeverity severity, string title, string why, string link)
    {
        Id = id;
        Severity = severity;
        Title = title;
        Why = why;
        Link = new Uri(link);
    }

    /// <summary>The rule's stable name in short words, such as <c>table-without-rls</c>.</summary>
    public string Id { get; }

    /// <summary>How much its findings matter.</summary>
    public AuditSeverity Severity { get; }

    /// <summary>What it finds, in one line.</summary>
    public string Title { get; }

    /// <summary>What happens to whoever leaves it so.</summary>
    public string Why { get; }

    /// <summary>The page of PostgreSQL's documentation, or the advisory, that it rests on.</summary>
    public Uri Link { get; }
}
