var app = WebApplication.CreateBuilder(args).Build();
app.MapGet("/", () => typeof(SmeFinancialOs.Data.TenantContext).Assembly.Location);
System.Console.WriteLine(typeof(SmeFinancialOs.Data.TenantContext).Assembly.Location);
