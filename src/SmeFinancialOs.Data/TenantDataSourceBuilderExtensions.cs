using System.Data.Common;
using SmeFinancialOs.Data;
using SmeFinancialOs.Data.Logins;

// In the namespace of what it extends, so that a host needs no using directive to find it.
#pragma warning disable IDE0130
namespace Npgsql;

/// <summary>Settings of a data source that tenant sessions are fast and safe with.</summary>
public static class TenantDataSourceBuilderExtensions
{
    private const string MaxAutoPrepare = "Max Auto Prepare";
    private const string AutoPrepareMinUsages = "Auto Prepare Min Usages";
    private const string NoResetOnClose = "No Reset On Close";

    /// <summary>
    /// Lets Npgsql prepare statements by itself: 100 a connection, from the second use on; PostgreSQL plans again where the role is another one. And leaves
    /// the reset of a connection after use to this library, which sends it along with the next statements instead of ahead of them. What the connection string
    /// says itself stays, except for <c>Persist Security Info</c>, which is taken back: with it Npgsql writes the password into logs and spans.
    /// </summary>
    /// <remarks>
    /// <para>
    /// Each connection asks at its start, by <c>Options</c>, for the value that a setting has in every installation. Injected SQL can reset the role and run
    /// ALTER ROLE .. SET for its own login, in force for all tenants and for good; a startup option outranks that, and RESET ALL returns to it. These are
    /// <c>role=none</c>, <c>row_security=on</c>, <c>search_path="$user", public</c>, <c>local_preload_libraries=</c>: who is asking, which tables, whose code;
    /// <c>default_transaction_read_only=off</c>, <c>idle_session_timeout=0</c>, <c>exit_on_error=off</c>: writes are accepted, connections stay;
    /// <c>synchronous_commit=on</c>, <c>client_min_messages=notice</c>: what is committed is kept, and warnings arrive; <c>standard_conforming_strings=on</c>,
    /// <c>backslash_quote=safe_encoding</c>, <c>transform_null_equals=off</c>, <c>array_nulls=on</c>, <c>xmloption=content</c>: text is read as it was meant;
    /// <c>gin_fuzzy_search_limit=0</c>: no row is left out; <c>extra_float_digits=1</c>, <c>bytea_output=hex</c>, <c>xmlbinary=base64</c>: values are written
    /// in full; <c>debug_print_parse=off</c>, <c>debug_print_rewritten=off</c>, <c>debug_print_plan=off</c>: the server's log is not flooded.
    /// </para>
    /// <para>
    /// A value of the host's own, in <c>Options</c> or else in the variable PGOPTIONS, stays: <c>Options=-c synchronous_commit=remote_apply</c>; for
    /// <c>search_path</c> also <c>Search Path</c>. One that stands in postgresql.conf or on login or database does not. Isolation level, timeouts of
    /// statements, locks and transactions, <c>work_mem</c> and time zone are left to login and database, as is what <see
    /// cref="TenantConnectionOptions.AllowedLoginSettings"/> names where <c>AddTenantData</c> builds the data source. Not with
    /// <paramref name="transactionPooling"/>: a pooler refuses startup options.
    /// </para>
    /// </remarks>
    /// <param name="builder">The builder of the data source, before it is built.</param>
    /// <param name="transactionPooling">
    /// True where the connection string leads to a pooler in transaction mode, such as PgBouncer: a statement may then meet another server connection
    /// than the one that prepared it, and a reset would reach another client's. Nothing is prepared, and cursors are all that is taken back. Set
    /// <see cref="TenantConnectionOptions.TransactionPooling"/> as well.
    /// </param>
    /// <exception cref="ArgumentException">The connection string asks for what cannot work with transaction pooling.</exception>
    public static NpgsqlDataSourceBuilder UseTenantDefaults(this NpgsqlDataSourceBuilder builder, bool transactionPooling = false) =>
        Prepare(builder, transactionPooling, []);

    internal static NpgsqlDataSourceBuilder Prepare(NpgsqlDataSourceBuilder builder, bool transactionPooling, IEnumerable<string> allowedLoginSettings)
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
                    $"With transaction pooling the connection string must not set \"{MaxAutoPrepare}\" above 0 or \"{NoResetOnClose}\" to false: remove them, "
                    + "or connect to the server itself.",
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
        var own = allowedLoginSettings.ToHashSet(StringComparer.OrdinalIgnoreCase);
        if (settings.SearchPath is not null)
            own.Add("search_path");
        // Npgsql looks at the variable only where the connection string has no Options.
        settings.Options = StartupOptions.WithPins(settings.Options ?? Environment.GetEnvironmentVariable("PGOPTIONS"), own);
        return builder;
    }
}
