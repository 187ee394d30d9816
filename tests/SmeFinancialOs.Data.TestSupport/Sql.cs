using Npgsql;

namespace SmeFinancialOs.Data.TestSupport;

/// <summary>Connections of a test, outside of any pool.</summary>
internal static class Sql
{
    /// <summary>Ends with the test.</summary>
    public static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public static async Task<NpgsqlConnection> OpenAsync(string connectionString, CancellationToken cancellationToken)
    {
        var connection = new NpgsqlConnection(new NpgsqlConnectionStringBuilder(connectionString) { Pooling = false }.ConnectionString);
        await connection.OpenAsync(cancellationToken);
        return connection;
    }
}
