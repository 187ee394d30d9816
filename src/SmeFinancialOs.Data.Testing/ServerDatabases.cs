using System.Security.Cryptography;
using Npgsql;
using SmeFinancialOs.Data.Testing.Servers;

namespace SmeFinancialOs.Data.Testing;

/// <summary>The databases that this process made on a server. Their names begin alike, so that none is forgotten at the end.</summary>
internal sealed class ServerDatabases : IAsyncDisposable
{
    private readonly StartedServer _server;
    private readonly NpgsqlDataSource _maintenance;
    private readonly SemaphoreSlim _templateGate = new(1, 1);
    private readonly string _prefix = "sme_" + RandomNumberGenerator.GetHexString(12, lowercase: true) + "_";
    private TemplateDatabase? _template;
    private int _count;
    private bool _disposed;

    public ServerDatabases(StartedServer server)
    {
        _server = server;
        _maintenance = NpgsqlDataSource.Create(server.ConnectionString);
    }

    public string ConnectionStringTo(string database) =>
        new NpgsqlConnectionStringBuilder(_server.ConnectionString) { Database = database }.ConnectionString;

    public async Task<string> CreateEmptyAsync(CancellationToken cancellationToken)
    {
        var name = NextName();
        await ExecuteAsync($"CREATE DATABASE {name} TEMPLATE template0", cancellationToken).ConfigureAwait(false);
        return ConnectionStringTo(name);
    }

    public async Task<TenantDatabase> CreateFromTemplateAsync(CancellationToken cancellationToken)
    {
        var template = await GetTemplateAsync(cancellationToken).ConfigureAwait(false);
        var name = NextName();
        await ExecuteAsync($"CREATE DATABASE {name} TEMPLATE {template.Name}", cancellationToken).ConfigureAwait(false);
        await ExecuteAsync(template.PrivilegesOf(name), cancellationToken).ConfigureAwait(false);
        return new TenantDatabase(this, name, template.Passwords);
    }

    public async Task DropAsync(string name)
    {
        if (_disposed) return; // gone with the server, or dropped with all the others
        await ExecuteAsync($"DROP DATABASE IF EXISTS {name} WITH (FORCE)", CancellationToken.None).ConfigureAwait(false);
    }

    public async ValueTask DisposeAsync()
    {
        _disposed = true;
        if (_server.Kind == PostgresServerKind.ConnectionString) await DropAllAsync().ConfigureAwait(false);
        await _maintenance.DisposeAsync().ConfigureAwait(false);
    }

    private string NextName() => _prefix + Interlocked.Increment(ref _count);

    private async Task<TemplateDatabase> GetTemplateAsync(CancellationToken cancellationToken)
    {
        await _templateGate.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            return _template ??= await TemplateDatabase.CreateAsync(_server, _prefix + "template", cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            _templateGate.Release();
        }
    }

    private async Task DropAllAsync()
    {
        try
        {
            var names = new List<string>();
            var find = _maintenance.CreateCommand("SELECT datname FROM pg_catalog.pg_database WHERE starts_with(datname, $1)");
            await using var _ = find.ConfigureAwait(false);
            find.Parameters.Add(new() { Value = _prefix });
            var reader = await find.ExecuteReaderAsync().ConfigureAwait(false);
            await using (reader.ConfigureAwait(false))
            {
                while (await reader.ReadAsync().ConfigureAwait(false)) names.Add(reader.GetString(0));
            }

            foreach (var name in names)
                await ExecuteAsync($"DROP DATABASE IF EXISTS {name} WITH (FORCE)", CancellationToken.None).ConfigureAwait(false);
        }
        catch (NpgsqlException)
        {
            // Best effort: the server may be gone already, and then so are they.
        }
    }

    private async Task ExecuteAsync(string sql, CancellationToken cancellationToken)
    {
        var connection = await _maintenance.OpenConnectionAsync(cancellationToken).ConfigureAwait(false);
        await using var _ = connection.ConfigureAwait(false);
        await connection.ExecuteAsync(sql, cancellationToken).ConfigureAwait(false);
    }
}
