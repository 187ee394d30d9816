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

    /// <summary>SHA-256 of the server's own text of each view, options included. PostgreSQL 18 leaves out the names of tables where there is but one.</summary>
    private static readonly Dictionary<string, string> ViewHashes = new(StringComparer.Ordinal)
    {
        [View] = "feb75667c4c839bbe7b6972465959005da3e2ef747af09bf2bcfee3959574cb6",
        [$"{Schema}.valid_token"] = "5968c19de2b19db53595c27191fd60c3a878080ca5dba6af44eb30e0596bfd8d",
    };

    /// <summary>True for what the seal does not have.</summary>
    internal static bool IsShipped(Function function) => Shipped(function)?.IsSame(function) ?? true;

    /// <summary>Where the part comes from.</summary>
    internal static string ScriptOf(Function function) => Shipped(function)?.Script ?? Script;

    private static ShippedFunction? Shipped(Function function) => ShippedFunctions.Seal.FirstOrDefault(shipped => shipped.Name == function.SqlName);

    /// <summary>True for what is no view.</summary>
    internal static bool IsShipped(Relation relation) => relation.Definition is not { } text || (ViewHashes.TryGetValue(relation.Name, out var hash)
        && Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(Ignored().Replace(text, "")))) == hash);

    [GeneratedRegex(@"\s|\b[a-z](_\d)?\.", RegexOptions.CultureInvariant)]
    private static partial Regex Ignored();
}
