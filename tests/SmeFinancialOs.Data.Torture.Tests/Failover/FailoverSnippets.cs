using Polly;
using Polly.Retry;

namespace SmeFinancialOs.Data.Torture.Tests.Failover;

/// <summary>The C# of docs/failover.md, word for word.</summary>
internal static class FailoverSnippets
{
    public static ResiliencePipeline Retry()
    {
        // <snippet>
        var retry = new ResiliencePipelineBuilder()
            .AddRetry(new RetryStrategyOptions
            {
                ShouldHandle = attempt => ValueTask.FromResult(attempt.Outcome.Exception is { } fault && TransientFault.IsSafeToRetry(fault)),
                BackoffType = DelayBackoffType.Exponential,
                UseJitter = true,
                Delay = TimeSpan.FromMilliseconds(100),
                MaxDelay = TimeSpan.FromSeconds(2),
                MaxRetryAttempts = 20,
            })
            .Build();
        // </snippet>
        return retry;
    }

    public static async Task PayAsync(ResiliencePipeline retry, TenantConnectionFactory factory, TenantContext tenant, Guid payment, Guid invoice,
        CancellationToken cancellationToken)
    {
        // <snippet>
        try
        {
            // The whole unit of work is the attempt: what an earlier one did was rolled back.
            await retry.ExecuteAsync(async token =>
            {
                await using var work = factory.BeginTransaction(tenant);
                await work.ExecuteAsync("INSERT INTO payments (id, invoice_id) VALUES (@payment, @invoice)", new { payment, invoice }, token);
                await work.ExecuteAsync("UPDATE invoices SET status = 'paid' WHERE id = @invoice", new { invoice }, token);
                await work.CommitAsync(token);
            }, cancellationToken);
        }
        catch (CommitOutcomeUnknownException)
        {
            // Paid or not? The id was chosen by the caller, so it can be looked for.
            var isPaid = await retry.ExecuteAsync(async token => await factory.CreateSession(tenant)
                .ExecuteScalarAsync<bool>("SELECT EXISTS (SELECT 1 FROM payments WHERE id = @payment)", new { payment }, token), cancellationToken);
            if (!isPaid)
                throw;
        }
        // </snippet>
    }
}
