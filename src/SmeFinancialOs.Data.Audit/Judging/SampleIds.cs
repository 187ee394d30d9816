namespace SmeFinancialOs.Data.Audit.Judging;

/// <summary>
/// The ids of the tenant that asks, of other tenants, and of what belongs to them (users, parents). Others are near the own one where a loose comparison
/// would take one for the other: the same beginning or end, the next number, another case, what LIKE matches.
/// </summary>
internal static class SampleIds
{
    internal static readonly ValueFamily[] Families = [ValueFamily.Uuid, ValueFamily.Integer, ValueFamily.Text];

    /// <summary>level: see HostContext. A tenant and its organization have different ids.</summary>
    internal static string OwnTenant(ValueFamily family, int level = 0) => family switch
    {
        ValueFamily.Uuid => $"{(char)('a' + level)}aaaaaaa-1111-4111-8111-111111111111",
        ValueFamily.Integer => $"{1 + (3 * level)}001",
        _ => level == 0 ? "acme_1" : $"umbrella_{level}",
    };

    internal static string OwnEntity(ValueFamily family) => family switch
    {
        ValueFamily.Uuid => "eeeeeeee-5555-4555-8555-555555555555",
        ValueFamily.Integer => "11",
        _ => "ent_11",
    };

    internal static string OtherEntity(ValueFamily family) => family switch
    {
        ValueFamily.Uuid => "dddddddd-4444-4444-8444-444444444444",
        ValueFamily.Integer => "22",
        _ => "ent_22",
    };

    /// <summary>Of nothing that stands in any table. Null for a type whose values are unknown.</summary>
    internal static string? NewEntity(ValueFamily family) => family switch
    {
        ValueFamily.Uuid => "cccccccc-3333-4333-8333-333333333333",
        ValueFamily.Integer => "33",
        ValueFamily.Text => "ent_33",
        _ => null,
    };

    internal static IReadOnlyList<string> OtherTenants(ValueFamily family) => family switch
    {
        ValueFamily.Uuid =>
        [
            "bbbbbbbb-2222-4222-8222-222222222222", "aaaaaaaa-1111-4111-8111-111111111112", "00000000-0000-0000-0000-000000000000",
            "ffffffff-ffff-ffff-ffff-ffffffffffff",
        ],
        ValueFamily.Integer => ["2002", "1002", "1000", "0", "-1", "1", "10010"],
        _ => ["zeta_2", "acme_2", "acmeX1", "acme_10", "acme", "zeta_1", "", "0", "ACME_1", "acmé_1"],
    };

    /// <summary>The own id in another case, or with an accent.</summary>
    internal static bool IsSpelling(string? id) => id is "ACME_1" or "acmé_1";
}
