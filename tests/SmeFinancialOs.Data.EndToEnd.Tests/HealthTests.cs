using System.Net;
using Npgsql;
using SmeFinancialOs.Data.EndToEnd.Tests.Support;
using SmeFinancialOs.Data.Testing;

namespace SmeFinancialOs.Data.EndToEnd.Tests;

/// <summary>On a server of its own, because its logins are spoiled and it is stopped.</summary>
public sealed class HealthTests(SampleFixture sample)
{
    [Fact]
    public async Task Host_is_healthy_until_a_login_is_unsafe_or_the_server_is_gone()
    {
        await using var server = await PostgresServer.StartAsync(cancellationToken: TestContext.Current.CancellationToken);
        Assert.SkipWhen(server.Kind == PostgresServerKind.ConnectionString, "Another's server is not ours to stop.");
        await using var database = await SampleFixture.CreateDatabaseAsync(server);
        await using var host = await SampleHost.StartAsync(sample.Configuration(database));
        await ShouldBeAsync(host, HttpStatusCode.OK, "Healthy");

        foreach (var fault in new[] { "app_user BYPASSRLS", "app_user SUPERUSER", "app_user CREATEROLE", "admin_user SUPERUSER" })
        {
            await AlterAsync(server, fault);
            await ShouldBeAsync(host, HttpStatusCode.ServiceUnavailable, "Unhealthy");
            await AlterAsync(server, fault.Replace(" ", " NO", StringComparison.Ordinal));
            await ShouldBeAsync(host, HttpStatusCode.OK, "Healthy");
        }

        await server.DisposeAsync();
        await ShouldBeAsync(host, HttpStatusCode.ServiceUnavailable, "Unhealthy");
        (await host.GetAsync("/invoices", sample.TokenOfA)).ShouldBeProblem(HttpStatusCode.ServiceUnavailable);
    }

    [Fact]
    public async Task A_host_on_a_login_that_became_unsafe_serves_nobody()
    {
        await using var server = await PostgresServer.StartAsync(cancellationToken: TestContext.Current.CancellationToken);
        Assert.SkipWhen(server.Kind == PostgresServerKind.ConnectionString, "Another's logins are not ours to spoil.");
        await using var database = await SampleFixture.CreateDatabaseAsync(server);
        await AlterAsync(server, "app_user BYPASSRLS");
        await using var host = await SampleHost.StartAsync(sample.Configuration(database));
        (await host.GetAsync("/invoices", sample.TokenOfA)).ShouldBeProblem(HttpStatusCode.InternalServerError);
        (await host.GetAsync("/demo/totals")).ShouldBeProblem(HttpStatusCode.InternalServerError);
    }

    private static async Task ShouldBeAsync(SampleHost host, HttpStatusCode status, string text)
    {
        var answer = await host.GetAsync("/health");
        (answer.Status, answer.Text).Should().Be((status, text));
    }

    private static async Task AlterAsync(PostgresServer server, string role)
    {
        await using var superuser = NpgsqlDataSource.Create(server.ConnectionString);
        await using var command = superuser.CreateCommand($"ALTER ROLE {role}");
        await command.ExecuteNonQueryAsync(TestContext.Current.CancellationToken);
    }
}
