using SmeFinancialOs.Data.Logins;
using SmeFinancialOs.Data.Statements;

namespace SmeFinancialOs.Data.Sessions;

/// <summary>The table with the reason of each admin context.</summary>
internal static class AdminAccessLog
{
    /// <summary>Writes and commits the entry before anything else is done, so that no rollback takes it away.</summary>
    /// <param name="source">Where admin contexts write.</param>
    /// <param name="context">The admin context.</param>
    /// <param name="cancellationToken">Ends the attempt.</param>
    public static async Task WriteAsync(CheckedDataSource source, TenantContext context, CancellationToken cancellationToken)
    {
        var connection = await source.LeaseAsync(context.AsReadWrite(), cancellationToken).ConfigureAwait(false);
        await using var _ = connection.ConfigureAwait(false);
        var entry = new CountStatement(
            "INSERT INTO app.admin_access_log (actor, reason, read_only) VALUES (@Actor, @Reason, @IsReadOnly)",
            new { context.Actor, context.Reason, context.IsReadOnly });
        await SessionCalls.RunAsync(connection, [entry], cancellationToken).ConfigureAwait(false);
        source.Telemetry.AdminOpened(context);
    }
}
