using Npgsql;
using SmeFinancialOs.Data.Tests.Support;

namespace SmeFinancialOs.Data.Tests;

/// <summary>Values that Npgsql refuses while it prepares what it sends, after it has noted statements of the batch as prepared.</summary>
public sealed class UnwritableValueTests(TenantDatabaseFixture fixture) : IClassFixture<TenantDatabaseFixture>
{
    [Theory]
    [InlineData("session")]
    [InlineData("batch")]
    [InlineData("unit of work")]
    [InlineData("transaction")]
    public async Task Value_that_cannot_be_written_does_not_spoil_the_connection_for_the_next_one(string door)
    {
        await using var source = new NpgsqlDataSourceBuilder(fixture.Database.AppConnectionString + ";Maximum Pool Size=1").UseTenantDefaults().Build();
        var factory = new TenantConnectionFactory(source);
        var context = TenantContext.ForOrganization(fixture.OrganizationA);
        for (var round = 0; round < 6; round++)
        {
            foreach (var bad in (object[])["\ud83d", new object()])
            {
                await SendAsync(bad).Invoking(call => call).Should().ThrowAsync<Exception>();
                (await factory.CreateSession(context).ExecuteScalarAsync<string>("SELECT @value::text", new { value = "good" })).Should().Be("good");
            }
        }

        async Task SendAsync(object bad)
        {
            const string Sql = "SELECT @value::text";
            switch (door)
            {
                case "session":
                    await factory.CreateSession(context).ExecuteScalarAsync<string>(Sql, new { value = bad });
                    break;
                case "batch":
                    var batch = factory.CreateSession(context).CreateBatch();
                    batch.AddExecuteScalar<string>(Sql, new { value = "good" });
                    batch.AddExecuteScalar<string>(Sql, new { value = bad });
                    await batch.ExecuteAsync();
                    break;
                case "unit of work":
                    await using (var work = await factory.OpenConnectionAsync(context))
                        await work.ExecuteScalarAsync<string>(Sql, new { value = bad });
                    break;
                default:
                    await using (var transaction = factory.BeginTransaction(context))
                        await transaction.ExecuteScalarAsync<string>(Sql, new { value = bad });
                    break;
            }
        }
    }
}
