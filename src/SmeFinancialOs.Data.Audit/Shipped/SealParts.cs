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
        [$"{Schema}.identity"] = ["23dc70087cf786a63a7d0040d9c8e76237ec3c4447890f613b461ecb647d352e"],
        [$"{Schema}.valid_token"] =
        [
            "94f58fd0f99c3a5524ab308b0c270bf13372a154d0bf7e129390138069b16bd5", // uuid
            "300ec7a04aca4521a10fccadc6a97f779bef4999d1ad8628fed46a206323aca3", // bigint
            "f2bbb5b8c50f9d4e8a29cc100d4dbde63f2c4fe7e8edeefe6e9b71e1dea59765", // text
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
