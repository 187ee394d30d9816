using System.Security.Cryptography;
using Npgsql;
using SmeFinancialOs.Data.Testing;

namespace SmeFinancialOs.Data.Benchmarks.Tables;

/// <summary>A login for one run. It belongs to the whole cluster: dispose it after the databases that know it.</summary>
internal sealed class ThrowawayLogin : IAsyncDisposable
{
    private readonly PostgresServer _server;
    private readonly string _password = RandomNumberGenerator.GetHexString(32, lowercase: true);

    private ThrowawayLogin(PostgresServer server) => _server = server;

    public string Name { get; } = $"bench_{RandomNumberGenerator.GetHexString(12, lowercase: true)}";

    /// <param name="server">The server it is for.</param>
    /// <param name="attributes">Such as BYPASSRLS; empty for none.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public static async Task<ThrowawayLogin> CreateAsync(PostgresServer server, string attributes, CancellationToken cancellationToken)
    {
        var login = new ThrowawayLogin(server);
        await login.ExecuteAsync($"CREATE ROLE {login.Name} LOGIN {attributes} PASSWORD '{login._password}'", cancellationToken);
        return login;
    }

    /// <summary>What it needs to read and write the tables of a schema.</summary>
    public string GrantSql(string schema) => $"GRANT USAGE ON SCHEMA {schema} TO {Name}; GRANT SELECT, INSERT ON ALL TABLES IN SCHEMA {schema} TO {Name};";

    public string ConnectionString(string superuserConnectionString) =>
        new NpgsqlConnectionStringBuilder(superuserConnectionString) { Username = Name, Password = _password }.ConnectionString;

    public async ValueTask DisposeAsync()
    {
        if (_server.Kind != PostgresServerKind.ConnectionString)
            return; // gone with the server
        try
        {
            await ExecuteAsync($"DROP ROLE IF EXISTS {Name}", CancellationToken.None);
        }
        catch (NpgsqlException fault)
        {
            await Console.Error.WriteLineAsync($"The role {Name} may still be there: {fault.Message}");
        }
    }

    private async Task ExecuteAsync(string sql, CancellationToken cancellationToken)
    {
        await using var owner = new NpgsqlConnection(_server.ConnectionString);
        await owner.RunAsync(sql, cancellationToken);
    }
}
