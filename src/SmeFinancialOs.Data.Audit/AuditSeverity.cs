namespace SmeFinancialOs.Data.Audit;

/// <summary>How much a finding of the audit matters.</summary>
public enum AuditSeverity
{
    /// <summary>Worth knowing: tells a little about other tenants, or may be meant.</summary>
    Info,

    /// <summary>Costs speed, or opens a hole together with another fault.</summary>
    Warning,

    /// <summary>A way to another tenant's rows.</summary>
    Error,
}
