namespace SmeFinancialOs.Data;

/// <summary>
/// A stream was not read, or the destination of a COPY did not take what was read, for <see cref="TenantConnectionOptions.StreamIdleTimeout"/>. The stream has
/// been ended and its connection given back; a unit of work has been rolled back with it.
/// </summary>
public sealed class StreamIdleTimeoutException : TenantDataException
{
    /// <summary>Makes an exception with a message.</summary>
    /// <param name="message">What went wrong, and what to do.</param>
    public StreamIdleTimeoutException(string message)
        : base(message)
    {
    }

    /// <summary>Makes an exception with a message and its cause.</summary>
    /// <param name="message">What went wrong, and what to do.</param>
    /// <param name="innerException">The cause; null for none.</param>
    public StreamIdleTimeoutException(string message, Exception? innerException)
        : base(message, innerException)
    {
    }

    internal static StreamIdleTimeoutException OfStream(TimeSpan timeout) => new(
        $"No row of a stream was asked for in {timeout}, so it was ended, and a unit of work rolled back with it: it held a connection. Read faster, "
        + "read all rows "
        + "first (QueryAsync), leave the enumeration where you stop, or raise TenantConnectionOptions.StreamIdleTimeout.");

    internal static StreamIdleTimeoutException OfDestination(TimeSpan timeout) => new(
        $"The destination of a COPY took nothing in {timeout}, so the COPY was ended: it held a connection. Write to a file or a buffer first, or raise "
        + "TenantConnectionOptions.StreamIdleTimeout.");
}
