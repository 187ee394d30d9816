using SmeFinancialOs.Data.Schema;

namespace SmeFinancialOs.Data.TestSupport;

/// <summary>A database with the whole schema and no rows, for tests that do not look at the migration itself.</summary>
internal static class MigratedCopy
{
    private static readonly DatabaseTemplates<bool> Templates = new(MigrateAsync);

    /// <summary>A superuser's connection string of it.</summary>
    public static Task<string> CreateAsync(bool isGuarded = false) => Templates.CopyAsync(isGuarded);

    private static async Task<string> MigrateAsync(bool isGuarded)
    {
        var server = await TestServer.GetSharedAsync(Sql.Cancel);
        var database = await server.CreateEmptyDatabaseAsync(Sql.Cancel);
        await new SchemaMigrator(database, new() { Guard = isGuarded }).MigrateAsync(Sql.Cancel);
        return database;
    }
}
