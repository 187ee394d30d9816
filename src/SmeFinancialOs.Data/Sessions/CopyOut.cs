using System.Buffers;
using System.Text;
using Npgsql;

namespace SmeFinancialOs.Data.Sessions;

/// <summary>COPY TO STDOUT into a stream. Row-level security filters it as it filters a query.</summary>
internal static class CopyOut
{
    private const int BufferLength = 16 * 1024;

    public static async Task RunAsync(NpgsqlConnection connection, TenantContext context, string copyCommand, Stream destination, CancellationToken cancellationToken)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(copyCommand);
        ArgumentNullException.ThrowIfNull(destination);
        var buffer = ArrayPool<char>.Shared.Rent(BufferLength);
        try
        {
            using var source = await connection.BeginTextExportAsync(copyCommand, cancellationToken).ConfigureAwait(false);
            var writer = new StreamWriter(destination, new UTF8Encoding(encoderShouldEmitUTF8Identifier: false), leaveOpen: true);
            await using var _ = writer.ConfigureAwait(false);
            int read;
            while ((read = await source.ReadAsync(buffer, cancellationToken).ConfigureAwait(false)) > 0)
                await writer.WriteAsync(buffer.AsMemory(0, read), cancellationToken).ConfigureAwait(false);
        }
        catch (PostgresException fault) when (FaultTranslation.Translate(fault, context) is { } typed)
        {
            throw typed;
        }
        finally
        {
            ArrayPool<char>.Shared.Return(buffer);
        }
    }
}
