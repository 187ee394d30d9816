using Npgsql;

namespace SmeFinancialOs.Data.TestSupport;

/// <summary>The connection string of a test's database, with another login, database or password.</summary>
internal static class ConnectionStrings
{
    /// <summary>As another login of the shared server, which gets a password if it has none.</summary>
    public static string As(this string connectionString, string login) => TestServer.LogIn(connectionString, login);

    public static string WithLogin(this string connectionString, string login, string password) =>
        new NpgsqlConnectionStringBuilder(connectionString) { Username = login, Password = password }.ConnectionString;

    public static string WithPassword(this string connectionString, string password) =>
        new NpgsqlConnectionStringBuilder(connectionString) { Password = password }.ConnectionString;

    /// <summary>Errors then quote the values of rows.</summary>
    public static string WithErrorDetail(this string connectionString) =>
        new NpgsqlConnectionStringBuilder(connectionString) { IncludeErrorDetail = true }.ConnectionString;

    /// <summary>A pool of one connection: the next user has the one that was used before.</summary>
    public static string WithOneConnection(this string connectionString, bool noResetOnClose) =>
        new NpgsqlConnectionStringBuilder(connectionString) { MaxPoolSize = 1, NoResetOnClose = noResetOnClose }.ConnectionString;

    public static string WithDatabase(this string connectionString, string database) =>
        new NpgsqlConnectionStringBuilder(connectionString) { Database = database }.ConnectionString;

    /// <summary>The same login, in the database of another connection string.</summary>
    public static string WithDatabaseOf(this string connectionString, string other) => connectionString.WithDatabase(other.DatabaseName());

    public static string DatabaseName(this string connectionString) => new NpgsqlConnectionStringBuilder(connectionString).Database!;

    public static int Port(this string connectionString) => new NpgsqlConnectionStringBuilder(connectionString).Port;
}
