using Npgsql;

namespace SmeFinancialOs.Data.Sessions;

/// <summary>COPY TO STDOUT into a stream. Row-level security filters it as it filters a query.</summary>
internal static class CopyOut
{
    public static async Task RunAsync(NpgsqlConnection connection, TenantContext context, string copyCommand, Stream destination, CancellationToken cancellationToken)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(copyCommand);
        ArgumentNullException.ThrowIfNull(destination);
        try
        {
            var source = await connection.BeginRawBinaryCopyAsync(copyCommand, cancellationToken).ConfigureAwait(false);
            await using var _ = source.ConfigureAwait(false);
            await source.CopyToAsync(destination, cancellationToken).ConfigureAwait(false);
        }
        catch (PostgresException fault) when (FaultTranslation.Translate(fault, context) is { } typed)
        {
            throw typed;
        }
    }
}
