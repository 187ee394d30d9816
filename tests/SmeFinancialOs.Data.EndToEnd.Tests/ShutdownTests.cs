using System.Net;
using System.Net.Sockets;
using System.Text.RegularExpressions;
using SmeFinancialOs.Data.EndToEnd.Tests.Support;

namespace SmeFinancialOs.Data.EndToEnd.Tests;

public sealed partial class ShutdownTests
{
    [Theory]
    [InlineData("TERM")]
    [InlineData("INT")]
    public async Task Host_without_configuration_runs_on_its_own_server_that_ends_with_the_host(string signal)
    {
        await using var host = await SampleHost.StartAsync(new Dictionary<string, string?>());
        await Eventually.HoldsAsync(() => Task.FromResult(host.Output.Contains("OLGA=", StringComparison.Ordinal)));
        var port = int.Parse(ServerPort().Match(host.Output).Groups[1].Value);

        // what it says can be tried as it is
        var (alice, bob) = (Token(host, "ALICE"), Token(host, "BOB"));
        (await host.GetAsync("/invoices?pageSize=2", alice)).Text.Should().Contain("Acme").And.NotContain("Globex");
        (await host.GetAsync("/invoices?pageSize=2", bob)).Text.Should().Contain("Globex").And.NotContain("Acme");
        (await host.GetAsync("/admin/totals", Token(host, "OLGA"), ("X-Admin-Reason", "ticket 4711"))).Json.GetArrayLength().Should().Be(3);
        (await host.GetAsync("/demo/totals")).Json.EnumerateArray().Sum(total => total.GetProperty("count").GetInt64()).Should().Be(40);
        (await host.PostAsync("/sign-in", token: null, SignIn().Match(host.Output).Value)).Status.Should().Be(HttpStatusCode.OK);

        host.Signal(signal);
        (await host.WaitForExitAsync()).Should().Be(0, host.Output);
        using var client = new TcpClient();
        await client.Invoking(c => c.ConnectAsync("127.0.0.1", port)).Should().ThrowAsync<SocketException>();
    }

    [Fact]
    public async Task A_request_that_runs_is_answered_before_the_host_ends()
    {
        await using var sample = new SampleFixture();
        await sample.InitializeAsync();
        var invoice = sample.A.Invoice(1);
        await using var held = await RowLock.TakeAsync(sample, invoice);

        var request = sample.Host.PostAsync($"/invoices/{invoice}/pay", sample.TokenOfA);
        await held.UntilSomebodyWaitsAsync();
        sample.Host.Signal("TERM");
        await Eventually.HoldsAsync(() => Task.FromResult(sample.Host.Output.Contains("Application is shutting down", StringComparison.Ordinal)));
        await held.DisposeAsync();

        (await request).Status.Should().Be(HttpStatusCode.OK);
        (await sample.Host.WaitForExitAsync()).Should().Be(0, sample.Host.Output);
        (await sample.TruthAsync<long>("SELECT count(*) FROM pg_catalog.pg_stat_activity WHERE datname = current_database() AND usename = 'app_user'"))
            .Should().Be(0);
    }

    private static string Token(SampleHost host, string name) => Regex.Match(host.Output, $"^{name}=(.+)$", RegexOptions.Multiline).Groups[1].Value;

    [GeneratedRegex(@"PostgreSQL \S+ at 127\.0\.0\.1:(\d+)")]
    private static partial Regex ServerPort();

    [GeneratedRegex("""\{"name".*?\}""")]
    private static partial Regex SignIn();
}
