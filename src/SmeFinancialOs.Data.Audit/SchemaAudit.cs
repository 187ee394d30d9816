using Npgsql;
using SmeFinancialOs.Data.Audit.Catalog;
using SmeFinancialOs.Data.Audit.Judging;
using SmeFinancialOs.Data.Audit.Rules;

// RS0026, several overloads with optional parameters: they differ in a required one, so no call is ambiguous.
#pragma warning disable RS0026

namespace SmeFinancialOs.Data.Audit;

/// <summary>
/// Reads the catalog of a database and says how one tenant could reach another's rows. Changes nothing and needs no superuser:
/// any login that may connect can run it. Safe for concurrent use.
/// </summary>
public sealed class SchemaAudit
{
    private readonly Func<CancellationToken, ValueTask<NpgsqlConnection>> _open;
    private readonly SchemaAuditOptions _options;
    private readonly bool _ownsConnections;

    /// <summary>An audit of the database that a connection string names.</summary>
    /// <param name="connectionString">Any login of the database.</param>
    /// <param name="options">Null: those of this library's own schema.</param>
    /// <exception cref="ArgumentException">The connection string or an option cannot be used.</exception>
    public SchemaAudit(string connectionString, SchemaAuditOptions? options = null)
    {
        var settings = AuditConnection.Read(connectionString);
        _ownsConnections = true;
        _open = async token =>
        {
            var connection = new NpgsqlConnection(settings.ConnectionString);
            try
            {
                await connection.OpenAsync(token).ConfigureAwait(false);
                return connection;
            }
            catch
            {
                await connection.DisposeAsync().ConfigureAwait(false);
                throw;
            }
        };
        _options = Checked(options);
    }

    /// <summary>An audit of the database behind a data source, which stays the caller's.</summary>
    /// <param name="dataSource">Any login of the database.</param>
    /// <param name="options">Null: those of this library's own schema.</param>
    /// <exception cref="ArgumentException">An option cannot be used.</exception>
    public SchemaAudit(NpgsqlDataSource dataSource, SchemaAuditOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(dataSource);
        _open = dataSource.OpenConnectionAsync;
        _options = Checked(options);
    }

    /// <summary>open: makes a new connection, rather than one of a pool. The options were checked.</summary>
    internal SchemaAudit(Func<CancellationToken, ValueTask<NpgsqlConnection>> open, SchemaAuditOptions options) =>
        (_open, _ownsConnections, _options) = (open, true, options);

    /// <summary>Every rule there is.</summary>
    public static IReadOnlyList<AuditRule> Rules { get; } = [.. RuleRegistry.All.Select(rule => rule.Description)];

    /// <summary>
    /// Reads the catalog once, evaluates the policies of each tenant table on made-up rows, and asks every rule. All of it is read-only.
    /// Policies are evaluated as the roles of the app: for a login that may not become them they are not judged, and the report says so.
    /// </summary>
    /// <param name="cancellationToken">Cancels the reading.</param>
    /// <exception cref="NpgsqlException">The server cannot be reached or refuses the login.</exception>
    /// <exception cref="NotSupportedException">The server is older than 15.</exception>
    /// <exception cref="TenantSchemaException">An option names a table that the database does not have, or the context cannot be set.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public Task<AuditReport> RunAsync(CancellationToken cancellationToken = default) =>
        RunAsync((_, _, report) => Task.FromResult(report), cancellationToken);

    /// <summary>For a result that needs more than the report.</summary>
    internal async Task<T> RunAsync<T>(Func<NpgsqlConnection, DatabaseModel, AuditReport, Task<T>> result, CancellationToken cancellationToken)
    {
        var connection = await _open(cancellationToken).ConfigureAwait(false);
        await using var _ = connection.ConfigureAwait(false);
        var snapshot = await CatalogReader.ReadAsync(connection, _options, cancellationToken).ConfigureAwait(false);
        var model = new DatabaseModel(snapshot, _options);
        if (model.MissingName is { } missing)
            throw new TenantSchemaException(missing);
        model.Add(await PolicyJudging.RunAsync(connection, model, _open, _ownsConnections, cancellationToken).ConfigureAwait(false));
        return await result(connection, model, RuleRunner.Run(model, _options)).ConfigureAwait(false);
    }

    private static SchemaAuditOptions Checked(SchemaAuditOptions? options)
    {
        options ??= new();
        options.Validate();
        return options;
    }
}
