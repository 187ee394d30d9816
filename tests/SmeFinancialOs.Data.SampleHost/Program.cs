using System.Text.Json.Serialization;
using Microsoft.AspNetCore.Authentication.JwtBearer;
using SmeFinancialOs.Data.SampleHost;

var builder = WebApplication.CreateBuilder(args);
builder.WebHost.ConfigureKestrel(kestrel => kestrel.Limits.MaxRequestBodySize = 64 * 1024);

// Without a database in the configuration: a PostgreSQL of its own, gone when this program ends.
await using var throwaway = await ThrowawayDatabase.StartUnlessConfiguredAsync(builder.Configuration);

builder.Services.AddTenantData(builder.Configuration.GetSection("TenantData"));
builder.Services.AddInvoicing();
builder.Services.AddTenantContext();
builder.Services.AddHealthChecks().AddTenantData();

builder.Services.AddSignIn(builder.Configuration);
builder.Services.AddAuthentication(JwtBearerDefaults.AuthenticationScheme).AddJwtBearer();
builder.Services.AddAuthorizationBuilder().AddPolicy("operator", policy => policy.RequireClaim("role", "operator"));

builder.Services.AddSingleton<StatementQueue>().AddHostedService<StatementWriter>();
builder.Services.ConfigureHttpJsonOptions(options =>
{
    options.SerializerOptions.Converters.Add(new JsonStringEnumConverter(allowIntegerValues: false));
    // What a request leaves out, or says is null, is neither 0 nor the year 1.
    options.SerializerOptions.RespectRequiredConstructorParameters = true;
    options.SerializerOptions.RespectNullableAnnotations = true;
});
// In development too, JSON that does not fit is the client's fault: 400, by UseStatusCodePages with problem details.
builder.Services.Configure<RouteHandlerOptions>(options => options.ThrowOnBadRequest = false);

await using var app = builder.Build();
app.UseExceptionHandler();
app.UseStatusCodePages();
app.UseStaticFiles();
app.UseAuthentication();
app.UseAuthorization();
app.UseTenantContext();

app.MapHealthChecks("/health").WithoutTenant();
app.MapSignIn();
app.MapInvoices();
app.MapStatements();
app.MapDemo();
app.MapAdmin();

await app.StartAsync();
if (throwaway is not null)
    Console.WriteLine(Welcome.For(app.Urls.First(), throwaway, app.Services.GetRequiredService<TokenIssuer>()));
await app.WaitForShutdownAsync();
