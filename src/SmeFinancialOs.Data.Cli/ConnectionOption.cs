using System.CommandLine;
using Npgsql;

namespace SmeFinancialOs.Data.Cli;

/// <summary>Where the database is: the option, else SME_DATA_CONNECTION, else the variables that psql knows. The value is never printed.</summary>
internal sealed class ConnectionOption : Option<string?>
{
    private const string Variable = "SME_DATA_CONNECTION";

    internal ConnectionOption()
        : base("--connection", "-c") =>
        Description = $"Npgsql connection string or postgres:// URI, also as Prisma and Neon write it. Else {Variable}, else PGHOST, PGPORT, PGDATABASE, "
            + "PGUSER, PGPASSWORD, PGSSLMODE and the passfile.";

    internal string Resolve(ParseResult parsed) =>
        TryResolve(parsed)
            ?? throw new ToolFailureException($"Which database? Give --connection, or set {Variable}, or PGHOST and the other variables of psql.");

    internal string? TryResolve(ParseResult parsed)
    {
        var given = parsed.GetValue(this) ?? Environment.GetEnvironmentVariable(Variable);
        if (!string.IsNullOrWhiteSpace(given))
            return Read(given);
        return Environment.GetEnvironmentVariable("PGHOST") is { Length: > 0 } host ? FromVariables(host) : null;
    }

    internal static string Read(string given) => ConnectionUri.IsUri(given) ? ConnectionUri.ToConnectionString(given) : Checked(given);

    /// <summary>Npgsql itself reads PGUSER, PGPASSWORD, PGPASSFILE and the certificates.</summary>
    private static string FromVariables(string host)
    {
        var settings = new NpgsqlConnectionStringBuilder { Host = host };
        if (Environment.GetEnvironmentVariable("PGPORT") is { Length: > 0 } port)
            settings.Port = int.TryParse(port, out var number) ? number : throw new ToolFailureException("PGPORT is not a number.");
        if (Environment.GetEnvironmentVariable("PGDATABASE") is { Length: > 0 } database)
            settings.Database = database;
        if (Environment.GetEnvironmentVariable("PGSSLMODE") is { Length: > 0 } mode)
            settings.SslMode = ConnectionUri.SslModeOf(mode);
        return settings.ConnectionString;
    }

    /// <summary>Npgsql's own message quotes the string, and the password with it.</summary>
    private static string Checked(string given)
    {
        try
        {
            return new NpgsqlConnectionStringBuilder(given).ConnectionString;
        }
        catch (Exception fault) when (fault is ArgumentException or FormatException or KeyNotFoundException or OverflowException)
        {
            throw new ToolFailureException("The connection string cannot be read: it must be keyword=value pairs separated by semicolons, "
                + "or a postgres:// URI.");
        }
    }
}
