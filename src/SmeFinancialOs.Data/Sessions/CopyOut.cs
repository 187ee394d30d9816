using System.Buffers;
using System.Text;
using Npgsql;

namespace SmeFinancialOs.Data.Sessions;

/// <summary>COPY TO STDOUT into a stream. Row-level security filters it as it filters a query.</summary>
internal static class CopyOut
{
    private const int BufferLength = 16 * 1024;

    /// <summary>Ahead of everything else: nothing is opened, and no admin logged, for a command that cannot be run.</summary>
    public static void Require(string copyCommand, Stream destination)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(copyCommand);
        if (SqlStatement.Read(copyCommand, 0).Kind != SqlStatementKind.Copy)
            throw new ArgumentException("The command must be COPY .. TO STDOUT.", nameof(copyCommand));
        ArgumentNullException.ThrowIfNull(destination);
        if (!destination.CanWrite)
            throw new ArgumentException("The stream cannot be written to: it is closed, or for reading alone.", nameof(destination));
    }

    public static async Task RunAsync(NpgsqlConnection connection, TenantContext context, string copyCommand, Stream destination, CancellationToken cancellationToken)
    {
        var characters = ArrayPool<char>.Shared.Rent(BufferLength);
        var bytes = ArrayPool<byte>.Shared.Rent(Encoding.UTF8.GetMaxByteCount(BufferLength));
        try
        {
            using var source = await connection.BeginTextExportAsync(copyCommand, cancellationToken).ConfigureAwait(false);
            // No StreamWriter: its end flushes without a token, to a destination that may never take it.
            var encoder = Encoding.UTF8.GetEncoder();
            int read;
            do
            {
                read = await source.ReadAsync(characters.AsMemory(0, BufferLength), cancellationToken).ConfigureAwait(false);
                var length = encoder.GetBytes(characters.AsSpan(0, read), bytes, flush: read == 0);
                await destination.WriteAsync(bytes.AsMemory(0, length), cancellationToken).ConfigureAwait(false);
            }
            while (read > 0);
            await destination.FlushAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (PostgresException fault) when (FaultTranslation.Translate(fault, context) is { } typed)
        {
            throw typed;
        }
        finally
        {
            ArrayPool<char>.Shared.Return(characters);
            ArrayPool<byte>.Shared.Return(bytes);
        }
    }
}
