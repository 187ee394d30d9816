using System.Threading.Channels;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace SmeFinancialOs.Data.Tests.Readme;

/// <summary>The C# of docs/background-work.md, word for word.</summary>
internal static class BackgroundSnippets
{
    public static ValueTask EnqueueAsync(Channel<Reminder> reminders) =>
        // <snippet>
        reminders.Writer.WriteAsync(new Reminder(AmbientTenantContext.Required));
    // </snippet>
}

// <snippet>
internal sealed record Reminder(TenantContext Tenant);

internal sealed class ReminderWorker(Channel<Reminder> reminders, TenantScopeRunner scopes) : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await foreach (var reminder in reminders.Reader.ReadAllAsync(stoppingToken))
        {
            await scopes.RunAsync(reminder.Tenant, async (services, cancellationToken) =>
            {
                var invoices = services.GetRequiredService<InvoiceRepository>();
                var overdue = await invoices.ListAsync(status: InvoiceStatus.Overdue, cancellationToken: cancellationToken);
                // ..
            }, stoppingToken);
        }
    }
}
// </snippet>
