using Npgsql;

namespace SmeFinancialOs.Data.Schema;

/// <summary>Brings a database to the schema of this package.</summary>
public sealed class SchemaMigrator
{
    private readonly string _connectionString;

    /// <summary>Prepares a migration of the database a connection string names.</summary>
    /// <param name="connectionString">A login that may create roles and own objects.</param>
    public SchemaMigrator(string connectionString) => _connectionString = connectionString;

    /// <summary>Runs the scripts that have not run yet, in order.</summary>
    public async Task MigrateAsync(CancellationToken cancellationToken = default)
    {
        var connection = new NpgsqlConnection(_connectionString);
        await using var _ = connection.ConfigureAwait(false);
        await connection.OpenAsync(cancellationToken).ConfigureAwait(false);
        var assembly = typeof(SchemaMigrator).Assembly;
        foreach (var name in assembly.GetManifestResourceNames().Order(StringComparer.Ordinal))
        {
            using var reader = new StreamReader(assembly.GetManifestResourceStream(name)!);
            var command = new NpgsqlCommand(await reader.ReadToEndAsync(cancellationToken).ConfigureAwait(false), connection);
            await using (command.ConfigureAwait(false))
            {
                await command.ExecuteNonQueryAsync(cancellationToken).ConfigureAwait(false);
            }
        }
    }
}
