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
    /// Lets Npgsql prepare statements by itself, the settings of the context among them: 100 a connection, from the second use on. Prepared statements
    /// are safe across tenants and roles: PostgreSQL plans again where the role is another one. What the connection string says itself stays.
    /// </summary>
    /// <param name="builder">The builder of the data source, before it is built.</param>
    /// <param name="transactionPooling">
    /// True where the connection string leads to a pooler in transaction mode, such as PgBouncer: a statement may then meet another server connection
    /// than the one that prepared it, and a reset on close would reach another client's. Nothing is prepared and nothing is reset.
    /// </param>
    /// <exception cref="ArgumentException">The connection string asks for what cannot work with transaction pooling.</exception>
    public static NpgsqlDataSourceBuilder UseTenantDefaults(this NpgsqlDataSourceBuilder builder, bool transactionPooling = false)
    {
        ArgumentNullException.ThrowIfNull(builder);
        var settings = builder.ConnectionStringBuilder;
        var stated = new DbConnectionStringBuilder { ConnectionString = settings.ConnectionString };
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

        if (!stated.ContainsKey(MaxAutoPrepare))
            settings.MaxAutoPrepare = 100;
        if (!stated.ContainsKey(AutoPrepareMinUsages))
            settings.AutoPrepareMinUsages = 2;
        return builder;
    }
}
