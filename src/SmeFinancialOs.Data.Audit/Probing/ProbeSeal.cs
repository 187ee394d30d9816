using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using SmeFinancialOs.Data.Audit.Catalog;

namespace SmeFinancialOs.Data.Audit.Probing;

/// <summary>Signs as a host does, for the session of the probe. sql/seal/sealed_context.sql says what a token consists of.</summary>
internal sealed class ProbeSeal
{
    private const long LatestStart = long.MaxValue;

    private readonly string _id;
    private readonly byte[] _secret;
    private readonly int _processId;

    private ProbeSeal(string key, int processId) => (_id, _secret, _processId) = (key[..8], Convert.FromBase64String(key[9..]), processId);

    /// <summary>id:secret, as "sme-data seal add" prints it.</summary>
    internal static bool IsKey(string text) => text.Length > 9 && text[8] == ':' && text.Take(8).All(char.IsAsciiHexDigitLower)
        && Convert.TryFromBase64String(text[9..], new byte[32], out var length) && length == 32;

    /// <summary>Says that nobody has signed.</summary>
    public static string None => Set("");

    public string For(string tenant, bool isDemo) => tenant.Length == 0 ? None : Set(Token(Guid.Parse(tenant), isDemo));

    /// <summary>A superuser makes a key in the probe's own transaction: it is never in force for anybody else.</summary>
    internal static async Task<ProbeSeal> OfAsync(ProbeSession session, bool isSuperuser, string? key)
    {
        if (isSuperuser)
            key = await session.ScalarAsync("SELECT app_seal.add_key()").ConfigureAwait(false);
        else if (key is null)
            throw new IsolationProbeException("Contexts are sealed in this database, and the login of the app cannot sign them: set SealKey to the key of a "
                + "host (sme-data: SME_DATA_SEAL_KEY), or connect as a superuser of a throwaway database.");
        return new(key!, session.Connection.ProcessID);
    }

    private static string Set(string token) => $"set_config({Identifier.Literal(SettingNames.Token)}, {Identifier.Literal(token)}, true)";

    private string Token(Guid tenant, bool isDemo)
    {
        var signed = string.Create(CultureInfo.InvariantCulture, $"{(isDemo ? 'd' : 't')}w{_id}{_processId:D10}{LatestStart:x16}{tenant:N}");
        return signed + Convert.ToHexStringLower(HMACSHA256.HashData(_secret, Encoding.ASCII.GetBytes(signed)));
    }
}
