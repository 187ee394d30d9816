using System.Globalization;
using System.Security.Cryptography;
using SmeFinancialOs.Data.Audit.Catalog;

namespace SmeFinancialOs.Data.Audit.Probing;

/// <summary>
/// What the probe's tenants are called: an id at each level, and a user. The id at level 0 stands for the tenant everywhere. types: of the ids, by level.
/// </summary>
internal sealed class ProbeIds(DatabaseModel model, IReadOnlyList<string> types)
{
    private readonly Dictionary<(string Tenant, int Level), string> _ids = [];
    private readonly Dictionary<string, string> _users = [];

    public bool IsContextGiven => model.Context.IsGiven;

    public string Of(string tenant, int level)
    {
        if (_ids.TryGetValue((tenant, level), out var known))
            return known;
        return _ids[(tenant, level)] = level == 0 ? tenant : New(level, 'c');
    }

    /// <summary>Another tenant of the level, with the same tenants above.</summary>
    public string Sibling(string tenant, int level)
    {
        var sibling = New(0, 'd');
        for (var other = 0; other < model.Context.LevelCount; other++)
        {
            if (IsShared(other, level))
                _ids[(sibling, other)] = Of(tenant, other);
        }
        return sibling;
    }

    /// <summary>The levels at which a tenant may have a sibling: the context knows which one is asking, and which tenant it belongs to.</summary>
    public IEnumerable<int> SiblingLevels => Enumerable.Range(0, model.Context.LevelCount).Where(level => model.Context.Carries(level)
        && Enumerable.Range(0, model.Context.LevelCount).Any(other => IsShared(other, level) && model.Context.Carries(other)));

    private bool IsShared(int other, int level) => other != level && !model.IsBelow(other, level);

    public string New(int level, char which) => types[level] switch
    {
        "uuid" => Guid.NewGuid().ToString(),
        "smallint" => RandomNumberGenerator.GetInt32(10_000, 32_000).ToString(CultureInfo.InvariantCulture),
        "integer" or "bigint" or "numeric" => RandomNumberGenerator.GetInt32(1_000_000_000, int.MaxValue).ToString(CultureInfo.InvariantCulture),
        _ => $"{which}{RandomNumberGenerator.GetHexString(9, true)}",
    };

    /// <summary>The user that the table of memberships ties to the tenant.</summary>
    public void SetUser(string tenant, string user) => _users[tenant] = user;

    /// <summary>The host's context, as what stands behind SELECT. '' is what remains when a context has ended.</summary>
    public IReadOnlyList<string> Context(string tenant)
    {
        if (tenant.Length == 0)
            return [.. model.Context.Settings.Select(name => $"set_config({Identifier.Literal(name)}, '', true)")];
        if (!_users.TryGetValue(tenant, out var user))
            _users[tenant] = user = Guid.NewGuid().ToString();
        return [model.Context.Sql(level => Of(tenant, level), user)];
    }
}
