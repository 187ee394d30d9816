using System.Security.Cryptography;
using Npgsql;
using SmeFinancialOs.Data.Audit.Catalog;

namespace SmeFinancialOs.Data.Audit.Linting;

/// <summary>
/// A database of its own, from template0, so that nothing but PostgreSQL's own objects is in it. Gone when disposed, whoever is still connected.
/// </summary>
internal sealed class ThrowawayDatabase : IAsyncDisposable
{
    private readonly AuditConnection _target;
    private readonly NpgsqlConnection _server;

    private ThrowawayDatabase(AuditConnection target, NpgsqlConnection server, string name, NpgsqlConnection connection)
    {
        _target = target;
        _server = server;
        Name = name;
        Connection = connection;
    }

    public NpgsqlConnection Connection { get; }

    public string Name { get; }

    public static async Task<ThrowawayDatabase> CreateAsync(AuditConnection target, string? name, CancellationToken cancellationToken)
    {
        name ??= "sme_lint_" + RandomNumberGenerator.GetHexString(16, lowercase: true);
        var server = await target.OpenAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            // Not cancelled: whether the database is there would be unknown then.
            await server.RunAsync($"CREATE DATABASE {Identifier.Quote(name)} TEMPLATE template0", CancellationToken.None).ConfigureAwait(false);
        }
        catch (PostgresException fault)
        {
            await server.DisposeAsync().ConfigureAwait(false);
            throw new AuditConnectionException($"{fault.SqlState}: The throwaway database could not be created: {fault.MessageText}. "
                + "The login must be a superuser or have CREATEDB.", fault)
            {
                SqlState = fault.SqlState,
            };
        }

        try
        {
            return new(target, server, name, await target.OpenAsync(name, cancellationToken).ConfigureAwait(false));
        }
        catch
        {
            await DropAsync(server, name).ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>Another connection, which sees what was committed.</summary>
    public async ValueTask<NpgsqlConnection> OpenAsync(CancellationToken cancellationToken) =>
        await _target.OpenAsync(Name, cancellationToken).ConfigureAwait(false);

    public async ValueTask DisposeAsync()
    {
        await Connection.DisposeAsync().ConfigureAwait(false);
        await DropAsync(_server, Name).ConfigureAwait(false);
    }

    private static async Task DropAsync(NpgsqlConnection server, string name)
    {
        await using var _ = server.ConfigureAwait(false);
        await server.RunAsync($"DROP DATABASE {Identifier.Quote(name)} WITH (FORCE)", CancellationToken.None).ConfigureAwait(false);
    }
}
