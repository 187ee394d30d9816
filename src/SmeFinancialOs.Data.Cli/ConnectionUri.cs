using Npgsql;

namespace SmeFinancialOs.Data.Cli;

/// <summary>
/// postgres://user:password@host:port/database?sslmode=require, as libpq reads it, and as Prisma and Neon write it. Npgsql has no such form.
/// <see href="https://www.postgresql.org/docs/current/libpq-connect.html#LIBPQ-CONNSTRING-URIS"/>
/// </summary>
internal static class ConnectionUri
{
    private static readonly string[] Schemes = ["postgres://", "postgresql://", "prisma://", "prisma+postgres://"];

    internal static bool IsUri(string text) => Schemes.Any(scheme => text.StartsWith(scheme, StringComparison.OrdinalIgnoreCase));

    internal static string ToConnectionString(string text)
    {
        if (text.StartsWith("prisma", StringComparison.OrdinalIgnoreCase))
        {
            throw new ToolFailureException("prisma:// and prisma+postgres:// lead to Prisma's proxy, which speaks HTTP and not PostgreSQL's protocol. Give the "
                + "direct postgres:// URI of the database: directUrl in schema.prisma, often DIRECT_URL; \"npx prisma dev\" prints it, too.");
        }

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
        var parameters = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var pair in uri.Query.TrimStart('?').Split('&', StringSplitOptions.RemoveEmptyEntries).Select(parameter => parameter.Split('=', 2)))
            parameters[Uri.UnescapeDataString(pair[0])] = Uri.UnescapeDataString(pair.ElementAtOrDefault(1) ?? "");
        ConnectionUriParameters.Apply(settings, parameters);
        return settings.ConnectionString;
    }

    internal static SslMode SslModeOf(string libpq) =>
        Enum.TryParse<SslMode>(libpq.Replace("-", "", StringComparison.Ordinal), ignoreCase: true, out var mode) && Enum.IsDefined(mode)
            ? mode
            : throw new ToolFailureException("sslmode must be disable, allow, prefer, require, verify-ca or verify-full.");
}
