// <snippet>
using SmeFinancialOs.Data;

var builder = WebApplication.CreateBuilder(args);
builder.Services.AddTenantData(builder.Configuration.GetSection("TenantData"));
builder.Services.AddInvoicing();
builder.Services.AddTenantContext(options => options.FromClaim("org_id"));
builder.Services.AddAuthentication().AddJwtBearer();
builder.Services.AddAuthorizationBuilder().AddPolicy("operator", policy => policy.RequireRole("operator"));
builder.Services.AddHealthChecks().AddTenantData();
builder.Services.Configure<RouteHandlerOptions>(options => options.ThrowOnBadRequest = false);

var app = builder.Build();
// What a client sends wrong is 400: JSON that does not fit, and a value that NewInvoice refuses (the log has that as an error, should it be a bug of yours).
app.UseExceptionHandler(new ExceptionHandlerOptions { StatusCodeSelector = fault => fault is ArgumentException ? 400 : 500 });
app.UseStatusCodePages();
app.UseAuthentication();
app.UseAuthorization();
app.UseTenantContext();

// No WHERE org_id anywhere: the request's organization is in force, and the database shows no other.
app.MapGet("/invoices", (InvoiceRepository invoices) => invoices.ListAsync(pageSize: 50));
app.MapPost("/invoices", (NewInvoice invoice, InvoiceRepository invoices) => invoices.InsertAsync(invoice));
app.MapGet("/customers", (ITenantSession session, CancellationToken cancelled) =>
    session.QueryAsync<string>("SELECT DISTINCT customer_name FROM invoices WHERE customer_name IS NOT NULL ORDER BY 1", cancellationToken: cancelled));

// Visitors see the demo organization, and write nothing.
var demo = app.MapGroup("/demo").WithDemoTenant();
demo.MapGet("/invoices", (InvoiceRepository invoices) => invoices.ListAsync(pageSize: 50));
demo.MapPost("/invoices", (NewInvoice invoice, InvoiceRepository invoices) => invoices.InsertAsync(invoice));

// Operators see every organization, give a reason in the header X-Admin-Reason, and are on record in app.admin_access_log.
app.MapGet("/admin/totals", (InvoiceRepository invoices) => invoices.GetTotalsByOrganizationAsync()).RequireTenantAdmin("operator");
app.MapHealthChecks("/health").WithoutTenant();
app.Run();
// </snippet>
