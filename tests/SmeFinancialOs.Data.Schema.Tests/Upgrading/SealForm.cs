using System.Security.Cryptography;
using System.Text;

namespace SmeFinancialOs.Data.Schema.Tests.Upgrading;

/// <summary>How a version signs: what stands in the token for whom it is for, and how the key goes into the hash.</summary>
internal sealed class SealForm
{
    /// <summary>Up to version 20: the organization, or the first half of SHA-256 of the actor; HMAC with a key in two forms.</summary>
    public static readonly SealForm Hmac = new(
        (organization, actor) => actor is null ? Guid.Parse(organization ?? Guid.Empty.ToString()).ToString("N") : Hash(actor)[..32],
        "sha256(k.outer_pad || sha256(k.inner_pad || convert_to(p.text, 'SQL_ASCII')))");

    /// <summary>From version 21 on: SHA-256 of tenant, user and roles; one hash over a block of the key.</summary>
    public static readonly SealForm Identity = new(
        (organization, actor) => Hash($"{organization?.Length ?? 0}:{organization}{actor?.Length ?? 0}:{actor}"),
        "sha256(k.key_block || convert_to(p.text, 'SQL_ASCII'))");

    private readonly Func<string?, string?, string> _identity;
    private readonly string _signature;

    private SealForm(Func<string?, string?, string> identity, string signature) => (_identity, _signature) = (identity, signature);

    /// <summary>A query for a token that any connection may use, for ever.</summary>
    public string Sql(char kind, string? organization, string? actor) => $"""
        SELECT p.text || encode({_signature}, 'hex')
        FROM app_seal.keys k CROSS JOIN LATERAL (SELECT '{kind}w' || k.id || '00000000007fffffffffffffff{_identity(organization, actor)}') AS p (text)
        WHERE k.retired_at IS NULL ORDER BY k.added_at LIMIT 1
        """;

    private static string Hash(string text) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)));
}
