using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;
using SmeFinancialOs.Data.Schema.Audit.Catalog;

namespace SmeFinancialOs.Data.Schema.Audit;

// The parts of sql/seal/ that have to be as they were shipped, or the sealed context does not hold.
internal static partial class SealParts
{
    internal const string Script = "sql/seal/0001_sealed_context.sql";
    internal const string Schema = "app_seal";
    internal const string View = $"{Schema}.context";
    internal const string Keys = $"{Schema}.keys";
    internal const string Owner = "app_sealer";
    internal const string TenantColumn = "tenant_org_id";
    internal const string Policy = "context_sealed";
    internal const string Holds = "app.context_holds()";

    // The policies that ask nothing themselves, because Policy does.
    internal static readonly string[] Held = ["demo_read_only", "admin_access"];

    // SHA-256 of the server's own text of the view, options included. PostgreSQL 18 leaves out the names of tables where there is but one.
    private const string ViewHash = "9417a3cd22bbac489f7841866edc6147cf29d0e78e87415e19774b31b46c880f";

    private static readonly Lazy<ShippedFunctions> Shipped = new(() => new(EmbeddedScripts.Seal));

    internal static bool IsShipped(Function function) => Shipped.Value.Matches(function);

    internal static bool IsShipped(Relation view) => view.Definition is { } text
        && Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(Ignored().Replace(text, "")))) == ViewHash;

    [GeneratedRegex(@"\s|\b[a-z](_\d)?\.", RegexOptions.CultureInvariant)]
    private static partial Regex Ignored();
}
