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

    public static string WithDatabase(this string connectionString, string database) =>
        new NpgsqlConnectionStringBuilder(connectionString) { Database = database }.ConnectionString;

    /// <summary>The same login, in the database of another connection string.</summary>
    public static string WithDatabaseOf(this string connectionString, string other) => connectionString.WithDatabase(other.DatabaseName());

    public static string DatabaseName(this string connectionString) => new NpgsqlConnectionStringBuilder(connectionString).Database!;

    public static int Port(this string connectionString) => new NpgsqlConnectionStringBuilder(connectionString).Port;
}
