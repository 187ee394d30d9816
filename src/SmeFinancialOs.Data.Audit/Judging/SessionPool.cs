using Npgsql;
using SmeFinancialOs.Data.Audit.Catalog;

namespace SmeFinancialOs.Data.Audit.Judging;

/// <summary>
/// The sessions of one audit, by role. isOwn: the connections are the audit's own, so that what is set in a new one is set by the server for everybody.
/// </summary>
internal sealed class SessionPool(Func<CancellationToken, ValueTask<NpgsqlConnection>> open, bool isOwn, DatabaseModel model, JudgingFacts facts)
    : IAsyncDisposable
{
    private const int MostUsed = 20;

    private readonly Dictionary<uint, List<JudgingSession>> _sessions = [];
    private readonly HashSet<(uint Role, string Name)> _always = [];
    private readonly List<JudgingSession> _used = [];

    /// <summary>One row and value each. before: a statement that gives no rows, run first. Throws PostgresException where the server refuses.</summary>
    public async Task<List<T>> QueryAsync<T>(RoleFacts role, SettingState state, string sql, string? json, string? before,
        CancellationToken cancellationToken)
    {
        if (_always.Count > 0)
            state = state.Without(name => _always.Contains((role.Oid, name)));
        var sessions = _sessions.TryGetValue(role.Oid, out var known) ? known : _sessions[role.Oid] = [];
        if (sessions.Find(session => session.CanHave(state)) is { } session)
        {
            var (rows, notUnset) = await session.QueryAsync<T>(state, sql, json, before, cancellationToken).ConfigureAwait(false);
            if (notUnset.Length == 0)
                return rows;
            sessions.Remove(session); // a function has set what shall be unset
            await session.DisposeAsync().ConfigureAwait(false);
        }

        while (true)
        {
            var opened = await OpenAsync(role, state, cancellationToken).ConfigureAwait(false);
            sessions.Add(opened);
            var (first, always) = await opened.QueryAsync<T>(state, sql, json, before, cancellationToken).ConfigureAwait(false);
            if (isOwn)
                _always.UnionWith(always.Select(name => (role.Oid, name)));
            if (isOwn || always.Length == 0)
                return first;
            sessions.Remove(opened);
            _used.Add(opened);
        }
    }

    /// <summary>A connection of a pool may have been used before. It is kept until the end, so that the pool makes a new one.</summary>
    private async Task<JudgingSession> OpenAsync(RoleFacts role, SettingState state, CancellationToken cancellationToken)
    {
        if (_used.Count >= MostUsed)
            throw new UnsetUnknownException(string.Join(", ", state.Unset));
        try
        {
            return await JudgingSession.OpenAsync(open, Identity(role), cancellationToken).ConfigureAwait(false);
        }
        catch (NpgsqlException fault) when (!isOwn && fault is not PostgresException)
        {
            throw new UnsetUnknownException(string.Join(", ", state.Unset)); // the pool has no more connections
        }
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var session in _sessions.Values.SelectMany(sessions => sessions).Concat(_used))
            await session.DisposeAsync().ConfigureAwait(false);
    }

    /// <summary>As the login that may take the role, with the settings that PostgreSQL would give it at the start: of this login, of this database.</summary>
    private List<string> Identity(RoleFacts role)
    {
        List<string> statements = ["SET statement_timeout = '5s'; SET lock_timeout = '1s'; SET jit = off"];
        var login = model.Identities.AppLogins.FirstOrDefault(login => model.Identities.MayBecome(login).Any(other => other.Oid == role.Oid));
        if (facts.IsSuperuser)
            statements.Add($"SET SESSION AUTHORIZATION {Identifier.Quote(login?.Name ?? role.Name)}");
        statements.AddRange(from setting in model.Catalog.DefaultSettings
                            where setting.Role is null || setting.Role == login?.Name
                            where setting.Name == "search_path" || setting.Name.Contains('.', StringComparison.Ordinal)
                            orderby setting.Role is not null, setting.Database is not null
                            select $"SELECT set_config({Identifier.Literal(setting.Name)}, {Identifier.Literal(setting.Value)}, false)");

        if (!facts.IsSuperuser || (login is not null && login.Oid != role.Oid))
            statements.Add($"SET ROLE {Identifier.Quote(role.Name)}");
        return statements;
    }
}
