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
        if (level == 0)
            return tenant;
        return _ids.TryGetValue((tenant, level), out var known) ? known : _ids[(tenant, level)] = New(level, 'c');
    }

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
