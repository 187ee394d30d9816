using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;
using SmeFinancialOs.Data.Audit.Catalog;

namespace SmeFinancialOs.Data.Audit.Shipped;

/// <summary>The parts of sql/seal/ that have to be as they were shipped, or the sealed context does not hold.</summary>
internal static partial class SealParts
{
    internal const string Script = "sql/seal/sealed_context.sql";
    internal const string Schema = "app_seal";
    internal const string View = $"{Schema}.context";
    internal const string Keys = $"{Schema}.keys";
    internal const string Owner = "app_sealer";
    internal const string TenantColumn = "tenant_org_id";
    internal const string Policy = "context_sealed";
    internal const string Holds = "app.context_holds()";

    /// <summary>The policies that ask nothing themselves, because Policy does.</summary>
    internal static readonly string[] Held = ["demo_read_only", "admin_access"];

    /// <summary>
    /// SHA-256 of the server's own text of each view, options included. PostgreSQL 18 leaves out the names of tables where there is but one.
    /// app_seal.valid_token has a cast to the type of tenant ids.
    /// </summary>
    private static readonly Dictionary<string, string[]> ViewHashes = new(StringComparer.Ordinal)
    {
        [View] = ["48a4c9ef120e22693db3bc35dae31e78e5fc3c66fb9ffab87e00d54a7aaddfc1"],
        [$"{Schema}.identity"] = ["6d567620129b384d45a36b412433f19007f42e0c3be2c5cdc5b526d9dd50b0f4"],
        [$"{Schema}.valid_token"] =
        [
            "f1ee921eb9a727e95142e5f208c2cce6b57d2b62787d957a75c3ba14fd03fdcd", // uuid
            "933a81e06db761f54ef99819598654af4b8cc72ea371ba0ecd75dea69d68cd60", // bigint
            "76def568c8fc1e7fb3fdb6c638130e1118dd9906e8a16776352481c2100c8aa2", // text
        ],
    };

    /// <summary>True for what the seal does not have.</summary>
    internal static bool IsShipped(Function function) => Shipped(function)?.IsSame(function) ?? true;

    /// <summary>Where the part comes from.</summary>
    internal static string ScriptOf(Function function) => Shipped(function)?.Script ?? Script;

    private static ShippedFunction? Shipped(Function function) => ShippedFunctions.Seal.FirstOrDefault(shipped => shipped.Name == function.SqlName);

    /// <summary>True for what is no view.</summary>
    internal static bool IsShipped(Relation relation) => relation.Definition is not { } text || (ViewHashes.TryGetValue(relation.Name, out var hashes)
        && hashes.Contains(Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(Ignored().Replace(text, ""))))));

    [GeneratedRegex(@"\s|\b[a-z](_\d)?\.", RegexOptions.CultureInvariant)]
    private static partial Regex Ignored();
}
