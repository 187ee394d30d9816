using Npgsql;

namespace SmeFinancialOs.Data.Logins;

/// <summary>Whether the database has what this version of the library was built for.</summary>
internal static class SchemaCheck
{
    /// <summary>What <c>app.schema_version()</c> returns (sql/objects/schema_version.sql). Every change of sql/ raises it; a test fails otherwise.</summary>
    public const int ExpectedVersion = 24;

    public static async Task RunAsync(TenantConnectionFactory factory, CancellationToken cancellationToken)
    {
        // As the demo's role, which has the least rights. It reads no table, so whether there is such an organization does not matter.
        var session = factory.CreateSession(TenantContext.ForDemo(factory.TenantType switch
        {
            TenantKeyType.Uuid => TenantContext.DemoOrganizationId,
            TenantKeyType.Bigint => -1,
            _ => "none",
        }));
        int version;
        try
        {
            // The WHERE for a database whose contexts are sealed: it looks at this one.
            version = await session.ExecuteScalarAsync<int>("SELECT app.schema_version() WHERE app.current_org_id() IS NOT NULL",
                cancellationToken: cancellationToken).ConfigureAwait(false);
        }
        catch (PostgresException fault) when (fault.SqlState == PostgresErrorCodes.UndefinedFunction)
        {
            // From before there was a version.
            version = 0;
        }

        // A newer one is fine: migrations come before the hosts that need them.
        if (version < ExpectedVersion)
        {
            throw new DatabaseNotReadyException(
                $"The schema is at version {(version == 0 ? "7 or older" : version)}, and this library needs {ExpectedVersion}. {LoginCheck.HowToMigrate}");
        }
    }
}
