using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace SmeFinancialOs.Data.EndToEnd.Tests.Support;

/// <summary>Tokens made by hand, so that each of their parts can be wrong.</summary>
internal static class Jwt
{
    /// <summary>The claims of a good token; a test replaces some.</summary>
    public static Dictionary<string, object> Claims(Guid? organizationId) => new()
    {
        ["iss"] = "sample-host",
        ["aud"] = "sample-host",
        ["sub"] = "mallory",
        ["exp"] = DateTimeOffset.UtcNow.AddMinutes(5).ToUnixTimeSeconds(),
        ["org_id"] = organizationId?.ToString() ?? "",
    };

    public static string Sign(Dictionary<string, object> claims, byte[] key, string algorithm = "HS256")
    {
        var content = $"{Part(new { alg = algorithm, typ = "JWT" })}.{Part(claims)}";
        var bytes = Encoding.ASCII.GetBytes(content);
        var signature = algorithm switch
        {
            "HS256" => HMACSHA256.HashData(key, bytes),
            "HS512" => HMACSHA512.HashData(key, bytes),
            _ => [],
        };
        return $"{content}.{Base64Url.EncodeToString(signature)}";
    }

    public static string Part(object value) => Base64Url.EncodeToString(JsonSerializer.SerializeToUtf8Bytes(value));
}
