using System.Buffers;
using Npgsql;
using SmeFinancialOs.Data.Connections;
using SmeFinancialOs.Data.Statements;

namespace SmeFinancialOs.Data.Sessions;

/// <summary>COPY TO STDOUT into a stream, byte for byte. Row-level security filters it as it filters a query.</summary>
internal static class CopyOut
{
    private const int BufferLength = 16 * 1024;

    private const string Allowed = "The command must be COPY .. TO STDOUT in text or csv format. ";

    /// <summary>Ahead of everything else: nothing is opened, and no admin logged, for a command that cannot be run.</summary>
    public static void Require(string copyToCommand, Stream destination)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(copyToCommand);
        var statement = SqlStatement.Read(copyToCommand, 0);
        if (statement.Kind != SqlStatementKind.Copy)
            throw new ArgumentException("The command must be COPY .. TO STDOUT.", nameof(copyToCommand));
        // Npgsql sends the text as it is, and the server runs each statement of it: a COMMIT, too.
        for (var position = statement.End; position < copyToCommand.Length; position = statement.End)
        {
            statement = SqlStatement.Read(copyToCommand, position + 1);
            if (statement.Kind != SqlStatementKind.Empty)
                throw new ArgumentException("The command must be one COPY .. TO STDOUT, and there is another statement behind it.", nameof(copyToCommand));
        }

        // There is no other way to write the keyword. Where it stands is for the server to read.
        if (!copyToCommand.Contains("STDOUT", StringComparison.OrdinalIgnoreCase))
            throw new ArgumentException(Allowed + "Neither a file or program of the server nor COPY FROM is run here.", nameof(copyToCommand));
        ArgumentNullException.ThrowIfNull(destination);
        if (!destination.CanWrite)
            throw new ArgumentException("The stream cannot be written to: it is closed, or for reading alone.", nameof(destination));
    }

    /// <param name="connection">Of a unit of work.</param>
    /// <param name="copyToCommand">What was required of it holds.</param>
    /// <param name="destination">Where the bytes go.</param>
    /// <param name="timeout">Of the driver; null for that of the connection.</param>
    /// <param name="time">The clock for a destination that does not take what is written.</param>
    /// <param name="cancellationToken">Cancels it on the server.</param>
    public static async Task RunAsync(
        LeasedConnection connection, string copyToCommand, Stream destination, CallTimeout? timeout, TimeProvider time, CancellationToken cancellationToken)
    {
        var bytes = ArrayPool<byte>.Shared.Rent(BufferLength);
        var write = Task.CompletedTask;
        try
        {
            using var export = await BeginAsync(connection, copyToCommand, cancellationToken).ConfigureAwait(false);
            if (timeout is not null)
                export.Timeout = timeout.DriverMilliseconds;
            try
            {
                // What the reader would decode as UTF-8, whatever the encoding of the command, and without a byte order mark that is a value's.
                var source = export.BaseStream;
                int read;
                while ((read = await source.ReadAsync(bytes.AsMemory(0, BufferLength), cancellationToken).ConfigureAwait(false)) > 0)
                {
                    write = destination.WriteAsync(bytes.AsMemory(0, read), cancellationToken).AsTask();
                    await WaitAsync(write, connection.Settings.StreamIdleTimeout, time).ConfigureAwait(false);
                }

                await WaitAsync(destination.FlushAsync(cancellationToken), connection.Settings.StreamIdleTimeout, time).ConfigureAwait(false);
            }
            // The destination's. Npgsql would read what is left to its end, and that may be gigabytes.
            catch (Exception fault) when (fault is not (NpgsqlException or OperationCanceledException { InnerException: PostgresException }))
            {
                await CancelAsync(export).ConfigureAwait(false);
                throw;
            }
        }
        catch (PostgresException fault) when (FaultTranslation.Translate(fault, connection.Context) is { } typed)
        {
            throw typed;
        }
        finally
        {
            // A destination that has not answered may still read from it.
            if (write.IsCompleted)
                ArrayPool<byte>.Shared.Return(bytes);
        }
    }

    private static async Task CancelAsync(NpgsqlCopyTextReader export)
    {
        try
        {
            await export.CancelAsync().ConfigureAwait(false);
        }
        catch (ObjectDisposedException)
        {
            // It has ended meanwhile.
        }
    }

    private static async Task WaitAsync(Task write, TimeSpan? timeout, TimeProvider time)
    {
        if (!write.IsCompleted && timeout is { } limit)
        {
            var idle = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            using var _ = WeakTimer.Start(time, idle, static idle => idle.TrySetResult(), limit);
            if (await Task.WhenAny(write, idle.Task).ConfigureAwait(false) != write)
                throw StreamIdleTimeoutException.OfDestination(limit);
        }

        await write.ConfigureAwait(false);
    }

    /// <summary>Only the server's answer tells what the command copies, which way and in which format.</summary>
    private static async Task<NpgsqlCopyTextReader> BeginAsync(LeasedConnection connection, string copyToCommand, CancellationToken cancellationToken)
    {
        try
        {
            return await connection.BeginExportAsync(copyToCommand, cancellationToken).ConfigureAwait(false);
        }
        // Npgsql ends the connection of a binary COPY.
        catch (Exception fault) when (fault.GetType() == typeof(Exception))
        {
            throw new ArgumentException(
                Allowed + "Binary format is not read here; the connection has been closed, and nothing written.", nameof(copyToCommand));
        }
        // A COPY FROM STDIN, which has been ended without a row: the reader's stream cannot be read.
        catch (ArgumentException)
        {
            throw new ArgumentException(Allowed + "COPY FROM is not run here.", nameof(copyToCommand));
        }
    }
}
