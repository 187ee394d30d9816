using SmeFinancialOs.Data.Audit;

namespace SmeFinancialOs.Data.Testing;

/// <summary>The promise of tenant isolation as one line of a test suite.</summary>
public static class TenantIsolation
{
    /// <summary>
    /// Probes a database and throws if one tenant could reach another's rows or learn its values from a key,
    /// or if something could not be probed and the options do not allow that.
    /// </summary>
    /// <param name="connectionString">
    /// A superuser of a throwaway database, such as <see cref="TenantDatabase.SuperuserConnectionString"/>; or the login of the app itself.
    /// </param>
    /// <param name="options">Null: those of this library's own schema.</param>
    /// <param name="cancellationToken">Ends the probe.</param>
    /// <exception cref="TenantIsolationException">A statement got through, a key tells of another tenant's values,
    /// or something could not be probed.</exception>
    /// <exception cref="IsolationProbeException">The database cannot be probed with this login.</exception>
    /// <exception cref="AuditConnectionException">The server cannot be reached, is older than 15, or refuses the login.</exception>
    /// <exception cref="ArgumentException">The connection string or an option cannot be used.</exception>
    public static async Task<IsolationReport> AssertAsync(string connectionString, IsolationProbeOptions? options = null,
        CancellationToken cancellationToken = default)
    {
        var report = await new IsolationProbe(connectionString, options).RunAsync(null, cancellationToken).ConfigureAwait(false);
        return report.IsClean ? report : throw TenantIsolationException.Of(report);
    }
}
