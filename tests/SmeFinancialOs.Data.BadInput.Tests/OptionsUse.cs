using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using SmeFinancialOs.Data.AspNetCore;
using SmeFinancialOs.Data.Audit;
using SmeFinancialOs.Data.Schema;
using SmeFinancialOs.Data.Testing;

namespace SmeFinancialOs.Data.BadInput.Tests;

/// <summary>What a host does next with an object whose properties it has set: options are refused where they are used, not where they are filled in.</summary>
internal static class OptionsUse
{
    public static async Task OfAsync(object receiver, BadInputDatabase world)
    {
        switch (receiver)
        {
            case TenantDataOptions options:
                options.ConnectionString ??= world.Database.AppConnectionString;
                await using (var services = new ServiceCollection().AddTenantData(world.Database.AppConnectionString, configure: o => Copy(options, o))
                    .BuildServiceProvider())
                    await services.GetRequiredService<TenantConnectionFactory>().VerifyAsync();
                break;
            case TenantConnectionOptions options:
                _ = new TenantConnectionFactory(world.App, options);
                break;
            case TransactionCharacteristics characteristics:
                await world.Factory.BeginTransaction(world.Tenant, characteristics).DisposeAsync();
                break;
            case TenantContextOptions options:
                var app = new ApplicationBuilder(new ServiceCollection().AddTenantContext(o => Copy(options, o)).BuildServiceProvider());
                app.UseTenantContext();
                _ = app.ApplicationServices.GetRequiredService<IOptions<TenantContextOptions>>().Value;
                break;
            case TenantHealthCheckOptions options:
                new ServiceCollection().AddHealthChecks().AddTenantData(configure: o => Copy(options, o));
                break;
            case NewInvoice invoice:
                await new InvoiceRepository(world.Factory.CreateSession(world.Tenant)).InsertAsync(invoice);
                break;
            case Invoice invoice:
                await new InvoiceRepository(world.Factory.CreateSession(world.Tenant)).UpdateAsync(invoice);
                break;
            case InvoiceCursor cursor:
                await new InvoiceRepository(world.Factory.CreateSession(world.Tenant)).ListAsync(after: cursor);
                break;
            case SchemaRoles roles:
                _ = new SchemaMigrator(world.Database.SuperuserConnectionString, new() { Roles = roles });
                break;
            case SchemaMigratorOptions options:
                _ = new SchemaMigrator(world.Database.SuperuserConnectionString, options);
                break;
            case SchemaAuditOptions options:
                await new SchemaAudit(world.Database.SuperuserConnectionString, options).RunAsync();
                break;
            case IsolationProbeOptions options:
                _ = new IsolationProbe(world.Database.SuperuserConnectionString, options);
                break;
            case MigrationLintOptions options:
                _ = new MigrationLint(world.Server.ConnectionString, options);
                break;
            case PostgresServerOptions options:
                await (await PostgresServer.StartAsync(options)).DisposeAsync();
                break;
            case TenantDatabaseOptions options:
                await (await world.Server.CreateTenantDatabaseAsync(options)).DisposeAsync();
                break;
            case Attribute:
                break;
            default:
                throw new NotSupportedException($"OptionsUse.OfAsync does not know what a {receiver.GetType()} is set for: add it there.");
        }
    }

    private static void Copy<T>(T from, T to)
    {
        foreach (var property in typeof(T).GetProperties().Where(property => property.CanWrite))
            property.SetValue(to, property.GetValue(from));
    }
}
