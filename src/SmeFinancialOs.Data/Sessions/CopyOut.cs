using System.Buffers;
using Npgsql;

namespace SmeFinancialOs.Data.Sessions;

/// <summary>COPY TO STDOUT into a stream, byte for byte. Row-level security filters it as it filters a query.</summary>
internal static class CopyOut
{
    private const int BufferLength = 16 * 1024;

    private const string Allowed = "The command must be COPY .. TO STDOUT in text or csv format. ";

    /// <summary>Ahead of everything else: nothing is opened, and no admin logged, for a command that cannot be run.</summary>
    public static void Require(string copyCommand, Stream destination)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(copyCommand);
        var statement = SqlStatement.Read(copyCommand, 0);
        if (statement.Kind != SqlStatementKind.Copy)
            throw new ArgumentException("The command must be COPY .. TO STDOUT.", nameof(copyCommand));
        // Npgsql sends the text as it is, and the server runs each statement of it: a COMMIT, too.
        for (var position = statement.End; position < copyCommand.Length; position = statement.End)
        {
            statement = SqlStatement.Read(copyCommand, position + 1);
            if (statement.Kind != SqlStatementKind.Empty)
                throw new ArgumentException("The command must be one COPY .. TO STDOUT, and there is another statement behind it.", nameof(copyCommand));
        }

        // There is no other way to write the keyword. Where it stands is for the server to read.
        if (!copyCommand.Contains("STDOUT", StringComparison.OrdinalIgnoreCase))
            throw new ArgumentException(Allowed + "Neither a file or program of the server nor COPY FROM is run here.", nameof(copyCommand));
        ArgumentNullException.ThrowIfNull(destination);
        if (!destination.CanWrite)
            throw new ArgumentException("The stream cannot be written to: it is closed, or for reading alone.", nameof(destination));
    }

    public static async Task RunAsync(
        NpgsqlConnection connection, TenantContext context, string copyCommand, Stream destination, CallTimeout? timeout, CancellationToken cancellationToken)
    {
        var bytes = ArrayPool<byte>.Shared.Rent(BufferLength);
        try
        {
            using var export = await BeginAsync(connection, copyCommand, cancellationToken).ConfigureAwait(false);
            if (timeout is not null)
                export.Timeout = timeout.DriverMilliseconds;
            // What the reader would decode as UTF-8, whatever the encoding of the command, and without a byte order mark that is a value's.
            var source = export.BaseStream;
            int read;
            while ((read = await source.ReadAsync(bytes.AsMemory(0, BufferLength), cancellationToken).ConfigureAwait(false)) > 0)
                await destination.WriteAsync(bytes.AsMemory(0, read), cancellationToken).ConfigureAwait(false);
            await destination.FlushAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (PostgresException fault) when (FaultTranslation.Translate(fault, context) is { } typed)
        {
            throw typed;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(bytes);
        }
    }

    /// <summary>Only the server's answer tells what the command copies, which way and in which format.</summary>
    private static async Task<NpgsqlCopyTextReader> BeginAsync(NpgsqlConnection connection, string copyCommand, CancellationToken cancellationToken)
    {
        try
        {
            return await connection.BeginTextExportAsync(copyCommand, cancellationToken).ConfigureAwait(false);
        }
        // Npgsql ends the connection of a binary COPY.
        catch (Exception fault) when (fault.GetType() == typeof(Exception))
        {
            throw new ArgumentException(Allowed + "Binary format is not read here; the connection has been closed, and nothing written.", nameof(copyCommand));
        }
        // A COPY FROM STDIN, which has been ended without a row: the reader's stream cannot be read.
        catch (ArgumentException)
        {
            throw new ArgumentException(Allowed + "COPY FROM is not run here.", nameof(copyCommand));
        }
    }
}
