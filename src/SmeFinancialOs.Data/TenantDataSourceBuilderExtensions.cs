using System.Data.Common;
using Npgsql;

namespace SmeFinancialOs.Data;

/// <summary>Settings of a data source that tenant sessions are fast and safe with.</summary>
public static class TenantDataSourceBuilderExtensions
{
    private const string MaxAutoPrepare = "Max Auto Prepare";
    private const string AutoPrepareMinUsages = "Auto Prepare Min Usages";
    private const string NoResetOnClose = "No Reset On Close";

    /// <summary>
    /// Lets Npgsql prepare statements by itself: 100 a connection, from the second use on; PostgreSQL plans again where the role is another one. And leaves
    /// the reset of a connection after use to this library, which sends it along with the next statements instead of ahead of them. What the
    /// connection string says itself stays, except for <c>Persist Security Info</c>, which is taken back: with it Npgsql writes the password into logs and spans.
    /// </summary>
    /// <param name="builder">The builder of the data source, before it is built.</param>
    /// <param name="transactionPooling">
    /// True where the connection string leads to a pooler in transaction mode, such as PgBouncer: a statement may then meet another server connection
    /// than the one that prepared it, and a reset would reach another client's. Nothing is prepared, and cursors are all that is taken back. Set
    /// <see cref="TenantConnectionOptions.TransactionPooling"/> as well.
    /// </param>
    /// <exception cref="ArgumentException">The connection string asks for what cannot work with transaction pooling.</exception>
    public static NpgsqlDataSourceBuilder UseTenantDefaults(this NpgsqlDataSourceBuilder builder, bool transactionPooling = false)
    {
        ArgumentNullException.ThrowIfNull(builder);
        var settings = builder.ConnectionStringBuilder;
        var stated = new DbConnectionStringBuilder { ConnectionString = settings.ConnectionString };
        // Npgsql would write the password into its logs, spans and metrics.
        settings.PersistSecurityInfo = false;
        if (transactionPooling)
        {
            if (settings.MaxAutoPrepare > 0 || (stated.ContainsKey(NoResetOnClose) && !settings.NoResetOnClose))
            {
                throw new ArgumentException(
                    $"With transaction pooling the connection string must not set \"{MaxAutoPrepare}\" above 0 or \"{NoResetOnClose}\" to false: remove them, or connect to the server itself.",
                    nameof(builder));
            }

            settings.NoResetOnClose = true;
            return builder;
        }

        if (!stated.ContainsKey(NoResetOnClose))
            settings.NoResetOnClose = true;
        if (!stated.ContainsKey(MaxAutoPrepare))
            settings.MaxAutoPrepare = 100;
        if (!stated.ContainsKey(AutoPrepareMinUsages))
            settings.AutoPrepareMinUsages = 2;
        return builder;
    }
}
