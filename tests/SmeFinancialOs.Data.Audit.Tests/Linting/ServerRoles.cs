namespace SmeFinancialOs.Data.Audit.Tests.Linting;

/// <summary>Roles and a database that the server had before a lint, and names that a migration may take.</summary>
public sealed class ServerRoles : IAsyncLifetime
{
    private string _old = "";
    private string _peer = "";
    private string _new = "";
    private string _database = "";

    public async ValueTask InitializeAsync()
    {
        var server = await TestServer.GetSharedAsync(Sql.Cancel);
        (_old, _peer, _new) = (server.NewRoleName("old"), server.NewRoleName("peer"), $"lint_{Guid.NewGuid():N}");
        _database = (await server.CreateEmptyDatabaseAsync(Sql.Cancel)).DatabaseName();
        await using var connection = await Sql.OpenAsync(server.ConnectionString, Sql.Cancel);
        await connection.RunAsync($"CREATE ROLE {_old} LOGIN NOINHERIT; CREATE ROLE {_peer}");
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    internal string Named(string text) => text.Replace("$old", _old, StringComparison.Ordinal).Replace("$peer", _peer, StringComparison.Ordinal)
        .Replace("$new", _new, StringComparison.Ordinal).Replace("$database", _database, StringComparison.Ordinal);

    /// <summary>Of what these tests name: others use the server at the same time.</summary>
    internal async Task<List<string>> StateAsync()
    {
        await using var connection = await Sql.OpenAsync((await TestServer.GetSharedAsync(Sql.Cancel)).ConnectionString, Sql.Cancel);
        return await connection.ListAsync<string>($"""
            SELECT to_jsonb(a)::text FROM pg_authid a WHERE rolname ~ '^({_old}|{_peer}|{_new})'
            UNION ALL SELECT to_jsonb(m)::text FROM pg_auth_members m WHERE roleid::regrole::text ~ '^({_old}|{_peer})' OR member::regrole::text ~
                '^({_old}|{_peer})'
            UNION ALL SELECT to_jsonb(s)::text FROM pg_db_role_setting s WHERE setrole = '{_old}'::regrole OR setdatabase =
                (SELECT oid FROM pg_database WHERE datname = '{_database}')
            UNION ALL SELECT datname || coalesce(datacl::text, '') || datconnlimit FROM pg_database WHERE datname = '{_database}' OR datname ~ '^{_new}'
            UNION ALL SELECT description FROM pg_shdescription WHERE objoid = '{_old}'::regrole
            UNION ALL SELECT parname FROM pg_parameter_acl
            UNION ALL SELECT spcname FROM pg_tablespace
            UNION ALL SELECT subname FROM pg_subscription
            UNION ALL SELECT roname FROM pg_replication_origin
            UNION ALL SELECT gid FROM pg_prepared_xacts
            UNION ALL SELECT setting FROM pg_file_settings WHERE sourcefile ~ 'auto.conf' ORDER BY 1
            """);
    }
}
