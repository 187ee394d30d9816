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
    private readonly byte[] _block = new byte[64];
    private readonly int _processId;

    private ProbeSeal(string key, int processId)
    {
        (_id, _processId) = (key[..8], processId);
        Convert.FromBase64String(key[9..]).CopyTo(_block, 0);
        for (var i = 0; i < _block.Length; i++)
            _block[i] ^= 0x36;
    }

    /// <summary>id:secret, as "sme-data seal add" prints it.</summary>
    internal static bool IsKey(string text) => text.Length > 9 && text[8] == ':' && text.Take(8).All(char.IsAsciiHexDigitLower)
        && Convert.TryFromBase64String(text[9..], new byte[32], out var length) && length == 32;

    /// <summary>Says that nobody has signed.</summary>
    public static string None => Set(SettingNames.Token, "");

    /// <summary>A context without a user.</summary>
    public string For(string tenant, bool isDemo) => tenant.Length == 0 ? None : string.Join(", ",
        Set(SettingNames.User, ""), Set(SettingNames.Roles, ""), Set(SettingNames.Token, Token(tenant, isDemo)));

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

    private static string Set(string name, string value) => $"set_config({Identifier.Literal(name)}, {Identifier.Literal(value)}, true)";

    private string Token(string tenant, bool isDemo)
    {
        var identity = Hash(Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{tenant.EnumerateRunes().Count()}:{tenant}0:")));
        var signed = string.Create(CultureInfo.InvariantCulture, $"{(isDemo ? 'd' : 't')}w{_id}{_processId:D10}{LatestStart:x16}{identity}");
        return signed + Hash([.. _block, .. Encoding.ASCII.GetBytes(signed)]);
    }

    private static string Hash(byte[] message) => Convert.ToHexStringLower(SHA256.HashData(message));
}
