using SmeFinancialOs.Data.Audit.Drift;

namespace SmeFinancialOs.Data.Audit;

/// <summary>
/// What decides who sees which rows of a database: policies, privileges, roles, functions, and the audit's verdicts on them. Two databases that were made in
/// the same way have the same snapshot. It has no password, no row and no value of a custom setting, and is meant to be committed.
/// </summary>
public sealed class SchemaSnapshot
{
    private readonly SnapshotDocument _document;

    internal SchemaSnapshot(SnapshotDocument document) => _document = document;

    /// <summary>The version of the server, such as 18.</summary>
    public int ServerMajorVersion => _document.ServerMajorVersion;

    /// <summary>What the login was not allowed to read or to judge; empty where the snapshot is complete.</summary>
    public IReadOnlyList<string> Incomplete => _document.Incomplete;

    /// <summary>Tables for which there is a verdict.</summary>
    public int TenantTableCount => _document.Facts.Of(SnapshotSection.Verdicts).Values.Select(verdict => verdict["table"]).Distinct().Count();

    /// <summary>Audits a database and writes down what was found. Allowances and the baseline are left aside.</summary>
    /// <param name="audit">Of the database.</param>
    /// <param name="cancellationToken">Cancels the reading.</param>
    /// <exception cref="ArgumentNullException">The audit is null.</exception>
    /// <exception cref="SchemaSnapshotException">No table is a tenant table: there would be no verdicts.</exception>
    /// <exception cref="Npgsql.NpgsqlException">The server cannot be reached or refuses the login.</exception>
    /// <exception cref="NotSupportedException">The server is older than 15.</exception>
    /// <exception cref="TenantSchemaException">An option names a table that the database does not have, or the context cannot be set.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public static async Task<SchemaSnapshot> ReadAsync(SchemaAudit audit, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(audit);
        return new(await audit.RunAsync(async (connection, model, report) =>
        {
            if (report.Hint is { } hint)
                throw new SchemaSnapshotException(hint);
            var details = await SnapshotDetails.ReadAsync(connection, model, cancellationToken).ConfigureAwait(false);
            return new SnapshotBuilder(model, report, details).Build();
        }, cancellationToken).ConfigureAwait(false));
    }

    /// <summary>Reads what <see cref="ToJson"/> wrote.</summary>
    /// <param name="json">The text of the file.</param>
    /// <exception cref="ArgumentException">The text is blank.</exception>
    /// <exception cref="SchemaSnapshotException">The text is no snapshot, or one of another format: the message says where.</exception>
    public static SchemaSnapshot Parse(string json)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(json);
        return new(SnapshotJson.Parse(json));
    }

    /// <summary>Readable and in order, so that a change is a short change of the file.</summary>
    public string ToJson() => SnapshotJson.Write(_document);

    /// <summary>What is different in a later snapshot, and what that means for the tenants.</summary>
    /// <param name="later">Of the same schema, read with the same options.</param>
    /// <exception cref="ArgumentNullException">The later one is null.</exception>
    /// <exception cref="SchemaSnapshotException">The two were read with different options: their verdicts are about different things.</exception>
    public SchemaDrift ChangesTo(SchemaSnapshot later)
    {
        ArgumentNullException.ThrowIfNull(later);
        return DriftFinder.Compare(_document, later._document);
    }
}
