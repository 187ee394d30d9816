using System.Collections.Concurrent;
using System.Net.WebSockets;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.SignalR;
using Microsoft.Extensions.DependencyInjection;
using SmeFinancialOs.Data.AspNetCore.Tests.Support;

namespace SmeFinancialOs.Data.AspNetCore.Tests.CapturedSessions;

/// <summary>What a host does rightly with the session of a request, or of a circuit, works as before.</summary>
public sealed class RightfulUseTests(HostDatabase database) : IClassFixture<HostDatabase>
{
    private string UserA => TestUsers.User(database.OrganizationA);

    private string UserB => TestUsers.User(database.OrganizationB);

    [Fact]
    public async Task Parallel_work_inside_a_request_reads_its_tenant()
    {
        await using var app = await StartAsync(map => map.MapGet("/", async (ITenantSession session, InvoiceRepository invoices) =>
        {
            var seen = new ConcurrentQueue<string>(await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => SessionCapture.ReadAsync(session))));
            await Parallel.ForEachAsync(Enumerable.Range(0, 8), async (_, cancellationToken) =>
                seen.Enqueue((await invoices.ListAsync(cancellationToken: cancellationToken)).Items[0].CustomerName!));
            seen.Enqueue(await Task.Run(() => SessionCapture.ReadAsync(session)));
            var thread = new TaskFactory(CancellationToken.None, TaskCreationOptions.LongRunning, TaskContinuationOptions.None, TaskScheduler.Default);
            seen.Enqueue(await thread.StartNew(() => SessionCapture.ReadAsync(session)).Unwrap());
            return string.Join(' ', seen.Distinct()) + seen.Count;
        }));
        foreach (var (user, rows) in new[] { (UserA, "a18"), (UserB, "b18") })
            (await (await app.GetAsync("/", user)).ShouldBeOkAsync()).Should().Be(rows);
    }

    [Fact]
    public async Task Rows_streamed_into_the_response_are_the_tenants()
    {
        const string sql = "SELECT customer_name FROM invoices";
        await using var app = await StartAsync(map =>
        {
            map.MapGet("/returned", (ITenantSession session) => session.QueryUnbufferedAsync<string>(sql));
            map.MapGet("/result", (ITenantSession session) => TypedResults.Ok(session.QueryUnbufferedAsync<string>(sql)));
            map.MapGet("/written", async (HttpContext http, ITenantSession session) =>
            {
                await foreach (var row in session.QueryUnbufferedAsync<string>(sql))
                {
                    await http.Response.WriteAsync(row);
                    await http.Response.Body.FlushAsync();
                }
            });
            map.MapGet("/stream", (TenantConnectionFactory factory) => TypedResults.Stream(
                body => factory.CreateSession().ExportAsync($"COPY ({sql}) TO STDOUT", body), "text/csv"));
        });
        foreach (var (path, rows) in new[] { ("returned", """["a","a","a"]"""), ("result", """["a","a","a"]"""), ("written", "aaa"), ("stream", "a\na\na\n") })
            (await (await app.GetAsync($"/{path}", UserA)).ShouldBeOkAsync()).Should().Be(rows);
    }

    /// <summary>As the scope of a Blazor circuit: made by the first connection, used by the next one, which is a request of its own.</summary>
    [Fact]
    public async Task A_circuit_that_reconnects_goes_on_and_another_tenant_gets_nothing_of_it()
    {
        await using var app = await StartAsync(map => map.MapHub<CircuitHub>("/hub"), services =>
        {
            services.AddSignalR();
            services.AddSingleton<Circuits>();
        });
        await using (var first = await HubClient.ConnectAsync(app, UserA))
        {
            (await first.InvokeAsync("Open")).Should().Be("opened");
            (await first.InvokeAsync("Read")).Should().Be("a");
        }

        await using (var again = await HubClient.ConnectAsync(app, UserA))
            (await again.InvokeAsync("Read")).Should().Be("a");
        await using (var other = await HubClient.ConnectAsync(app, UserB))
            (await other.InvokeAsync("Read")).Should().Be(nameof(CapturedSessionException));
        await using (var again = await HubClient.ConnectAsync(app, UserA))
            (await again.InvokeAsync("Read")).Should().Be("a");
    }

    private Task<App> StartAsync(Action<WebApplication> map, Action<IServiceCollection>? services = null) =>
        App.StartAsync(map, database.Database.AppConnectionString, services: services);

    private sealed class Circuits
    {
        public AsyncServiceScope? Open { get; set; }
    }

    private sealed class CircuitHub(Circuits circuits, IServiceScopeFactory scopes) : Hub
    {
        public string Open()
        {
            circuits.Open = scopes.CreateAsyncScope();
            return "opened";
        }

        public async Task<string> Read()
        {
            try
            {
                return await SessionCapture.ReadAsync(circuits.Open!.Value.ServiceProvider.GetRequiredService<ITenantSession>());
            }
            catch (TenantDataException fault)
            {
                return fault.GetType().Name;
            }
        }
    }

    /// <summary>The JSON protocol of SignalR over a web socket.</summary>
    /// <seealso href="https://github.com/dotnet/aspnetcore/blob/main/src/SignalR/docs/specs/HubProtocol.md">Hub protocol</seealso>
    private sealed class HubClient(WebSocket socket) : IAsyncDisposable
    {
        private const char End = '\u001e';

        private string _received = "";

        public static async Task<HubClient> ConnectAsync(App app, string user)
        {
            var client = new HubClient(await app.ConnectAsync("/hub", user));
            await client.SendAsync("""{"protocol":"json","version":1}""");
            (await client.ReceiveAsync()).Should().Be("{}");
            return client;
        }

        public async Task<string> InvokeAsync(string method)
        {
            await SendAsync($$"""{"type":1,"invocationId":"1","target":"{{method}}","arguments":[]}""");
            while (true)
            {
                using var message = System.Text.Json.JsonDocument.Parse(await ReceiveAsync());
                if (message.RootElement.TryGetProperty("result", out var result))
                    return result.GetString()!;
                message.RootElement.TryGetProperty("error", out var error).Should().BeFalse(error.ToString());
            }
        }

        public async ValueTask DisposeAsync()
        {
            await socket.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, null, CancellationToken.None);
            socket.Dispose();
        }

        private Task SendAsync(string message) =>
            socket.SendAsync(Encoding.UTF8.GetBytes(message + End), WebSocketMessageType.Text, endOfMessage: true, CancellationToken.None);

        private async Task<string> ReceiveAsync()
        {
            var buffer = new byte[4096];
            int end;
            while ((end = _received.IndexOf(End, StringComparison.Ordinal)) < 0)
                _received += Encoding.UTF8.GetString(buffer, 0, (await socket.ReceiveAsync(buffer, CancellationToken.None)).Count);
            var message = _received[..end];
            _received = _received[(end + 1)..];
            return message;
        }
    }
}
