using Npgsql;

namespace SmeFinancialOs.Data.Cli;

/// <summary>
/// postgres://user:password@host:port/database?sslmode=require, as libpq reads it. Npgsql has no such form.
/// <see href="https://www.postgresql.org/docs/current/libpq-connect.html#LIBPQ-CONNSTRING-URIS"/>
/// </summary>
internal static class ConnectionUri
{
    internal static string ToConnectionString(string text)
    {
        if (!Uri.TryCreate(text, UriKind.Absolute, out var uri) || uri.Host.Length == 0)
            throw new ToolFailureException("The URI cannot be read: postgres://user:password@host:port/database, with special characters of "
                + "the password percent-encoded.");

        var settings = new NpgsqlConnectionStringBuilder { Host = Uri.UnescapeDataString(uri.Host.Trim('[', ']')) };
        if (uri.Port > 0)
            settings.Port = uri.Port;
        if (uri.AbsolutePath.Length > 1)
            settings.Database = Uri.UnescapeDataString(uri.AbsolutePath[1..]);
        var login = uri.UserInfo.Split(':', 2);
        if (login[0].Length > 0)
            settings.Username = Uri.UnescapeDataString(login[0]);
        if (login.Length > 1)
            settings.Password = Uri.UnescapeDataString(login[1]);
        foreach (var parameter in uri.Query.TrimStart('?').Split('&', StringSplitOptions.RemoveEmptyEntries))
            Apply(settings, parameter.Split('=', 2));
        return settings.ConnectionString;
    }

    internal static SslMode SslModeOf(string libpq) =>
        Enum.TryParse<SslMode>(libpq.Replace("-", "", StringComparison.Ordinal), ignoreCase: true, out var mode) && Enum.IsDefined(mode)
            ? mode
            : throw new ToolFailureException("sslmode must be disable, allow, prefer, require, verify-ca or verify-full.");

    private static void Apply(NpgsqlConnectionStringBuilder settings, string[] parameter)
    {
        var value = Uri.UnescapeDataString(parameter.ElementAtOrDefault(1) ?? "");
        switch (parameter[0])
        {
            case "sslmode":
                settings.SslMode = SslModeOf(value);
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
            case "passfile":
                settings.Passfile = value;
                break;
            case "application_name":
                settings.ApplicationName = value;
                break;
            case "options":
                settings.Options = value;
                break;
            case "connect_timeout" when int.TryParse(value, out var seconds):
                settings.Timeout = seconds;
                break;
            default:
                throw new ToolFailureException($"The URI parameter \"{parameter[0]}\" is not understood; "
                    + "use a connection string of keyword=value pairs instead.");
        }
    }
}
