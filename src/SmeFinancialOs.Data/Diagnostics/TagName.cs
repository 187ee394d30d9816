namespace SmeFinancialOs.Data.Diagnostics;

/// <summary>Tags of spans and measurements. What the conventions have a name for has that name.</summary>
/// <seealso href="https://opentelemetry.io/docs/specs/semconv/db/postgresql/">Semantic conventions for PostgreSQL</seealso>
internal static class TagName
{
    public const string System = "db.system.name";
    public const string Namespace = "db.namespace";
    public const string StatusCode = "db.response.status_code";
    public const string ErrorType = "error.type";
    public const string TenantId = "smefinancialos.tenant.id";
    public const string Access = "smefinancialos.access";
    public const string ReadOnly = "smefinancialos.read_only";
    public const string Operation = "smefinancialos.operation";
    public const string Outcome = "smefinancialos.outcome";
}
