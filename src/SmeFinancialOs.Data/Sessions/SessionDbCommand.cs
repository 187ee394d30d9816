using System.Data;
using System.Data.Common;
using System.Diagnostics.CodeAnalysis;
using Npgsql;
using NpgsqlTypes;

namespace SmeFinancialOs.Data.Sessions;

/// <summary>
/// The command Dapper fills in. It is executed as a batch of two without BEGIN: the settings and the host's statement. PostgreSQL runs what
/// stands before one Sync message as one implicit transaction, so the settings are in force for the statement and end with it, in one round trip.
/// </summary>
/// <seealso href="https://www.postgresql.org/docs/current/protocol-flow.html#PROTOCOL-FLOW-PIPELINING">Pipelining</seealso>
internal sealed class SessionDbCommand(NpgsqlConnection connection, ContextSettings settings, TenantContext context) : DbCommand
{
    private readonly NpgsqlBatchCommand _statement = new();
    private IDisposable? _executed;

    [AllowNull]
    public override string CommandText { get => _statement.CommandText; set => _statement.CommandText = value; }

    public override int CommandTimeout { get; set; } = -1;

    public override CommandType CommandType { get => _statement.CommandType; set => _statement.CommandType = value; }

    public override bool DesignTimeVisible { get; set; }

    public override UpdateRowSource UpdatedRowSource { get; set; }

    /// <summary>The real connection: Dapper asks its type whether arrays can be parameters.</summary>
    protected override DbConnection? DbConnection { get => connection; set => throw new NotSupportedException(); }

    protected override DbParameterCollection DbParameterCollection => _statement.Parameters;

    protected override DbTransaction? DbTransaction { get; set; }

    public override void Cancel() => (_executed as NpgsqlBatch)?.Cancel();

    public override void Prepare()
    {
    }

    public override int ExecuteNonQuery() => throw new NotSupportedException();

    public override object? ExecuteScalar() => throw new NotSupportedException();

    public override async Task<int> ExecuteNonQueryAsync(CancellationToken cancellationToken)
    {
        var reader = await ExecuteAsync(CommandBehavior.Default, cancellationToken).ConfigureAwait(false);
        await using var _ = reader.ConfigureAwait(false);
        await ReadToEndAsync(reader, cancellationToken).ConfigureAwait(false);
        return reader.RecordsAffected;
    }

    public override async Task<object?> ExecuteScalarAsync(CancellationToken cancellationToken)
    {
        var reader = await ExecuteAsync(CommandBehavior.Default, cancellationToken).ConfigureAwait(false);
        await using var _ = reader.ConfigureAwait(false);
        var value = await reader.ReadAsync(cancellationToken).ConfigureAwait(false) && reader.FieldCount > 0 ? reader.GetValue(0) : null;
        await ReadToEndAsync(reader, cancellationToken).ConfigureAwait(false);
        return value;
    }

    protected override DbParameter CreateDbParameter() => new NpgsqlParameter();

    protected override DbDataReader ExecuteDbDataReader(CommandBehavior behavior) => throw new NotSupportedException();

    protected override async Task<DbDataReader> ExecuteDbDataReaderAsync(CommandBehavior behavior, CancellationToken cancellationToken) =>
        await ExecuteAsync(behavior, cancellationToken).ConfigureAwait(false);

    protected override void Dispose(bool disposing)
    {
        if (disposing)
            _executed?.Dispose();
        base.Dispose(disposing);
    }

    private async ValueTask<NpgsqlDataReader> ExecuteAsync(CommandBehavior behavior, CancellationToken cancellationToken)
    {
        // These two would end the reader after the settings' own result.
        behavior &= ~(CommandBehavior.SingleResult | CommandBehavior.SingleRow);
        var reader = await (HasSeveralStatements(CommandText) ? ExecuteScriptAsync(behavior, cancellationToken) : ExecuteBatchAsync(behavior, cancellationToken))
            .ConfigureAwait(false);
        try
        {
            await reader.NextResultAsync(cancellationToken).ConfigureAwait(false);
            return reader;
        }
        catch
        {
            await reader.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    private Task<NpgsqlDataReader> ExecuteBatchAsync(CommandBehavior behavior, CancellationToken cancellationToken)
    {
        var batch = new NpgsqlBatch(connection);
        _executed = batch;
        if (CommandTimeout >= 0)
            batch.Timeout = CommandTimeout;
        settings.AddTo(batch, context);
        batch.BatchCommands.Add(_statement);
        return batch.ExecuteReaderAsync(behavior, cancellationToken);
    }

    /// <summary>Npgsql splits the text of a command at its semicolons, that of a batch's command it does not.</summary>
    private Task<NpgsqlDataReader> ExecuteScriptAsync(CommandBehavior behavior, CancellationToken cancellationToken)
    {
        var command = new NpgsqlCommand(settings.Prefix(context) + CommandText, connection);
        _executed = command;
        if (CommandTimeout >= 0)
            command.CommandTimeout = CommandTimeout;
        command.Parameters.Add(new NpgsqlParameter<string>(ContextSettings.ParameterName, NpgsqlDbType.Text) { TypedValue = context.OrganizationSetting });
        foreach (var parameter in _statement.Parameters.ToArray())
        {
            _statement.Parameters.Remove(parameter);
            command.Parameters.Add(parameter);
        }

        return command.ExecuteReaderAsync(behavior, cancellationToken);
    }

    /// <summary>A semicolon inside a literal counts too: that costs a little time and nothing else.</summary>
    private static bool HasSeveralStatements(string sql)
    {
        var statement = sql.AsSpan();
        var semicolon = statement.IndexOf(';');
        return semicolon >= 0 && !statement[(semicolon + 1)..].IsWhiteSpace();
    }

    /// <summary>An error of a later statement arrives only when its result is asked for.</summary>
    private static async ValueTask ReadToEndAsync(NpgsqlDataReader reader, CancellationToken cancellationToken)
    {
        while (await reader.NextResultAsync(cancellationToken).ConfigureAwait(false))
        {
        }
    }
}
