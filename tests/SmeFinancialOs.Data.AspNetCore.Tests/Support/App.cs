using System.Net.Http.Json;
using System.Net.WebSockets;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.TestHost;
using Microsoft.Extensions.DependencyInjection;

namespace SmeFinancialOs.Data.AspNetCore.Tests.Support;

/// <summary>A host app in memory, with the pipeline that the documentation tells; a test changes what it is about.</summary>
internal sealed class App : IAsyncDisposable
{
    /// <summary>Nothing listens there: whatever touches the database fails.</summary>
    public const string Nowhere = "Host=127.0.0.1;Port=1;Username=nobody;Timeout=1";

    private readonly WebApplication _app;

    private App(WebApplication app) => _app = app;

    public IServiceProvider Services => _app.Services;

    public static async Task<App> StartAsync(Action<WebApplication> map, string connectionString = Nowhere, string? adminConnectionString = null,
        Action<TenantContextOptions>? configure = null, Action<IServiceCollection>? services = null, Action<WebApplication>? pipeline = null,
        string environment = "Production")
    {
        var builder = WebApplication.CreateSlimBuilder(new WebApplicationOptions { EnvironmentName = environment });
        builder.WebHost.UseTestServer();
        builder.Services.AddTenantData(connectionString, options => options.AdminConnectionString = adminConnectionString).AddInvoicing();
        builder.Services.AddTenantContext(configure);
        builder.Services.AddAuthentication("test").AddScheme<AuthenticationSchemeOptions, TestUsers>("test", null);
        builder.Services.AddAuthorizationBuilder().AddPolicy("support", policy => policy.RequireRole("support"));
        services?.Invoke(builder.Services);
        var app = builder.Build();
        (pipeline ?? UseAll)(app);
        map(app);
        await app.StartAsync();
        return new App(app);
    }

    public Task<HttpResponseMessage> GetAsync(string path, string? user = null, params (string Name, string Value)[] headers) =>
        SendAsync(HttpMethod.Get, path, user, headers);

    public Task<HttpResponseMessage> SendAsync(HttpMethod method, string path, string? user = null, params (string Name, string Value)[] headers)
    {
        var request = new HttpRequestMessage(method, path);
        if (user is not null)
            request.Headers.Add(TestUsers.Header, user);
        foreach (var (name, value) in headers)
            request.Headers.TryAddWithoutValidation(name, value);
        return _app.GetTestClient().SendAsync(request);
    }

    public Task<WebSocket> ConnectAsync(string path, string user)
    {
        var client = _app.GetTestServer().CreateWebSocketClient();
        client.ConfigureRequest = request => request.Headers[TestUsers.Header] = user;
        return client.ConnectAsync(new Uri($"ws://localhost{path}"), CancellationToken.None);
    }

    public async ValueTask DisposeAsync() => await _app.DisposeAsync();

    private static void UseAll(WebApplication app)
    {
        app.UseExceptionHandler();
        app.UseAuthentication();
        app.UseAuthorization();
        app.UseTenantContext();
    }
}

internal static class Responses
{
    /// <summary>Asserts a status with problem details, and gives their code and detail.</summary>
    public static async Task<(string? Code, string? Detail)> ShouldBeProblemAsync(this HttpResponseMessage response, int status)
    {
        var text = await response.Content.ReadAsStringAsync();
        ((int)response.StatusCode).Should().Be(status, text);
        (response.Content.Headers.ContentType?.MediaType).Should().Be("application/problem+json");
        var problem = await response.Content.ReadFromJsonAsync<ProblemDetails>();
        problem!.Status.Should().Be(status);
        return (problem.Extensions["code"]?.ToString(), problem.Detail);
    }

    public static async Task<string> ShouldBeOkAsync(this HttpResponseMessage response)
    {
        var text = await response.Content.ReadAsStringAsync();
        ((int)response.StatusCode).Should().Be(200, text);
        return text;
    }
}
