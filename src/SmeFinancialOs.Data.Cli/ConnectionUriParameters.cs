using System.Globalization;
using Npgsql;

namespace SmeFinancialOs.Data.Cli;

/// <summary>
/// What follows the question mark of a URI: libpq's parameters, and those that Prisma and Neon add. One that is not known is refused: it might be about safety.
/// <see href="https://www.prisma.io/docs/orm/overview/databases/postgresql#arguments"/>
/// </summary>
internal static class ConnectionUriParameters
{
    /// <summary>Nothing that is done here depends on them.</summary>
    private static readonly HashSet<string> Ignored = new(StringComparer.Ordinal)
    {
        // Of Prisma's pool and cache: the tool opens a connection for each session and prepares nothing.
        "connection_limit", "pool_timeout", "statement_cache_size", "max_connection_lifetime", "max_idle_connection_lifetime", "single_use_connections",
        "socket_timeout", // of Prisma's queries: an audit takes as long as it takes, and Ctrl+C ends it
        "pgbouncer", // see Warn
        "supa", "workaround", // marks that hosting platforms add for their own clients
        "uselibpqcompat", // tells node-postgres to read sslmode as libpq does, as this tool does anyway
    };

    internal static void Apply(NpgsqlConnectionStringBuilder settings, Dictionary<string, string> parameters)
    {
        foreach (var (name, value) in parameters)
        {
            if (!Ignored.Contains(name))
                Apply(settings, name, value);
        }

        ApplyPrismaTls(settings, parameters);
        if (parameters.GetValueOrDefault("pgbouncer") == "true")
            Warn();
    }

    private static void Apply(NpgsqlConnectionStringBuilder settings, string name, string value)
    {
        switch (name)
        {
            case "host":
                settings.Host = value;
                break;
            case "schema" when value != "public": // the first schema of new tables; public is PostgreSQL's own, and some poolers refuse a search path
                settings.SearchPath = value;
                break;
            case "sslmode":
                settings.SslMode = ConnectionUri.SslModeOf(value);
                break;
            case "channel_binding":
                settings.ChannelBinding = Choice<ChannelBinding>(name, value);
                break;
            case "sslnegotiation":
                settings.SslNegotiation = Choice<SslNegotiation>(name, value);
                break;
            case "gssencmode":
                settings.GssEncryptionMode = Choice<GssEncryptionMode>(name, value);
                break;
            case "sslrootcert":
                settings.RootCertificate = value;
                break;
            case "sslcert":
                settings.SslCertificate = value;
                break;
            case "sslkey":
                settings.SslKey = value;
                break;
            case "sslpassword":
                settings.SslPassword = value;
                break;
            case "passfile":
                settings.Passfile = value;
                break;
            case "application_name":
                settings.ApplicationName = value;
                break;
            case "options":
                settings.Options = value;
                break;
            case "connect_timeout":
                settings.Timeout = Seconds(name, value);
                break;
            case "schema" or "sslaccept" or "sslidentity":
                break;
            default:
                throw new ToolFailureException($"The URI parameter \"{name}\" is not understood; leave it out, or use a connection string of keyword=value "
                    + "pairs instead.");
        }
    }

    /// <summary>Prisma's sslcert is the server's certificate authority, its sslidentity the client's certificate; libpq's sslcert is the client's.</summary>
    private static void ApplyPrismaTls(NpgsqlConnectionStringBuilder settings, Dictionary<string, string> parameters)
    {
        var accept = parameters.GetValueOrDefault("sslaccept");
        var identity = parameters.GetValueOrDefault("sslidentity");
        if ((accept ?? identity) is null)
            return;
        if (parameters.TryGetValue("sslcert", out var authority) && !parameters.ContainsKey("sslkey"))
            (settings.RootCertificate, settings.SslCertificate) = (authority, null);
        if (identity is not null)
            settings.SslCertificate = identity;
        var verifies = settings.SslMode is SslMode.VerifyCA or SslMode.VerifyFull;
        settings.SslMode = accept switch
        {
            "strict" when parameters.GetValueOrDefault("sslmode") == "disable" =>
                throw new ToolFailureException("sslaccept=strict contradicts sslmode=disable: take one of them out."),
            "accept_invalid_certs" when verifies =>
                throw new ToolFailureException("sslaccept=accept_invalid_certs contradicts an sslmode that verifies: take one of them out."),
            "strict" => SslMode.VerifyFull,
            "accept_invalid_certs" or null => settings.SslMode,
            _ => throw new ToolFailureException("sslaccept must be strict or accept_invalid_certs."),
        };
    }

    private static T Choice<T>(string name, string value)
        where T : struct, Enum =>
        Enum.GetNames<T>().Contains(value, StringComparer.OrdinalIgnoreCase) ? Enum.Parse<T>(value, ignoreCase: true)
            : throw new ToolFailureException($"{name} must be {string.Join(" or ", Enum.GetNames<T>().Select(item => item.ToLowerInvariant()))}.");

    private static int Seconds(string name, string value) =>
        int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds) && seconds <= 1024 ? seconds
            : throw new ToolFailureException($"{name} must be a number of seconds, at most 1024.");

    private static void Warn() => Console.Error.WriteLine("sme-data: pgbouncer=true says that a pooler is between. This tool sets roles and settings in "
        + "sessions, which a pooler of transactions mixes up: give the direct URI, often DIRECT_URL.");
}
