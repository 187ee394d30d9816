namespace SmeFinancialOs.Data.AspNetCore;

/// <summary>How many findings an audit of the schema had.</summary>
/// <param name="Errors">Tenants are not kept apart: the check fails.</param>
/// <param name="Warnings">Tenants are kept apart, but something should be mended: the check is degraded.</param>
public readonly record struct TenantAuditSummary(int Errors, int Warnings);
